// Building the page from data. Text only ever becomes text: nothing here sets innerHTML.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") node.style.cssText = value;
    else if (name === "muted") node.muted = node.defaultMuted = true; // the attribute alone comes too late for autoplay
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SHAPES = {
  play: ["M7 4.5v15l12-7.5z"],
  pause: ["M7 5h3.5v14H7z", "M13.5 5H17v14h-3.5z"],
  back: ["M6 5h2v14H6z", "M18 5v14l-9-7z"],
  next: ["M16 5h2v14h-2z", "M6 5v14l9-7z"],
  loop: ["M17 3l4 4-4 4V8H8a3 3 0 0 0-3 3H3a5 5 0 0 1 5-5h9z", "M7 21l-4-4 4-4v3h9a3 3 0 0 0 3-3h2a5 5 0 0 1-5 5H7z"],
  full: ["M4 4h6v2H6v4H4z", "M14 4h6v6h-2V6h-4z", "M4 14h2v4h4v2H4z", "M18 14h2v6h-6v-2h4z"],
  seal: ["M12 2l2.6 2 3.3-.3.8 3.2 2.8 1.7-1.3 3 1.3 3-2.8 1.7-.8 3.2-3.3-.3L12 22l-2.6-2-3.3.3-.8-3.2-2.8-1.7 1.3-3-1.3-3 2.8-1.7.8-3.2 3.3.3z"],
  download: ["M11 4h2v8.2l3.1-3.1 1.4 1.4L12 16l-5.5-5.5 1.4-1.4 3.1 3.1z", "M5 18h14v2H5z"],
  again: ["M12 5a7 7 0 1 1-6.7 9h2.1A5 5 0 1 0 12 7v3L7 6l5-4z"],
  copy: ["M8 4h11v13h-2V6H8z", "M5 8h10v12H5zm2 2v8h6v-8z"],
  bin: ["M9 3h6l1 2h4v2H4V5h4z", "M6 8h12l-1 13H7zm3.6 2 .4 9h1.2l-.3-9zm3.6 0-.3 9h1.2l.4-9z"],
  star: ["M12 3l2.7 5.8 6.3.7-4.7 4.3 1.3 6.2L12 16.9 6.4 20l1.3-6.2L3 9.5l6.3-.7z"],
  recipe: ["M5 4h14v2H5z", "M5 9h14v2H5z", "M5 14h9v2H5z", "M5 19h6v2H5z"],
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  for (const d of SHAPES[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", d);
    path.setAttribute("fill-rule", "evenodd");
    svg.append(path);
  }
  return svg;
}

export function button(label, shape, action, { words = false, ...more } = {}) {
  const node = el("button", { type: "button", "aria-label": words ? null : label, title: words ? null : label, onclick: action, ...more });
  if (shape) node.append(icon(shape));
  if (words) node.append(el("span", {}, label));
  return node;
}

export function rows(pairs) {
  return el("dl", { class: "rows" }, ...pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export async function ask(address, method = "GET") {
  const answer = await fetch(address, { method, headers: { accept: "application/json" }, cache: "no-store" });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(body.error || `The studio answered ${answer.status}.`), { status: answer.status });
  return body;
}
