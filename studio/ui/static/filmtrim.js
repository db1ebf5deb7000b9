// Cutting at the line of time: I and O and the handles of a block trim a shot, S cuts it in two. The takes stay whole.
import { clamp, el } from "./dom.js";

const LEAST = 2; // frames that are left of a shot

export class Trimmer {
  constructor(film) {
    this.of = film;
  }

  // The shot with a take that is seen at the line: its piece, and the frame of the take.
  here() {
    const { player } = this.of;
    const seen = player.told ? player.current().filter(([piece]) => piece.what === "shot") : [];
    if (!seen.length) return null;
    const [piece, into] = seen[seen.length - 1];
    return { ...this.about(piece), frame: piece.skip + Math.floor(into) };
  }

  about(piece) {
    const { told, film } = this.of;
    const { fps } = told.timeline;
    const { take, id } = told.shots[piece.index];
    return { piece, fps, take, shot: film.shots.find((shot) => shot.id === id) || film.shots[piece.index], whole: Math.max(1, Math.round((take.frames * fps) / take.fps)) };
  }

  // I, O and S, once what was done before is on the line.
  async mark(side) {
    await this.of.saved();
    const found = this.here();
    if (!found) return this.of.page.toasts.say("Put the line on a shot that has a take.");
    const { piece, frame, whole } = found;
    const end = piece.skip + piece.length;
    if (side === "s") return this.cut(found);
    if (side === "i") return this.trim(found, Math.min(frame, end - LEAST), whole - end);
    return this.trim(found, piece.skip, whole - Math.max(frame + 1, piece.skip + LEAST), true);
  }

  async trim({ piece, shot, fps }, start, end, last = false) {
    const id = shot.id;
    this.of.cards.change(id, (one) => { one.trim_start = exact(start, fps); one.trim_end = exact(end, fps); }, "The trim");
    await this.of.saved();
    const now = this.of.told.timeline.pieces.find((each) => each.index === piece.index);
    if (now) this.of.player.seek((last ? now.start + now.length - 1 : now.start + now.over) / fps + 0.01);
  }

  whole(id) {
    this.of.cards.change(id, (one) => { one.trim_start = one.trim_end = 0; }, "The whole take");
  }

  // Two cards of one take that meet where the line stands.
  cut({ piece, shot, take, fps, frame, whole }) {
    const { cards, page } = this.of;
    if (frame < piece.skip + LEAST || frame > piece.skip + piece.length - LEAST) return page.toasts.say("Put the line inside of a shot, then cut it.");
    return this.of.change((film) => {
      const place = film.shots.findIndex((each) => each.id === shot.id);
      const one = film.shots[place];
      one.take = take.id;
      const other = { ...structuredClone(one), id: cards.blank().id, name: "", join: "cut", after: "", transition: "none", trim_start: exact(frame, fps) };
      one.trim_end = exact(whole - frame, fps);
      film.shots.splice(place + 1, 0, other);
    }, "The cut");
  }

  // A handle at an end of a block is taken by hand: the picture shows the frame that is first or last.
  handles(block, piece) {
    for (const side of ["i", "o"]) {
      const handle = el("i", { class: "film-edge", "data-side": side, title: side === "i" ? "Where the shot begins (I)" : "Where it ends (O)" });
      handle.addEventListener("pointerdown", (event) => { if (event.button === 0) this.grab(event, handle, block, piece); });
      block.append(handle);
    }
  }

  grab(event, handle, block, piece) {
    event.preventDefault();
    event.stopPropagation();
    const { player } = this.of;
    player.pause();
    const found = this.about(piece);
    const { side } = handle.dataset;
    const [from, to] = [piece.skip, piece.skip + piece.length];
    const scale = this.of.told.timeline.frames / player.track.getBoundingClientRect().width;
    const begin = event.clientX;
    const [left, width] = [parseFloat(block.style.left), player.share(piece.length - piece.over / 2)];
    let [start, stop] = [from, to];
    block.dataset.held = "true";
    const move = (each) => {
      const by = Math.round((each.clientX - begin) * scale);
      if (side === "i") start = clamp(from + by, 0, to - LEAST);
      else stop = clamp(to + by, from + LEAST, found.whole);
      block.style.left = `${left + player.share(start - from)}%`;
      block.style.width = `calc(${width + player.share(from - start + stop - to)}% - 2px)`;
      player.peek(piece, side === "i" ? start : stop - 1, (stop - start) / found.fps);
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) handle.removeEventListener(name, end);
      delete block.dataset.held;
      if (start === from && stop === to) return player.seek(player.at);
      return this.trim(found, start, found.whole - stop, side === "o");
    };
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) handle.addEventListener(name, end);
  }
}

// Seconds of so many frames, short enough to be read in film.yaml.
const exact = (frames, fps) => Math.round((Math.max(0, frames) / fps) * 1e4) / 1e4;
