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
  fold: ["M6.5 9.300 12 14.800l5.500-5.500 1.400 1.400L12 17.600 5.100 10.700z"],
  dice: ["M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zm1 2v12h12V6z", "M8 8h2.400v2.400H8z", "M13.600 8H16v2.400h-2.400z", "M10.800 10.800h2.400v2.400h-2.400z", "M8 13.600h2.400V16H8z", "M13.600 13.600H16V16h-2.400z"],
  pen: ["M4 16.5V20h3.5L18 9.5 14.5 6z", "M15.5 5l1.6-1.6 3.5 3.5L19 8.5z"],
  more: ["M5 10.2h3.6v3.6H5z", "M10.2 10.2h3.6v3.6h-3.6z", "M15.4 10.2H19v3.6h-3.6z"],
  compare: ["M3 5h8v14H3zm2 2v10h4V7z", "M13 5h8v14h-8z"],
  use: ["M4 5h10v2H6v10h8v2H4z", "M13 8l5 4-5 4v-3H9v-2h4z"],
  grip: ["M8 5h2.5v2.5H8z", "M13.5 5H16v2.5h-2.5z", "M8 10.7h2.5v2.5H8z", "M13.5 10.7H16v2.5h-2.5z", "M8 16.5h2.5V19H8z", "M13.5 16.5H16V19h-2.5z"],
  plus: ["M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z"],
  split: ["M11 3h2v18h-2z", "M3 7h5v10H3z", "M16 7h5v10h-5z"],
  chain: ["M4 9h6v2H6v2h4v2H4z", "M14 9h6v6h-6v-2h4v-2h-4z", "M9 11h6v2H9z"],
  close: ["M6.4 5L12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4L12 13.4 6.4 19 5 17.6l5.6-5.6L5 6.4z"],
  stop: ["M6 6h12v12H6z"],
  undo: ["M9 5v4h5a5.5 5.5 0 0 1 0 11H8v-2h6a3.5 3.5 0 0 0 0-7H9v4L3.500 10z"],
  redo: ["M15 5v4h-5a5.500 5.500 0 0 0 0 11h6v-2h-6a3.500 3.500 0 0 1 0-7h5v4l5.500-5z"],
  up: ["M12 6l7 7-1.400 1.400L13 9.800V20h-2V9.800l-4.600 4.600L5 13z"],
  down: ["M12 18l7-7-1.400-1.400L13 14.200V4h-2v10.200L6.400 9.600 5 11z"],
  eye: ["M12 5c5 0 8.500 4 10 7-1.500 3-5 7-10 7s-8.500-4-10-7c1.500-3 5-7 10-7zm0 2c-3.500 0-6.200 2.600-7.700 5 1.500 2.400 4.200 5 7.700 5s6.200-2.600 7.700-5C18.200 9.600 15.500 7 12 7z", "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z"],
  hidden: ["M3.500 2.800 21.200 20.500l-1.400 1.400L2.100 4.200z", "M12 5c5 0 8.500 4 10 7a14 14 0 0 1-3 3.900l-1.400-1.400A11.500 11.500 0 0 0 19.700 12C18.200 9.600 15.500 7 12 7c-.9 0-1.700.2-2.500.4L7.900 5.800A9.600 9.600 0 0 1 12 5z", "M5 8.100l1.400 1.400A11.500 11.500 0 0 0 4.300 12c1.500 2.400 4.200 5 7.700 5 .9 0 1.700-.2 2.500-.4l1.600 1.600A9.600 9.600 0 0 1 12 19c-5 0-8.500-4-10-7a14 14 0 0 1 3-3.900z"],
  brush: ["M20.500 3.500c-1-1-2.600-.6-3.600.3L9.500 11l3.500 3.500 7.200-7.400c.9-1 1.300-2.600.3-3.600z", "M8.500 12.500c-2.500 0-3.500 1.800-3.500 4 0 1.500-1 2.500-2 3 1.500 1 6 1.500 8-.5 1.200-1.200 1.200-3 .5-4z"],
  search: ["M10.500 4a6.500 6.500 0 1 0 4 11.600l4.500 4.500 1.400-1.400-4.500-4.500A6.500 6.500 0 0 0 10.500 4zm0 2a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9z"],
  check: ["M9.500 16.200 5.300 12l-1.400 1.400 5.600 5.600L20.500 8l-1.400-1.400z"],
  style: ["M12 3a9 9 0 0 0 0 18c1.500 0 2-1 1.600-2.200-.5-1.600.4-2.800 2-2.800H18a3 3 0 0 0 3-3.200C20.500 7 16.700 3 12 3zm0 2c3.500 0 6.500 2.900 7 7.800 0 .7-.4 1.200-1 1.200h-2.400c-2.700 0-4.500 2.200-4 5A7 7 0 0 1 12 5z", "M7 10.500h2.400v2.400H7z", "M10.500 7h2.400v2.400h-2.400z", "M14.500 8.800h2.400v2.400h-2.400z"],
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

export async function ask(address, method = "GET", body = undefined) {
  const headers = { accept: "application/json" };
  if (body !== undefined && !(body instanceof Blob)) headers["content-type"] = "application/json";
  const sent = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
  const answer = await fetch(address, { method, headers, body: sent, cache: "no-store" });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.error || `The studio answered ${answer.status}.`), { status: answer.status, said });
  return said;
}

export const tell = (address, body = {}) => ask(address, "POST", body);

export function later(wait, act) {
  let timer = null;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
  soon.now = () => {
    clearTimeout(timer);
    act();
  };
  return soon;
}

export const bytes = (count) => (count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : count >= 1e6 ? `${Math.round(count / 1e6)} MB` : `${Math.ceil(count / 1e3)} kB`);

export function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

// A line of the studio as a sentence; a file's name at its head stays as it is.
export const sentence = (line) => (/^[a-z]+[ ,:]/.test(line) ? line[0].toUpperCase() + line.slice(1) : line);

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// A row of choices of which one is chosen: arrows move, as with radio buttons.
export function choices(name, label, options, value, onchange) {
  const inputs = options.map(([id, words]) => {
    const input = el("input", { type: "radio", name, value: String(id), checked: String(id) === String(value), onchange: () => onchange(id) });
    return el("label", {}, input, el("span", {}, words));
  });
  const node = el("div", { class: "choices", id: name, role: "radiogroup", "aria-label": label }, el("span", { class: "choices-title", "aria-hidden": "true" }, label), el("div", {}, ...inputs));
  node.set = (id) => {
    for (const input of node.querySelectorAll("input")) input.checked = input.value === String(id);
  };
  return node;
}
