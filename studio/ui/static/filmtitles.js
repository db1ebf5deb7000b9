// Titles and end cards, captions, and the sound that the artist brings.
import { button, el } from "./dom.js";
import { upload } from "./filmshot.js";

const TYPING = 600;

export class TitlesPanel {
  constructor(film) {
    this.of = film;
    this.opening = this.card("opening", "Opening title", "The fox and the lantern");
    this.ending = this.card("ending", "End card", "The end");
    this.music = this.sound("music", "Music", "Levelled to −14 LUFS with the whole film");
    this.voice = this.sound("voice", "Voice", "The music steps back under it");
    this.shown = el("input", { type: "checkbox", id: "captions-shown", onchange: () => film.change((one) => { one.captions.shown = this.shown.checked; }, "Captions") });
    this.srt = el("input", { type: "file", accept: ".srt", hidden: true, onchange: () => this.captions(this.srt) });
    this.srtName = el("span", { class: "dim" });
    this.srtRemove = button("Use the shots' captions", null, () => film.change((one) => { one.captions.file = null; }, "Captions"), { words: true, class: "link" });
    const captions = el("section", { class: "side-group" }, el("h3", {}, "Captions"),
      el("label", { class: "film-check" }, this.shown, el("span", {}, "Draw them into the picture")),
      el("div", { class: "film-given" }, button("Bring an SRT file", "use", () => this.srt.click(), { words: true, class: "plain" }), this.srtName, this.srtRemove, this.srt));
    this.node = el("div", {}, this.opening.node, this.ending.node, captions, this.music.node, this.voice.node);
  }

  show(film) {
    this.film = film;
    for (const part of [this.opening, this.ending, this.music, this.voice]) part.show(film[part.name]);
    this.shown.checked = film.captions.shown;
    this.srtName.textContent = film.captions.file ? film.captions.file.name : "each shot's caption";
    this.srtRemove.hidden = !film.captions.file;
  }

  card(name, label, example) {
    const text = el("textarea", { rows: "2", maxlength: "400", placeholder: example, "aria-label": label, id: `film-${name}`, oninput: () => this.of.change((film) => { film[name] = text.value.trim() ? { text: text.value, seconds: Number(seconds.value) || 2.5 } : null; }, label, TYPING) });
    const seconds = el("input", { type: "number", min: "0.5", max: "20", step: "0.5", value: "2.5", "aria-label": `${label}: seconds`, onchange: () => { if (this.film[name]) this.of.change((film) => { film[name].seconds = Number(seconds.value) || 2.5; }, label); } });
    const node = el("section", { class: "side-group" }, el("h3", {}, label), text, el("label", { class: "film-seconds" }, seconds, el("span", {}, "s · the first line is large")));
    const show = (card) => {
      if (document.activeElement !== text) text.value = card ? card.text : "";
      if (card && document.activeElement !== seconds) seconds.value = card.seconds;
    };
    return { name, node, show };
  }

  sound(name, label, hint) {
    const file = el("input", { type: "file", accept: ".wav,.mp3,.m4a,.flac,.ogg,audio/*", hidden: true, onchange: () => receive(file) });
    const title = el("span", { class: "sound-name" });
    const remove = button(`Remove the ${label.toLowerCase()}`, "close", () => this.of.change((film) => { film[name] = null; }, label), { class: "film-tool" });
    const choose = button(`Bring ${label.toLowerCase()}`, "use", () => file.click(), { words: true, class: "plain", id: `film-${name}` });
    const number = (key, words, more) => {
      const input = el("input", { type: "number", step: "0.5", ...more, onchange: () => this.of.change((film) => { if (film[name]) film[name][key] = Number(input.value) || 0; }, label) });
      return { key, input, node: el("label", { class: "film-field" }, el("span", {}, words), input) };
    };
    const numbers = [number("at", "Begins at, s", { min: "0" }), number("fade_in", "Fade in, s", { min: "0", max: "30" }), number("fade_out", "Fade out, s", { min: "0", max: "30" }), number("gain", "Gain, dB", { min: "-40", max: "20" })];
    const grid = el("div", { class: "film-grid four" }, ...numbers.map((each) => each.node));
    const node = el("section", { class: "side-group", "data-sound": name }, el("h3", {}, label), el("p", { class: "dim" }, hint), el("div", { class: "film-given" }, choose, title, remove, file), grid);
    const receive = async (input) => {
      const given = await upload(this.of, input, "studio/films/sound");
      if (given) this.of.change((film) => { film[name] = { file: given, at: 0, fade_in: 0.5, fade_out: 1.5, gain: 0 }; }, label);
    };
    const show = (track) => {
      title.textContent = track ? `${track.file.name}${track.file.seconds ? ` · ${Math.round(track.file.seconds)} s` : ""}` : "";
      remove.hidden = grid.hidden = !track;
      choose.querySelector("span").textContent = track ? "Another" : `Bring ${label.toLowerCase()}`;
      if (track) for (const each of numbers) if (document.activeElement !== each.input) each.input.value = track[each.key];
    };
    return { name, node, show, receive };
  }

  async captions(input) {
    const given = await upload(this.of, input, "studio/films/sound");
    if (given) this.of.change((film) => { film.captions.file = given; }, "Captions");
  }
}
