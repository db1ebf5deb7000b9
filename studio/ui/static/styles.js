// Styles: a named way to film. One click applies it; what is chosen can be saved under a name, shared as a file, and read.
import { ask, button, el, icon, tell } from "./dom.js";
import { openDialog } from "./shell.js";

const SHOWN_BY = ["style", "light", "lens", "weather", "time", "framing", "camera", "pace"]; // whose picture stands for a style

export class Styles {
  constructor(start, acts) {
    this.start = start;
    this.acts = acts; // data(), apply(changes, why), say(words, more), undoable(text, act)
    this.open = button("Styles", "style", () => this.show(), { words: true, class: "link", id: "styles-open", "aria-haspopup": "dialog", title: "Styles (Alt S)" });
  }

  async show() {
    try {
      this.found = await ask(`studio/styles?model=${encodeURIComponent(this.start.model.name)}`);
    } catch (error) {
      return this.acts.say(error.message, { tone: "toast-stop" });
    }
    this.body = el("div", { class: "styles" });
    this.dialog = openDialog("Styles", this.body, "styles");
    return this.draw();
  }

  draw() {
    const { built_in: builtIn, own } = this.found;
    this.error = el("p", { class: "field-error", role: "alert", hidden: true });
    const mine = own.length ? el("ul", { class: "style-grid", id: "styles-own" }, ...own.map((each) => this.tile(each, true)))
      : el("p", { class: "dim" }, "Choose a direction you like, give it a name below, and it stands here.");
    const shared = own.length ? el("a", { class: "plain", id: "styles-share", href: "studio/styles/share.json", download: "auteur-styles.json" }, icon("download"), el("span", {}, "Share as a file")) : null;
    const file = el("input", { type: "file", class: "unseen", accept: "application/json,.json", tabindex: "-1", "aria-label": "A file of styles", id: "styles-file", onchange: (event) => { this.read(event.target.files[0]); event.target.value = ""; } });
    this.body.replaceChildren(
      this.error,
      el("h3", {}, "Yours"), mine,
      el("div", { class: "style-files" }, ...[shared, file, button("Read a file", "plus", () => file.click(), { words: true, class: "plain", id: "styles-read" })].filter(Boolean)),
      builtIn.length ? el("h3", {}, `For ${this.start.model.title}`) : "", el("ul", { class: "style-grid", id: "styles-built-in" }, ...builtIn.map((each) => this.tile(each, false))),
      this.saver());
  }

  tile(style, own) {
    const picture = el("span", { class: "tile-picture" }, ...this.picture(style));
    const words = [...Object.entries(style.direction).map(([kind, id]) => this.label(kind, id)), style.words].filter(Boolean).join(", ");
    const apply = el("button", { type: "button", class: "style-tile", "data-style": style.name, onclick: () => this.apply(style) }, picture, el("span", { class: "style-name" }, style.name), el("span", { class: "style-words" }, words || `without ${style.negative}`));
    const acts = own ? [
      el("a", { class: "tool", href: `studio/styles/share.json?name=${encodeURIComponent(style.name)}`, download: `${style.name}.json`, "aria-label": `Share ${style.name} as a file`, title: "Share as a file" }, icon("download")),
      button(`Remove ${style.name}`, "bin", () => this.remove(style), { class: "tool" }),
    ] : [];
    return el("li", {}, apply, acts.length ? el("span", { class: "style-acts" }, ...acts) : null);
  }

  offered(kind, id) {
    return (this.start.directions[kind] || []).find((each) => each.id === id);
  }

  label(kind, id) {
    const found = this.offered(kind, id);
    return found ? found.label.toLowerCase() : id.replaceAll("_", " ");
  }

  picture(style) {
    const kind = SHOWN_BY.find((each) => style.direction[each] && (this.offered(each, style.direction[each]) || {}).picture);
    return kind ? [el("img", { src: this.offered(kind, style.direction[kind]).picture, alt: "", loading: "lazy" })] : [];
  }

