// Prompt help: a longer wording beside what was typed, what was added marked in it; nothing changes until it is taken.
import { button, el, tell } from "./dom.js";

export class ExpandPanel {
  constructor(acts) {
    this.acts = acts; // data(), take(text), say(line)
    this.turn = 0;
    this.open = button("Expand", "pen", () => this.ask(0), { words: true, class: "link", id: "expand", title: "Say it in film language (Alt E)", "aria-expanded": "false", "aria-controls": "expanded" });
    this.back = button("Back to what I wrote", "undo", () => this.goBack(), { words: true, class: "link", id: "expand-undo", hidden: true });
    this.row = el("div", { id: "prompt-tools" }, this.open, this.back);
    this.node = el("section", { id: "expanded", hidden: true, "aria-label": "In film language" });
  }

  async ask(turn) {
    const data = this.acts.data();
    this.open.setAttribute("aria-busy", "true");
    try {
      const found = await tell("studio/expand", { form: data, turn });
      if (data.prompt !== this.acts.data().prompt) return; // typed on meanwhile
      this.turn = turn;
      this.show(found, data.prompt);
    } catch (error) {
      this.acts.say(error.status ? error.message : "The studio does not answer; try again when it is back.");
    } finally {
      this.open.removeAttribute("aria-busy");
    }
  }

  show(found, prompt) {
    if (!found.added.length) {
      this.hide();
      return this.acts.say(prompt.trim() ? "There is nothing to add: it says all that a shot needs." : "Write a few words first: who, or where.");
    }
    const title = el("p", { class: "expanded-title" }, el("span", {}, "In film language"), found.look ? el("span", { class: "expanded-look" }, found.look) : null);
    const act = (words, what, id, kind = "plain") => button(words, null, what, { words: true, class: kind, id });
    this.node.replaceChildren(title, el("p", { class: "expanded-text" }, ...marked(found.text, found.added)), el("div", { class: "policy-buttons" },
      act("Take it", () => this.take(found.text, prompt), "expand-take", "plain strong"), act("Another", () => this.ask(this.turn + 1), "expand-another"), act("Leave it", () => { this.hide(); this.acts.focus(); }, "expand-leave")));
    const shown = !this.node.hidden;
    this.node.hidden = false;
    this.open.setAttribute("aria-expanded", "true");
    this.node.querySelector(shown ? "#expand-another" : "#expand-take").focus({ preventScroll: true });
    this.node.scrollIntoView({ block: "nearest" });
    return null;
  }

  take(text, before) {
    this.hide();
    this.acts.take(text);
    this.before = before;
    this.back.hidden = false;
  }

  goBack() {
    this.back.hidden = true;
    this.acts.take(this.before);
  }

  // What is shown belongs to the words it was made of.
  typed() {
    this.hide();
    this.back.hidden = true;
  }

  hide() {
    this.node.hidden = true;
    this.node.replaceChildren();
    this.open.setAttribute("aria-expanded", "false");
  }
}

// The studio counts characters, a browser counts halves of some.
export function marked(text, spans) {
  const signs = [...text];
  const parts = [];
  let at = 0;
  for (const [start, end] of spans) {
    parts.push(signs.slice(at, start).join(""), el("mark", {}, signs.slice(start, end).join("")));
    at = end;
  }
  return [...parts, signs.slice(at).join("")];
}
