// The whole film, played from its takes as they are: two players in turn, slates for gaps, titles and captions as text.
import { button, calm, clamp, clock, el, icon } from "./dom.js";

const APART = 0.12; // seconds a clip may be off before it is put right
const TRACKS = ["music", "voice"];

export class FilmPlayer {
  constructor(film) {
    this.of = film;
    this.at = 0;
    this.playing = false;
    this.speed = 1; // 2 is twice as fast, -1 is backwards
    this.videos = new Map(); // take id -> video
    this.layers = el("div", { class: "film-layers" });
    this.caption = el("p", { class: "film-caption" });
    this.screen = el("div", { class: "film-screen", onclick: () => this.toggle() }, this.layers, this.caption);
    this.node = el("section", { class: "film-stage", "aria-label": "The film" }, this.screen);
    this.playButton = button("Play the film", "play", () => this.toggle(), { class: "tool", id: "film-play" });
    this.time = el("span", { class: "mono film-time" });
    this.blocks = el("div", { class: "film-blocks" });
    this.head = el("i", { class: "film-head", "aria-hidden": "true" });
    this.track = el("div", { class: "film-track", role: "slider", tabindex: "0", "aria-label": "Time in the film", "aria-valuemin": "0" }, this.blocks, this.head);
    this.line = el("div", { class: "film-line" }, this.playButton, this.track, this.time, button("Full screen", "full", () => this.fullScreen(), { class: "tool", id: "film-full" }));
    this.track.addEventListener("pointerdown", (event) => this.grab(event));
    this.track.addEventListener("keydown", (event) => this.seekKey(event));
    this.heard = Object.fromEntries(TRACKS.map((name) => [name, el("audio", { preload: "metadata" })]));
  }

  reset() {
    this.pause();
    this.at = 0;
    this.videos.clear();
    this.layers.replaceChildren();
  }

  get seconds() {
    return this.told ? this.told.timeline.frames / this.told.timeline.fps : 0;
  }

  show(film, told) {
    this.film = film;
    this.told = told;
    const [width, height] = told.size;
    this.screen.style.aspectRatio = `${width} / ${height}`;
    this.screen.style.setProperty("--ratio", `${width / height}`);
    const key = JSON.stringify([told.timeline, told.shots.map((shot) => shot.take && shot.take.id)]);
    if (key !== this.painted) {
      this.painted = key;
      this.paintBlocks();
    }
    for (const name of TRACKS) {
      const audio = this.heard[name];
      const source = film[name] ? `studio/films/${told.id}/sound/${name}?${film[name].file.id}` : "";
      if (audio.dataset.src === source) continue;
      audio.dataset.src = source;
      if (source) audio.src = source;
      else audio.removeAttribute("src");
    }
    this.at = Math.min(this.at, this.seconds);
    this.draw();
  }

  paintBlocks() {
    const { timeline, shots } = this.told;
    const total = Math.max(1, timeline.frames);
    this.blocks.replaceChildren(...timeline.pieces.map((piece) => {
      const shot = piece.index >= 0 ? shots[piece.index] : null;
      const poster = shot && shot.take ? shot.take.poster : null;
      const words = piece.what === "card" ? (piece.start ? "End" : "Title") : String(piece.index + 1);
      const block = el("span", { class: "film-block", "data-what": piece.what, "data-over": String(piece.over > 0), title: piece.index >= 0 ? this.film.shots[piece.index]?.prompt : piece.text },
        poster ? el("img", { src: poster, alt: "", draggable: "false" }) : null, el("b", {}, words));
      if (piece.take) this.of.trimmer.handles(block, piece);
      block.style.left = `${(100 * (piece.start + piece.over / 2)) / total}%`;
      block.style.width = `calc(${(100 * (piece.length - piece.over / 2)) / total}% - 2px)`;
      return block;
    }));
    this.track.setAttribute("aria-valuemax", this.seconds.toFixed(2));
  }

  // Time

  toggle() {
    return this.playing ? this.pause() : this.play();
  }

  play(speed = 1) {
    if (!this.seconds) return;
    if (speed > 0 && this.at >= this.seconds - 0.05) this.at = 0;
    this.speed = speed;
    if (this.playing) return;
    this.playing = true;
    this.last = performance.now();
    this.face();
    requestAnimationFrame(() => this.tick());
  }

