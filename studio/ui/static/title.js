// The line under the transport: a star, the take's name, and a note; written in place.
import { button, el } from "./dom.js";

export class TitleLine {
  constructor(acts) {
    this.acts = acts; // star(take), name(take, words), note(take, words)
    this.star = button("Star", "star", () => this.acts.star(this.take), { class: "tool", id: "star" });
    this.name = el("input", { type: "text", id: "take-name", maxlength: "120", "aria-label": "Name of this take", autocomplete: "off", spellcheck: "false" });
    this.note = el("input", { type: "text", id: "take-note", maxlength: "2000", "aria-label": "Note to this take", placeholder: "Add a note", autocomplete: "off" });
    for (const [field, act] of [[this.name, "name"], [this.note, "note"]]) {
      field.addEventListener("change", () => this.acts[act](this.take, field.value.trim()));
      field.addEventListener("keydown", (event) => {
        event.stopPropagation();
        if (event.key === "Enter") field.blur();
        if (event.key === "Escape") { field.value = this.take[act]; field.blur(); }
      });
    }
    this.kept = el("span", { class: "kept" }, "kept: shorter than asked");
    this.node = el("div", { id: "title-line", hidden: true }, this.star, this.name, this.kept, this.note);
  }

  show(take) {
    this.take = take;
    this.node.hidden = false;
    this.star.setAttribute("aria-pressed", String(take.starred));
    this.star.setAttribute("aria-label", take.starred ? "Remove the star" : "Star");
    if (document.activeElement !== this.name) this.name.value = take.name;
    if (document.activeElement !== this.note) this.note.value = take.note;
    this.name.placeholder = take.prompt || "Name this take";
    this.name.title = take.title;
    this.kept.hidden = !take.kept;
  }

  hide() {
    this.node.hidden = true;
  }
}
