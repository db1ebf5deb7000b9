// How the whole film looks, where a shot does not say otherwise: direction, a style in one click, model, seed, what is kept out.
import { button, el } from "./dom.js";
import { Direction } from "./direction.js";
import { tuning } from "./filmhow.js";
import { Styles } from "./styles.js";

const TYPING = 600;

export class LookPanel {
  constructor(film) {
    this.of = film;
    const { start } = film.page;
    const set = (name, said) => (value) => film.change((one) => { one[name] = value; }, said);
    this.direction = new Direction(start.directions, set("look", "The look"), "look");
    this.styles = new Styles(start, {
      data: () => ({ prompt: "", negative: this.film.negative, direction: this.film.look }),
      apply: (changes) => film.change((one) => { one.look = changes.direction; one.negative = changes.negative; }, "The style"),
      say: (words, more = {}) => film.page.toasts.say(words, more.undo ? { ...more, act: () => film.step("undo") } : more),
      undoable: (text, act) => film.page.undos.add(act, text),
    });
    this.model = el("select", { id: "film-model", onchange: () => set("model", "The model")(this.model.value) }, ...start.models.map((each) => el("option", { value: each.name }, each.title)));
    this.seed = this.number("seed", "film-seed", (value) => value ?? 0);
    this.steps = this.number("steps", "film-steps");
    this.negative = el("textarea", { rows: "2", maxlength: "1000", id: "film-negative", oninput: () => film.change((one) => { one.negative = this.negative.value; }, "What is kept out", TYPING) });
    this.fine = el("div", {});
    const field = (label, control, hint = null) => el("label", { class: "film-field" }, el("span", {}, label), control, hint ? el("small", {}, hint) : null);
    this.node = el("div", {},
      el("section", { class: "side-group" }, el("h3", {}, "Every shot that does not say otherwise"), this.direction.node,
        button("Styles", "style", () => this.styles.show(), { words: true, class: "plain", id: "film-styles", "aria-haspopup": "dialog" })),
      el("section", { class: "side-group" },
        start.models.length > 1 ? field("Model", this.model) : null,
        field("Not to be seen", this.negative),
        el("div", { class: "film-grid" }, field("Seed", this.seed, "One place is one set"), field("Steps", this.steps, "Left out, what suits")), this.fine));
  }

  number(name, id, or = (value) => value) {
    return el("input", { type: "text", inputmode: "numeric", class: "mono", id, autocomplete: "off", onchange: (event) => {
      const value = event.target.value.trim();
      this.of.change((one) => { one[name] = or(/^\d+$/.test(value) ? Number(value) : null); }, name === "seed" ? "The seed" : "The steps");
    } });
  }

  // Drawn anew where something else holds, and never under a hand that types.
  showFine(film, told) {
    const key = JSON.stringify([told.id, told.model, film.guidance, film.block_cache, film.guided]);
    if (this.fineKey === key || this.fine.contains(document.activeElement)) return;
    this.fineKey = key;
    const open = this.fine.querySelector(".film-folded:not([hidden])");
    this.fine.replaceChildren(tuning(this.of, film, (name, value, said) => this.of.change((one) => { one[name] = value; }, said)));
    if (open && this.fine.querySelector(".film-folded[hidden]")) this.fine.querySelector(".fold").click();
  }

  show(film, told) {
    this.film = film;
    if (told.model) this.showFine(film, told);
    this.direction.show(film.look);
    if (document.activeElement !== this.negative) this.negative.value = film.negative;
    if (document.activeElement !== this.seed) this.seed.value = String(film.seed);
    if (document.activeElement !== this.steps) this.steps.value = film.steps ?? "";
    this.model.value = film.model;
  }
}
