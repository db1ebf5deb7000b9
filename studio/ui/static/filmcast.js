// The cast: who, where and what look; words that stand for @name, and pictures that were made here or dropped in.
import { button, el, tell } from "./dom.js";
import { draw, upload } from "./filmshot.js";
import { openDialog } from "./shell.js";

const KINDS = [["character", "Character"], ["place", "Place"], ["look", "Look"]];
const TYPING = 600;

export class CastPanel {
  constructor(film) {
    this.of = film;
    this.list = el("ul", { class: "cast-list" });
    this.note = el("p", { class: "dim cast-note" });
    this.node = el("div", {}, this.list, button("Add to the cast", "plus", () => this.add(), { words: true, class: "plain", id: "cast-add" }), this.note);
    this.nodes = new Map();
  }

  show(film, told) {
    this.film = film;
    const wanted = film.cast.map((member, index) => this.row(member, index));
    if (this.list.children.length !== wanted.length || wanted.some((row, index) => this.list.children[index] !== row)) this.list.replaceChildren(...wanted);
    this.note.textContent = film.cast.length
      ? told.references ? "Pictures are shown to the model after every cut. Without any, the first shot with it gives one." : "Write @name in a shot. This model reads the words; it does not see pictures of a cast yet."
      : "Name who is in the film, and write @name in its shots: the words and pictures go along into each.";
  }

  change(index, make, said, wait = 0) {
    this.of.change((film) => make(film.cast[index]), `${said} of the cast`, wait);
  }

  row(member, index) {
    let row = this.nodes.get(index);
    if (!row) {
      row = this.made(index);
      this.nodes.set(index, row);
    }
    const { parts } = row;
    if (document.activeElement !== parts.name) parts.name.value = member.name;
    if (document.activeElement !== parts.looks) parts.looks.value = member.looks;
    parts.kind.value = member.kind;
    const key = JSON.stringify(member.pictures.map((given) => given.id));
    if (parts.pictures.dataset.key !== key) {
      parts.pictures.dataset.key = key;
      parts.pictures.replaceChildren(...member.pictures.map((given, place) => el("span", { class: "cast-picture" }, el("img", { src: given.picture, alt: given.name }),
        button(`Remove ${given.name}`, "close", () => this.change(index, (one) => { one.pictures.splice(place, 1); }, "Pictures"), { class: "cast-remove" }))), parts.add, parts.draw);
    }
    return row;
  }

  made(index) {
    const parts = {};
    const rename = () => {
      const name = parts.name.value.replace(/[^\p{L}\p{N}_]/gu, "").replace(/^\p{Nd}+/u, "");
      const was = this.film.cast[index].name;
      if (!name || name === was) { parts.name.value = was; return; }
      this.of.change((film) => {
        film.cast[index].name = name;
        for (const shot of film.shots) shot.prompt = shot.prompt.replace(new RegExp(`(^|[^\\w@])@${was}(?!\\w)`, "gi"), `$1@${name}`);
      }, "A name of the cast");
    };
    parts.name = el("input", { type: "text", maxlength: "40", "aria-label": "Name", autocomplete: "off", spellcheck: "false", onchange: rename });
    parts.kind = el("select", { "aria-label": "Kind", onchange: () => this.change(index, (one) => { one.kind = parts.kind.value; }, "Kind") }, ...KINDS.map(([id, words]) => el("option", { value: id }, words)));
    parts.looks = el("textarea", { rows: "2", maxlength: "400", "aria-label": "How it looks", placeholder: "a red fox with a blue scarf", oninput: () => this.change(index, (one) => { one.looks = parts.looks.value; }, "Looks", TYPING) });
    parts.file = el("input", { type: "file", accept: "image/png,image/jpeg,image/webp,image/gif", hidden: true, onchange: () => this.receive(index, parts.file) });
    parts.add = button("Add a picture", "plus", () => parts.file.click(), { class: "cast-more" });
    parts.draw = button("Draw a picture", "brush", () => draw(this.of, [["cast", `Use as @${this.film.cast[index].name}`]], (given) => this.change(index, (one) => { one.pictures.push(given); }, "Pictures")), { class: "cast-more" });
    parts.pictures = el("div", { class: "cast-pictures" });
    const row = el("li", { class: "cast-member" },
      el("header", {}, el("span", { class: "cast-at", "aria-hidden": "true" }, "@"), parts.name, parts.kind, button("Remove from the cast", "bin", () => this.remove(index), { class: "film-tool" })),
      parts.looks, parts.pictures, parts.file);
    row.addEventListener("dragover", (event) => event.preventDefault());
    row.addEventListener("drop", (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.receive(index, { files: event.dataTransfer.files, value: "" });
    });
    row.parts = parts;
    return row;
  }

  add() {
    const taken = new Set(this.film.cast.map((member) => member.name.toLowerCase()));
    let number = this.film.cast.length + 1;
    while (taken.has(`name${number}`)) number += 1;
    this.of.change((film) => { film.cast.push({ name: film.cast.length ? `name${number}` : "mira", kind: "character", looks: "", pictures: [] }); }, "Someone new in the cast");
    const row = this.nodes.get(this.film.cast.length - 1);
    if (row) row.parts.name.select();
  }

  remove(index) {
    this.nodes.clear();
    this.of.change((film) => {
      const [gone] = film.cast.splice(index, 1);
      for (const shot of film.shots) shot.prompt = shot.prompt.replace(new RegExp(`(^|[^\\w@])@${gone.name}(?!\\w)`, "gi"), `$1${gone.looks || gone.name}`);
    }, "Someone out of the cast");
  }

  async receive(index, input) {
    const given = await upload(this.of, input);
    if (given) this.change(index, (one) => { one.pictures.push(given); }, "Pictures");
  }

  // A frame of a take as a picture of somebody.
  fromTake(take) {
    const put = async (index) => {
      dialog.close();
      const told = await tell(`studio/takes/${take.id}/use`, { how: "first", at: take.frames / take.fps / 2 }).catch((error) => this.of.page.toasts.say(error.message, { tone: "toast-stop" }));
      if (!told || !told.form || !told.form.first) return;
      this.change(index, (one) => { one.pictures.push(told.form.first); }, "Pictures");
      this.of.side("cast");
    };
    const rows = this.film.cast.map((member, index) => button(`@${member.name}`, null, () => put(index), { words: true, class: "plain" }));
    const content = el("div", { class: "film-choose" }, el("img", { src: take.poster, alt: "" }), rows.length ? el("div", { class: "film-begin" }, ...rows) : el("p", { class: "dim" }, "The cast is empty: add somebody first."));
    const dialog = openDialog("Whose picture is this?", content, "film-whose");
  }
}
