// A given clip: its frames in a row, and two handles for the part that is used.
import { button, clamp, el } from "./dom.js";
import { strength } from "./given.js";

const SHORTEST = 0.25; // seconds

export function clipLine(clip, shotSeconds, onchange) {
  const total = clip.seconds;
  let [start, end] = [clip.start || 0, clip.end || total];
  let held = end - start; // how long the part was when a hand took it
  const said = el("p", { class: "clip-said" });
  const strip = el("div", { class: "clip-strip", style: `background-image: url("${clip.strip}")` });
  const handles = { start: handle("start", "Where the clip begins"), end: handle("end", "Where the clip ends") };
  strip.append(el("i", { class: "clip-off before" }), el("i", { class: "clip-off after" }), handles.start, handles.end);

  function handle(side, label) {
    const node = el("button", { type: "button", class: `trim trim-${side}`, role: "slider", "data-key": `trim-${side}`, "aria-label": label, "aria-valuemin": "0", "aria-valuemax": total.toFixed(2) });
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      held = end - start;
      node.focus();
      node.setPointerCapture(event.pointerId);
      const { left, width } = strip.getBoundingClientRect();
      node.onpointermove = (move) => set(side, ((move.clientX - left) / width) * total);
      node.onpointerup = node.onpointercancel = () => { node.onpointermove = node.onpointerup = null; done(); };
    });
    node.addEventListener("keydown", (event) => {
      const now = side === "start" ? start : end;
      const far = Math.max(1, total / 20);
      const to = { ArrowLeft: now - 0.1, ArrowRight: now + 0.1, PageDown: now - far, PageUp: now + far, Home: 0, End: total }[event.key];
      if (to === undefined) return;
      held = end - start;
      event.preventDefault();
      event.stopPropagation();
      set(side, to);
      done();
    });
    return node;
  }

  // A handle that meets the other pushes it along: two seconds of ten minutes are found with one hand.
  function set(side, value) {
    const least = Math.min(SHORTEST, total);
    if (side === "start") {
      start = clamp(value, 0, total - least);
      if (start > end - least) end = Math.min(total, start + held);
    } else {
      end = clamp(value, least, total);
      if (end < start + least) start = Math.max(0, end - held);
    }
    draw();
  }

  function draw() {
    strip.style.setProperty("--start", `${(100 * start) / total}%`);
    strip.style.setProperty("--end", `${(100 * end) / total}%`);
    for (const [side, value] of [["start", start], ["end", end]]) {
      handles[side].setAttribute("aria-valuenow", value.toFixed(2));
      handles[side].setAttribute("aria-valuetext", `${value.toFixed(1)} seconds`);
    }
    const used = end - start;
    const more = used >= shotSeconds ? `the shot shows its first ${shotSeconds} s` : `then ${(shotSeconds - used).toFixed(1)} s that are made`;
    said.textContent = `${start.toFixed(1)} to ${end.toFixed(1)} of ${total.toFixed(1)} s, ${more}`;
  }

  const done = () => onchange({ ...clip, start: Math.round(start * 1000) / 1000, end: Math.round(end * 1000) / 1000 });
  draw();
  return el("div", { class: "clipline" }, el("p", { class: "picture-name" }, clip.name), strip, said, strength(clip.strength, (value) => onchange({ ...clip, start, end, strength: value })),
    el("div", { class: "picture-tools" }, button("Remove", "bin", () => onchange(null), { words: true, class: "link" })));
}
