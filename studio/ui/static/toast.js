// One line at the foot of the page, read out as it comes, with at most one thing to do about it.
import { button, el } from "./dom.js";

const STAYS = 12000; // milliseconds; with something to do, else half of it

export class Toasts {
  constructor() {
    this.node = el("div", { id: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(this.node);
  }

  // `last`: what can be done about it takes back whatever was done last, so the line goes when something else is done.
  say(words, { act = null, label = "Undo", id = null, tone = "", last = Boolean(act) && label === "Undo" } = {}) {
    clearTimeout(this.timer);
    this.last = last;
    // What lies outside an open sheet can neither be seen well nor pressed: the line stands in it.
    const sheet = [...document.querySelectorAll("dialog[open]")].pop() || document.body;
    if (this.node.parentNode !== sheet) {
      sheet.append(this.node);
      if (sheet !== document.body) sheet.addEventListener("close", () => document.body.append(this.node), { once: true });
    }
    const close = button("Close", "close", () => this.clear(), { class: "toast-close" });
    const acting = act ? button(label, null, () => { this.clear(); act(); }, { words: true, class: "toast-act", id }) : null;
    this.node.replaceChildren(el("div", { class: `toast ${tone}` }, ...[el("span", {}, words), acting, close].filter(Boolean)));
    this.timer = setTimeout(() => this.clear(), act ? STAYS : STAYS / 2);
  }

  // Something is done now, and is what an Undo would take back: one that is on offer for what was done before goes.
  outdate() {
    if (this.last) this.clear();
  }

  clear() {
    this.last = false;
    clearTimeout(this.timer);
    this.node.replaceChildren();
  }
}
