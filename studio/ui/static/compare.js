// Two takes in step: side by side, or one over the other with a line to wipe. One hand moves both.
import { button, calm, clamp, clock, el, icon } from "./dom.js";
import { difference } from "./panels.js";

export class Compare {
  constructor(acts) {
    this.acts = acts; // close()
    this.videos = [video("One take"), video("The other take")];
    this.wipe = el("input", { type: "range", min: "0", max: "100", value: "50", class: "wipe", "aria-label": "Wipe between the takes", oninput: () => this.setWipe() });
    this.line = el("i", { class: "wipe-line" });
    this.labels = [caption(), caption()];
    this.pair = el("div", { id: "pair", "data-mode": "side" }, ...this.videos.map((each, index) => el("figure", {}, each, this.labels[index])), this.line, this.wipe);
    this.play = button("Play or pause", "play", () => this.toggle(), { class: "tool play" });
    this.time = el("span", { class: "timecode" });
    this.bar = el("input", { type: "range", min: "0", max: "0", step: "1", value: "0", class: "scrub", "aria-label": "Frame", oninput: () => { this.pause(); this.seek(Number(this.bar.value)); } });
    this.modes = { side: this.mode("side", "Side by side"), wipe: this.mode("wipe", "Wipe"), change: this.mode("change", "What changed") };
    this.key = el("p", { class: "change-key" }, "Black is what was kept; the brighter, the more it changed.");
    this.table = el("div", { id: "compare-difference" });
    const transport = el("div", { class: "transport" },
      button("One frame back", "back", () => this.step(-1), { class: "tool" }), this.play, button("One frame on", "next", () => this.step(1), { class: "tool" }),
      this.time, this.bar, this.modes.side, this.modes.wipe, this.modes.change, button("Close the comparison", "close", () => this.acts.close(), { class: "tool", id: "compare-close" }));
    this.node = el("section", { id: "compare", "aria-label": "Two takes in step", hidden: true }, this.pair, this.key, transport, this.table);
    this.videos[0].addEventListener("timeupdate", () => this.follow());
    for (const name of ["play", "pause"]) this.videos[0].addEventListener(name, () => this.showPlaying());
  }

  mode(name, words) {
    return button(words, null, () => this.setMode(name), { words: true, class: "quiet", "aria-pressed": String(name === "side") });
  }

  setMode(name) {
    this.pair.dataset.mode = name;
    this.key.hidden = name !== "change";
    for (const [key, node] of Object.entries(this.modes)) node.setAttribute("aria-pressed", String(key === name));
    this.setWipe();
    if (name === "wipe") this.wipe.focus();
  }

  setWipe() {
    this.pair.style.setProperty("--wipe", `${this.wipe.value}%`);
  }

  // `named` are the two in words, where they are more than two takes: what something was made of, and what came of it.
  show(one, other, { mode = "side", named = null } = {}) {
    this.takes = [one, other];
    this.frames = Math.max(one.frames / one.fps, other.frames / other.fps);
    this.node.hidden = false;
    this.pair.style.setProperty("--ratio", `${one.width / one.height}`);
    this.videos.forEach((each, index) => {
      const take = this.takes[index];
      each.poster = take.poster;
      each.src = take.clip;
      const [title, seed] = this.labels[index].children;
      title.textContent = `${named ? `${named[index]}: ` : ""}${take.title}`;
      seed.textContent = `seed ${take.seed}`;
    });
    this.bar.max = String(Math.round(this.frames * one.fps) - 1);
    this.setMode(mode);
    difference(one, other, this.table, named || ["Left", "Right"]);
    if (!calm()) this.toggle();
    this.tick();
  }

  hide() {
    if (this.node.hidden) return;
    this.node.hidden = true;
    for (const each of this.videos) {
      each.pause();
      each.removeAttribute("src");
      each.load();
    }
  }

  toggle() {
    if (this.videos[0].paused) {
      for (const each of this.videos) each.play().catch(() => {});
    } else this.pause();
  }

  pause() {
    for (const each of this.videos) each.pause();
  }

  // The keys of a take, for both; whether it was one.
  press(name) {
    const acts = { " ": () => this.toggle(), k: () => this.pause(), l: () => this.videos[0].paused && this.toggle(), j: () => this.step(-1), ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1) };
    const act = acts[name.length > 1 ? name : name.toLowerCase()];
    if (act) act();
    return Boolean(act);
  }

  at() {
    return clamp(Math.floor(this.videos[0].currentTime * this.takes[0].fps + 0.01), 0, Number(this.bar.max));
  }

  seek(frame) {
    const time = (frame + 0.5) / this.takes[0].fps;
    this.videos.forEach((each, index) => {
      each.currentTime = Math.min(time, (this.takes[index].frames - 0.5) / this.takes[index].fps);
    });
    this.showTime(frame);
  }

  step(by) {
    this.pause();
    this.seek(clamp(this.at() + by, 0, Number(this.bar.max)));
  }

  // The second follows the first: a twentieth of a second apart is put right at once.
  follow() {
    const [one, other] = this.videos;
    const wanted = Math.min(one.currentTime, (this.takes[1].frames - 0.5) / this.takes[1].fps);
    if (Math.abs(other.currentTime - wanted) > 0.05) other.currentTime = wanted;
    if (!one.paused && other.paused && !other.ended) other.play().catch(() => {});
  }

  tick() {
    if (this.node.hidden) return;
    this.follow();
    this.showTime(this.at());
    requestAnimationFrame(() => this.tick());
  }

  showTime(frame) {
    this.bar.value = String(frame);
    this.bar.style.setProperty("--played", `${(100 * frame) / Math.max(1, Number(this.bar.max))}%`);
    this.time.textContent = `${clock(this.videos[0].currentTime)} / ${clock(this.frames)}`;
  }

  showPlaying() {
    const { paused } = this.videos[0];
    this.play.replaceChildren(icon(paused ? "play" : "pause"));
    this.play.setAttribute("aria-label", paused ? "Play" : "Pause");
  }
}

// The title gives way where there is little room: what two takes of one shot differ in is the seed.
const caption = () => el("figcaption", {}, el("span", {}), el("span", {}));
const video = (label) => el("video", { muted: true, loop: true, playsinline: true, preload: "auto", "aria-label": label });