  // What the model does not know of a style is left out, and said.
  apply(style) {
    const data = this.acts.data();
    const known = Object.entries(style.direction).filter(([kind, id]) => this.offered(kind, id));
    const missed = Object.entries(style.direction).filter(([kind, id]) => !this.offered(kind, id)).map(([kind, id]) => this.label(kind, id));
    const body = data.prompt.trim().replace(/[.,;\s]+$/, "");
    const prompt = style.words && !data.prompt.includes(style.words) ? (body ? `${body}, ${style.words}` : style.words) : data.prompt;
    const negative = style.negative && !data.negative.includes(style.negative) ? [data.negative, style.negative].filter(Boolean).join(", ") : data.negative;
    this.dialog.close();
    this.acts.apply({ prompt, negative, direction: { ...data.direction, ...Object.fromEntries(known) } }, "The shot is as it was");
    this.acts.say(missed.length ? `${style.name}, without ${missed.join(", ")}: ${this.start.model.title} does not know that.` : `${style.name}.`, { undo: true });
  }

  saver() {
    const data = this.acts.data();
    const chosen = Object.entries(data.direction).map(([kind, id]) => this.label(kind, id));
    const name = el("input", { type: "text", id: "style-name", maxlength: "60", autocomplete: "off", placeholder: "A name, like Rain at the harbour" });
    const words = el("input", { type: "text", id: "style-words", maxlength: "400", autocomplete: "off", placeholder: "Words that end the prompt, if wanted" });
    const save = () => this.save({ name: name.value, words: words.value, direction: data.direction, negative: data.negative });
    for (const field of [name, words]) field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); save(); } });
    const kept = [chosen.join(", "), data.negative ? `without ${data.negative}` : ""].filter(Boolean).join("; ");
    return el("section", { class: "style-saver" }, el("h3", {}, "Save what is chosen now"),
      el("p", { class: "dim" }, kept || "No direction is chosen yet; a style of words alone works too."),
      el("label", { class: "field" }, el("span", {}, "Name"), name), el("label", { class: "field" }, el("span", {}, "Words"), words),
      button("Save this style", "star", save, { words: true, class: "plain", id: "style-save" }));
  }

  async save(style) {
    const same = this.found.own.find((each) => each.name.toLowerCase() === style.name.trim().toLowerCase());
    if (!(await this.tell("studio/styles", style))) return;
    if (!same) return void this.acts.say(`${style.name.trim()} is saved.`);
    this.acts.undoable(`${same.name} is as it was`, () => this.tell("studio/styles", same));
    this.acts.say(`${same.name} is saved over what it was.`, { undo: true });
  }

  async remove(style) {
    if (!(await this.tell("studio/styles/remove", { name: style.name }))) return;
    this.acts.undoable(`${style.name} is back among your styles`, () => this.tell("studio/styles", style));
    this.acts.say(`${style.name} is removed.`, { undo: true });
  }

  async read(file) {
    let data;
    try {
      if (file.size > 1e6) throw new Error("too large");
      data = JSON.parse(await file.text());
    } catch {
      return this.wrong(`${file.name} is not a file of styles.`);
    }
    const told = await this.tell("studio/styles/read", data !== null && typeof data === "object" && !Array.isArray(data) ? data : {});
    if (told) this.acts.say(told.read.length === 1 ? `${told.read[0]} is among your styles.` : `${told.read.length} styles are among yours.`);
    return null;
  }

  async tell(address, body) {
    try {
      const told = await tell(address, body);
      this.found.own = told.own;
      this.draw();
      return told;
    } catch (error) {
      this.wrong(error.status ? error.message : "The studio does not answer; nothing was changed.");
      return null;
    }
  }

  wrong(line) {
    this.error.textContent = line;
    this.error.hidden = false;
    this.error.scrollIntoView({ block: "nearest" });
  }
}
