// A small menu under a button, and a box that floats: arrows move, Escape closes, focus goes back.
import { button, el } from "./dom.js";

export function floating(anchor, node, onclose = () => {}) {
  closeFloating();
  node.classList.add("floating");
  document.body.append(node);
  place(anchor, node);
  const away = (event) => {
    if (!node.contains(event.target) && !anchor.contains(event.target)) close();
  };
  const move = () => place(anchor, node);
  const close = (back = false) => {
    if (!node.isConnected) return;
    node.remove();
    document.removeEventListener("pointerdown", away, true);
    removeEventListener("resize", move);
    anchor.setAttribute("aria-expanded", "false");
    if (back) anchor.focus();
    onclose();
  };
  node.closeFloating = close;
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", away, true);
  addEventListener("resize", move);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(true);
    } else if (event.key === "Tab") close(true);
  });
  return close;
}

export function closeFloating() {
  const open = document.querySelector(".floating");
  if (open) open.closeFloating();
  return Boolean(open);
}

function place(anchor, node) {
  const at = anchor.getBoundingClientRect();
  const size = node.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - size.width - 8));
  const under = at.bottom + 6 + size.height <= innerHeight - 8;
  const top = under ? at.bottom + 6 : Math.max(8, at.top - size.height - 6);
  node.style.left = `${left}px`;
  node.style.top = `${top}px`;
}

// Arrows through a grid or a list of buttons.
export function roving(node, columns = () => 1) {
  node.addEventListener("keydown", (event) => {
    const all = [...node.querySelectorAll("[role^=menuitem], [role=option]")].filter((each) => !each.disabled);
    const at = all.indexOf(document.activeElement);
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : by ? at + by : null;
    if (to === null || !all.length) return;
    event.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
}

// items: [label, shape, act, {hint, quiet}]
export function menuButton(label, shape, items, more = {}) {
  const node = button(label, shape, () => open(), { words: true, "aria-haspopup": "menu", "aria-expanded": "false", ...more });
  const open = () => {
    if (node.getAttribute("aria-expanded") === "true") return closeFloating();
    const entries = items();
    const list = el("div", { class: "menu", role: "menu", "aria-label": label });
    const close = floating(node, list);
    for (const [words, icon, act] of entries) {
      list.append(button(words, icon, () => { close(true); act(); }, { words: true, role: "menuitem" }));
    }
    place(node, list);
    roving(list);
    list.querySelector("button").focus();
  };
  return node;
}
