// The finished clip: plays at once, muted and looping; frame by frame with the arrow keys.
import { button, calm, clamp, clock, el, icon } from "./dom.js";

export class Player {
  constructor() {
    this.video = el("video", {
      id: "clip", muted: true, loop: true, playsinline: true, preload: "auto", tabindex: "0", "aria-label": "The take",
    });
    this.play = button("Play or pause", "play", () => this.toggle(), { class: "tool play" });
    this.time = el("span", { class: "timecode", "aria-hidden": "true" });
    this.frame = el("span", { class: "frame-count" });
    this.bar = el("input", { type: "range", min: "0", max: "0", value: "0", step: "1", class: "scrub", "aria-label": "Frame" });
    this.loopSwitch = button("Loop", "loop", () => this.setLoop(!this.video.loop), { class: "tool", "aria-pressed": "true" });
    this.transport = el(
      "div", { id: "transport" },
      button("One frame back", "back", () => this.step(-1), { class: "tool" }),
      this.play,
      button("One frame on", "next", () => this.step(1), { class: "tool" }),
      this.time, this.bar, this.frame, this.loopSwitch,
      button("Full screen", "full", () => this.fullScreen(), { class: "tool" }),
    );
    this.marked = button("", "close", () => this.mark(null), { words: true, class: "marks", "aria-label": "Take the marks away", title: "Take the marks away (Shift I)", id: "marks", hidden: true });
    this.bar.after(this.marked);
    this.part = null; // [first, last] frame of the part that is marked with I and O
    this.bar.addEventListener("input", () => this.seek(Number(this.bar.value)));
    for (const name of ["play", "pause"]) this.video.addEventListener(name, () => this.showPlaying());
    for (const name of ["timeupdate", "seeked", "loadedmetadata"]) this.video.addEventListener(name, () => this.showTime());
    this.video.addEventListener("click", () => this.toggle());
    this.take = null;
  }

  show(take) {
    if (this.take && this.take.id === take.id) return;
    clearInterval(this.backwards);
    this.video.playbackRate = 1;
    this.take = take;
    this.mark(null);
    this.bar.max = String(take.frames - 1);
    this.video.poster = take.poster;
    this.video.src = take.clip;
    this.showTime();
    if (!calm()) this.video.play().catch(() => this.showPlaying());
    this.followFrames();
  }

  // I and O mark a part: it plays alone, and can be given to the next shot.
  mark(side) {
    const last = this.take ? this.take.frames - 1 : 0;
    const at = this.take ? this.at() : 0;
    const [first, end] = this.part || [0, last];
    if (side === null) this.part = null;
    else if (side === "i") this.part = [at, end > at ? end : last];
    else this.part = [first < at ? first : 0, at];
    this.showPart();
  }

  // A part in seconds, as it is typed: what of it is not a part of this take is not marked.
  markPart(start, end) {
    const last = this.take ? this.take.frames - 1 : 0;
    const [first, until] = [Math.round(start * this.take.fps), Math.min(last, Math.round(end * this.take.fps) - 1)];
    this.part = first >= 0 && (first > 0 || until < last) ? [first, until] : null;
    this.showPart();
  }

  showPart() {
    const last = this.take ? this.take.frames - 1 : 0;
    if (this.part && this.part[1] <= this.part[0]) this.part = null;
    const share = (frame) => `${(100 * frame) / Math.max(1, last)}%`;
    this.transport.dataset.marked = String(Boolean(this.part));
    this.bar.style.setProperty("--in", share(this.part ? this.part[0] : 0));
    this.bar.style.setProperty("--out", share(this.part ? this.part[1] : last));
    this.marked.hidden = !this.part;
    if (this.part) this.marked.lastChild.textContent = `${this.part[0] + 1}–${this.part[1] + 1}`;
    if (this.onmark) this.onmark();
  }

  // The marked part in seconds, or null.
  marks() {
    return this.part ? [this.part[0] / this.take.fps, (this.part[1] + 1) / this.take.fps] : null;
  }

  stayInside() {
    if (!this.part || this.video.paused || this.video.playbackRate < 0) return;
    const frame = this.at();
    if (frame <= this.part[1] && frame >= this.part[0]) return;
    if (!this.video.loop && frame > this.part[1]) this.video.pause();
    else this.seek(this.part[0]);
  }

  clear() {
    clearInterval(this.backwards);
    this.take = null;
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
  }

  toggle() {
    clearInterval(this.backwards);
    this.video.playbackRate = 1;
    if (this.video.paused) this.video.play().catch(() => this.showPlaying());
    else this.video.pause();
  }

  at() {
    return Math.min(this.take.frames - 1, Math.floor(this.video.currentTime * this.take.fps + 0.01));
  }

  seek(frame) {
    const frames = this.take.frames;
    this.video.currentTime = ((((frame % frames) + frames) % frames) + 0.5) / this.take.fps; // the middle of the frame
    this.showTime();
  }

  step(by) {
    if (!this.take) return;
    clearInterval(this.backwards);
    this.video.pause();
    this.seek(this.at() + by);
  }

  // J K L as at a cutting table: back, stop, on; again is faster. Backwards is a frame at a time.
  shuttle(key) {
    if (!this.take) return;
    clearInterval(this.backwards);
    if (key === "k") {
      this.video.pause();
      this.video.playbackRate = 1;
      this.speed = 0;
      return;
    }
    const way = key === "l" ? 1 : -1;
    this.speed = Math.sign(this.speed || 0) === way && !(way > 0 && this.video.paused) ? clamp(this.speed * 2, -4, 4) : way;
    if (way > 0) {
      this.video.playbackRate = this.speed;
      this.video.play().catch(() => {});
    } else {
      this.video.pause();
      this.backwards = setInterval(() => this.seek(this.at() + this.speed), 1000 / this.take.fps);
    }
  }

  setLoop(on) {
    this.video.loop = on;
    this.loopSwitch.setAttribute("aria-pressed", String(on));
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.video.requestFullscreen) this.video.requestFullscreen().catch(() => {});
    else if (this.video.webkitEnterFullscreen) this.video.webkitEnterFullscreen();
  }

  followFrames() {
    if (!this.video.requestVideoFrameCallback || this.following) return;
    this.following = true;
    const again = () => {
      this.showTime();
      this.video.requestVideoFrameCallback(again);
    };
    this.video.requestVideoFrameCallback(again);
  }

  showPlaying() {
    const paused = this.video.paused;
    this.play.replaceChildren(icon(paused ? "play" : "pause"));
    this.play.setAttribute("aria-label", paused ? "Play" : "Pause");
  }

  showTime() {
    if (!this.take) return;
    this.stayInside();
    const frame = this.at();
    this.time.textContent = `${clock(this.video.currentTime)} / ${clock(this.take.frames / this.take.fps)}`;
    this.frame.textContent = `${frame + 1}/${this.take.frames}`;
    this.bar.value = String(frame);
    this.bar.style.setProperty("--played", `${(100 * frame) / Math.max(1, this.take.frames - 1)}%`);
    this.bar.setAttribute("aria-valuetext", `frame ${frame + 1} of ${this.take.frames}`);
  }
}