  pause() {
    this.playing = false;
    this.speed = 1;
    for (const video of this.videos.values()) video.pause();
    for (const audio of Object.values(this.heard)) audio.pause();
    this.face();
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.screen.requestFullscreen) this.screen.requestFullscreen().catch(() => {});
  }

  // J K L as at a cutting table: back, stop, on; again is faster.
  shuttle(way) {
    const same = this.playing && Math.sign(this.speed) === way;
    this.play(same ? clamp(this.speed * 2, -4, 4) : way);
  }

  face() {
    this.playButton.firstChild.replaceWith(icon(this.playing ? "pause" : "play"));
    this.playButton.setAttribute("aria-label", this.playing ? "Pause the film" : "Play the film");
  }

  tick() {
    if (!this.playing) return;
    if (!this.of.visible()) return this.pause();
    const now = performance.now();
    const stalled = this.current().some(([piece]) => piece.take && (this.videos.get(piece.take)?.readyState ?? 0) < 2);
    if (!stalled) this.at += this.speed * Math.min(0.25, (now - this.last) / 1000);
    this.last = now;
    if (this.at >= this.seconds || this.at <= 0) {
      this.at = clamp(this.at, 0, this.seconds);
      this.draw();
      return this.pause();
    }
    this.draw();
    return requestAnimationFrame(() => this.tick());
  }

  seek(at) {
    this.at = clamp(at, 0, this.seconds);
    this.draw();
  }

  // So many frames as a part of the line, in percent.
  share(frames) {
    return (100 * frames) / Math.max(1, this.told.timeline.frames);
  }

  // A frame of a take while an end of it is trimmed, whatever the film shows there.
  peek(piece, frame, seconds) {
    const { fps } = this.told.timeline;
    const video = this.video(piece);
    if (this.layers.firstChild !== video || this.layers.children.length > 1) this.layers.replaceChildren(video);
    video.style.opacity = "1";
    if (!video.seeking) video.currentTime = (frame + 0.5) / fps;
    this.time.textContent = `${seconds.toFixed(2)} s`;
  }

  toShot(index) {
    const piece = this.told.timeline.pieces.find((each) => each.index === index);
    if (piece) this.seek((piece.start + piece.over) / this.told.timeline.fps + 0.01);
  }

  current() {
    const { timeline } = this.told;
    const frame = Math.min(this.at * timeline.fps, timeline.frames - 0.5);
    return timeline.pieces.filter((piece) => piece.start <= frame && frame < piece.start + piece.length).map((piece) => [piece, frame - piece.start]);
  }

  // Showing the moment

  draw() {
    if (!this.told) return;
    const { timeline } = this.told;
    const seen = this.current();
    const layers = seen.map(([piece, into]) => this.layer(piece, into));
    if (layers.some((layer, index) => this.layers.children[index] !== layer) || this.layers.children.length !== layers.length) this.layers.replaceChildren(...layers);
    for (const [take, video] of this.videos) if (!seen.some(([piece]) => piece.take === take)) video.pause();
    this.ahead(seen);
    const main = seen[seen.length - 1];
    const shot = main && main[0].index >= 0 ? this.film.shots[main[0].index] : null;
    this.caption.textContent = shot && this.film.captions.shown && !this.film.captions.file ? shot.caption : "";
    this.caption.hidden = !this.caption.textContent;
    this.of.cards.current(main ? main[0].index : -1);
    this.head.style.left = `${this.seconds ? (100 * this.at) / this.seconds : 0}%`;
    this.time.textContent = `${clock(this.at)} / ${clock(Math.round(timeline.frames / timeline.fps))}`;
    this.track.setAttribute("aria-valuenow", this.at.toFixed(2));
    this.track.setAttribute("aria-valuetext", this.time.textContent);
    this.sound();
  }

  layer(piece, into) {
    const { fps } = this.told.timeline;
    const node = piece.take ? this.video(piece) : this.slate(piece);
    const rise = piece.over ? Math.min(1, into / piece.over) : piece.rise ? Math.min(1, into / piece.rise) : 1;
    const fall = piece.fall ? Math.min(1, (piece.length - into) / piece.fall) : 1;
    const still = !this.playing && this.at === 0; // a film that waits shows its title, not the black that it comes from
    node.style.opacity = String(still ? 1 : Math.max(0, Math.min(rise, fall)));
    const white = (rise < 1 && piece.riseWhite) || (fall < 1 && piece.fallWhite);
    this.layers.style.background = white ? "#fff" : "#000";
    if (piece.take) {
      const local = (into + piece.skip) / fps;
      const known = node.readyState >= 1;
      const runs = this.playing && this.speed > 0; // a browser plays no clip backwards: that is a frame at a time
      if (runs) node.playbackRate = this.speed;
      if (known && !(node.seeking && this.playing) && Math.abs(node.currentTime - local) > (runs ? APART * this.speed : 0.02)) node.currentTime = Math.min(local, node.duration || local);
      if (runs && node.paused && known) node.play().catch(() => {});
      if (!runs && !node.paused) node.pause();
    }
    return node;
  }

  video(piece) {
    if (!this.videos.has(piece.take)) {
      const shot = this.told.shots[piece.index];
      const video = el("video", { muted: true, playsinline: true, preload: "auto", poster: shot.take.poster, src: shot.take.clip });
      video.addEventListener("loadeddata", () => { if (!this.playing) this.draw(); });
      this.videos.set(piece.take, video);
      if (this.videos.size > 6) {
        const [oldest] = [...this.videos.keys()].filter((take) => !this.current().some(([each]) => each.take === take));
        if (oldest) { this.videos.get(oldest).removeAttribute("src"); this.videos.delete(oldest); }
      }
    }
    return this.videos.get(piece.take);
  }

  slate(piece) {
    const key = `${piece.what} ${piece.index} ${piece.text}`;
    this.slates = this.slates || new Map();
    if (!this.slates.has(key)) {
      if (this.slates.size > 60) this.slates.clear();
      const lines = piece.text.split("\n");
      const node = piece.what === "card"
        ? el("div", { class: "film-card" }, el("h3", {}, lines[0]), ...lines.slice(1).map((line) => el("p", {}, line)))
        : el("div", { class: "film-slate" }, el("h3", {}, `Shot ${piece.index + 1}`), el("p", {}, piece.text || "No words yet"));
      this.slates.set(key, node);
    }
    return this.slates.get(key);
  }

  // The next clip is fetched before it is needed.
  ahead(seen) {
    const last = seen[seen.length - 1];
    const next = last && this.told.timeline.pieces.find((piece) => piece.take && piece.start >= last[0].start + last[0].length - 1);
    if (next && this.playing) this.video(next);
  }

  // Music and voice at their time, at no other pace than their own; the finished film is mixed and levelled anew.
  sound() {
    for (const name of TRACKS) {
      const [audio, track] = [this.heard[name], this.film[name]];
      if (!track || !audio.src) continue;
      const local = this.at - track.at;
      if (!this.playing || this.speed !== 1 || local < 0 || local >= (audio.duration || Infinity)) {
        if (!audio.paused) audio.pause();
        continue;
      }
      if (Math.abs(audio.currentTime - local) > 0.4) audio.currentTime = local;
      const rise = track.fade_in ? Math.min(1, local / track.fade_in) : 1;
      const fall = track.fade_out ? Math.min(1, (Math.min(this.seconds, track.at + (audio.duration || Infinity)) - this.at) / track.fade_out) : 1;
      const under = name === "music" && this.heard.voice.dataset.src && !this.heard.voice.paused ? 0.3 : 1; // it steps back under a voice
      audio.volume = clamp(0.8 * under * Math.min(rise, fall), 0, 1);
      if (audio.paused) audio.play().catch(() => {});
    }
  }

  // Hands and keys

  grab(event) {
    const was = this.playing;
    if (was) this.pause();
    const move = (each) => {
      const box = this.track.getBoundingClientRect();
      this.seek(((each.clientX - box.left) / box.width) * this.seconds);
    };
    const end = () => {
      this.track.removeEventListener("pointermove", move);
      this.track.removeEventListener("pointerup", end);
      this.track.removeEventListener("pointercancel", end);
      if (was && !calm()) this.play();
    };
    this.track.setPointerCapture(event.pointerId);
    this.track.addEventListener("pointermove", move);
    this.track.addEventListener("pointerup", end);
    this.track.addEventListener("pointercancel", end);
    move(event);
  }

  seekKey(event) {
    const step = 1 / (this.told ? this.told.timeline.fps : 16);
    const to = { ArrowLeft: this.at - step, ArrowRight: this.at + step, PageUp: this.at - 1, PageDown: this.at + 1, Home: 0, End: this.seconds }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(to);
  }

  key(event) {
    if (event.target.closest && event.target.closest("button, a, video, [role=slider], [role=tab], summary") && (event.key === " " || event.key.startsWith("Arrow"))) return false;
    const step = 1 / (this.told ? this.told.timeline.fps : 16);
    const acts = {
      " ": () => this.toggle(), k: () => this.pause(), j: () => this.shuttle(-1), l: () => this.shuttle(1),
      f: () => this.fullScreen(), ArrowLeft: () => this.step(-step), ArrowRight: () => this.step(step), Home: () => this.seek(0), End: () => this.seek(this.seconds),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) act();
    return Boolean(act);
  }

  step(by) {
    this.pause();
    this.seek(this.at + by);
  }
}
