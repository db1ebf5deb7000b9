// Finishing: a format, a shape, and what came of it; and the film as a file for others: script, zip, editor's time line.
import { bytes, button, clock, el, icon, tell } from "./dom.js";

const CONTAINERS = [["mp4", "MP4"], ["webm", "WebM"], ["gif", "GIF"], ["webp", "WebP"]];
const SHAPES = [["", "As it is shot"], ["16:9", "16:9"], ["9:16", "9:16"], ["1:1", "1:1"]];
const FITS = [["subject", "Follow the subject"], ["middle", "Keep the middle"], ["whole", "Show the whole picture"]];

export class Finish {
  constructor(film) {
    this.of = film;
    const options = (pairs) => pairs.map(([id, words]) => el("option", { value: id }, words));
    this.preset = el("select", { id: "finish-preset", onchange: () => this.face() });
    this.shape = el("select", { id: "finish-shape" }, ...options(SHAPES));
    this.container = el("select", { id: "finish-container" }, ...options(CONTAINERS));
    this.fit = el("select", { id: "finish-fit" }, ...options(FITS));
    this.go = button("Finish the film", "seal", () => this.finish(), { words: true, class: "plain strong", id: "finish-go" });
    this.note = el("p", { class: "dim" });
    const field = (label, control) => el("label", { class: "film-field" }, el("span", {}, label), control);
    this.own = el("div", { class: "film-grid" }, field("Shape", this.shape), field("File", this.container));
    this.list = el("ul", { class: "finish-list", "aria-label": "Finished films" });
    this.links = el("div", { class: "finish-links" });
    this.node = el("div", {},
      el("section", { class: "side-group" }, el("h3", {}, "Cut it, give it its sound, sign it"), field("For", this.preset), this.own, field("Where the shape differs", this.fit), this.go, this.note), this.list,
      el("section", { class: "side-group" }, el("h3", {}, "Take it elsewhere"), this.links));
  }

  show(film, told) {
    this.told = told;
    if (!this.preset.options.length) this.preset.replaceChildren(el("option", { value: "" }, "My own choice"), ...(this.of.presets || []).map(([id, words]) => el("option", { value: id }, words)));
    this.face();
    const gaps = told.shots.filter((shot) => !shot.take).length;
    this.go.disabled = gaps === told.shots.length;
    this.note.textContent = gaps === told.shots.length ? "Shoot the film first." : gaps ? `${gaps === 1 ? "One shot has" : `${gaps} shots have`} no take yet: a slate stands in.` : "The film names every shot and every sound as its parts.";
    const key = JSON.stringify(told.exports);
    if (key !== this.key) {
      this.key = key;
      this.list.replaceChildren(...told.exports.filter((one) => one.state !== "cancelled").map((one) => this.row(one)));
    }
    if (this.links.dataset.film !== told.id) {
      this.links.dataset.film = told.id;
      const link = (name, words, hint) => el("a", { class: "finish-link", href: `studio/films/${told.id}/${name}`, download: "" }, icon("download"), el("span", {}, words, el("small", {}, hint)));
      this.links.replaceChildren(
        link("film.yaml", "film.yaml", "the script, readable and writable"),
        link("film.zip", "Zip with takes and pictures", "moves to another machine"),
        link("film.otio", "OpenTimelineIO", "opens in an editor's program"));
    }
  }

  face() {
    this.own.hidden = Boolean(this.preset.value);
  }

  async finish() {
    const body = this.preset.value ? { preset: this.preset.value, fit: this.fit.value } : { shape: this.shape.value, container: this.container.value, fit: this.fit.value };
    await this.of.saved();
    try {
      await tell(`studio/films/${this.told.id}/finish`, body);
      this.of.soon(0);
    } catch (error) {
      this.of.page.toasts.say(error.message, { tone: "toast-stop" });
    }
  }

  // Its first picture is often the black that a title comes from.
  poster() {
    const shot = this.told.shots.find((each) => each.take);
    return shot ? shot.take.poster : null;
  }

  row(one) {
    const remove = button(one.state === "done" ? "Remove" : "Stop", one.state === "done" ? "bin" : "close", () => tell(`studio/films/${this.told.id}/exports/${one.id}/remove`).then(() => this.of.soon(0)), { class: "film-tool" });
    if (one.state !== "done") {
      const done = one.of ? Math.round((100 * one.done) / one.of) : 0;
      const words = one.state === "failed" ? one.error : `${one.words || "Waiting"}${one.of > 1 ? ` · ${done} %` : ""}`;
      return el("li", { class: "finish-row", "data-state": one.state }, el("div", {}, el("strong", {}, one.label || "The film"), el("p", {}, words)), remove, el("i", { class: "film-bar", style: `--done: ${one.state === "failed" ? 0 : done}%` }));
    }
    const moving = /webp|gif/i.test(one.label) ? el("img", { src: one.file, alt: "The finished film", class: "finish-picture" }) : el("video", { src: one.file, poster: this.poster(), controls: true, playsinline: true, preload: "metadata", class: "finish-picture" });
    const facts = [clock(Math.round(one.seconds)), `${one.width} × ${one.height}`, bytes(one.bytes), one.slates ? `${one.slates} slates` : ""].filter(Boolean).join(" · ");
    const more = [
      el("a", { class: "plain", href: `${one.file}?download=1`, download: "" }, icon("download"), el("span", {}, "Save")),
      one.captions ? el("a", { class: "link", href: `${one.file}/captions.srt`, download: "" }, "SRT") : null,
      one.sidecar ? el("a", { class: "link", href: `${one.file}/credential.c2pa`, download: "" }, "Credential") : null,
    ];
    return el("li", { class: "finish-row", "data-state": "done" }, moving, el("div", {}, el("strong", {}, one.label), el("p", { class: "mono" }, facts), el("p", { class: "finish-badge" }, icon("seal"), el("span", {}, one.badge))), el("div", { class: "finish-acts" }, ...more.filter(Boolean), remove));
  }
}
