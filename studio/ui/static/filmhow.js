// What few films say and some models take: the clip that a whole shot is made after, and how closely the model works. Both
// are folded away. What the film's model cannot use stays in the film, is shown, and is said.
import { button, el } from "./dom.js";

const NUMBERS = {
  steps: { label: "Steps", whole: true },
  guidance: { label: "Guidance" },
  block_cache: { label: "Block cache", off: "off" },
  guided: { label: "Guided part", off: "1, all steps" },
};
const APPROXIMATE = ["block_cache", "guided"];

// A number as it is typed: kept when it is one and within its range, else said beside it and not kept.
export function typed(label, value, { range, whole = false, placeholder = "", id = null, hint = null }, keep) {
  const [low, high] = range;
  const input = el("input", { type: "text", class: "mono", id, inputmode: whole ? "numeric" : "decimal", autocomplete: "off", placeholder, onchange: () => read() });
  const wrong = el("small", { class: "film-wrong-number", role: "alert" });
  input.value = value ?? "";

  function read() {
    const text = input.value.trim().replace(",", ".");
    const number = Number(text);
    const fits = !text || (Number.isFinite(number) && number >= low && number <= high && (!whole || Number.isInteger(number)));
    const most = high === Number.MAX_SAFE_INTEGER ? `from ${low}` : `${low} to ${high}`;
    wrong.textContent = fits ? "" : `${whole ? "A whole number" : "A number"}, ${most}.`;
    input.setAttribute("aria-invalid", String(!fits));
    if (fits) keep(text ? number : null);
  }

  return el("label", { class: "film-field" }, el("span", {}, label), input, hint ? el("small", {}, hint) : null, wrong);
}

// A part that opens when it is asked for, and is open where something is said in it.
function folded(words, id, open, ...inside) {
  const body = el("div", { class: "film-folded", id, hidden: !open }, ...inside.filter(Boolean));
  const fold = button(words, "fold", () => {
    body.hidden = !body.hidden;
    fold.setAttribute("aria-expanded", String(!body.hidden));
  }, { words: true, class: "fold", id: `${id}-switch`, "aria-expanded": String(Boolean(open)), "aria-controls": id });
  return el("div", {}, fold, body);
}

const said = (one, names) => names.some((name) => one[name] !== null && one[name] !== undefined);

// The clip or picture that the whole shot is made after, what of it is drawn anew, and whether it is shown whole.
export function steering(film, id, set, { given }) {
  const able = film.told.model;
  const shot = () => film.film.shots[film.cards.at(id)];
  const there = Boolean(shot().control || shot().mask || shot().outpaint);
  if (!able.control && !there) return null;
  const box = el("input", { type: "checkbox", id: "film-outpaint", onchange: () => set((one) => { one.outpaint = box.checked; }, "Outpainting") });
  const whole = el("label", { class: "film-check" }, box, el("span", {}, "Show it whole, and draw what is around it"));
  const place = el("div", { class: "film-grid" });
  const line = el("p", { class: "note note-warn", role: "status" });
  const options = { moving: true };

  // Without a control there is nothing to be masked or to be shown whole.
  function then(found) {
    if (!found) set((one) => { one.mask = null; one.outpaint = false; }, "Control");
    dress();
  }

  function dress() {
    const { control, mask, outpaint } = shot();
    const masked = mask || (able.mask && control);
    place.replaceChildren(...[given(film, id, "control", "Control", set, { ...options, then }), masked ? given(film, id, "mask", "Mask", set, { ...options, then: dress }) : null].filter(Boolean));
    box.checked = Boolean(outpaint);
    whole.hidden = !control && !outpaint;
    line.hidden = able.control || !(control || mask || outpaint);
  }

  line.textContent = `${able.title} takes no control clip and no mask. They stay in the film, but this shot cannot be made with them: choose another model for the film, or remove them here.`;
  dress();
  return folded("Made after a clip", "film-steering", there,
    el("p", { class: "dim" }, "The whole shot is made after it: poses, depths, outlines, or a clip of which a mask says what is drawn anew (white) and what is kept (black)."),
    line, place, whole);
}

// How the model works: `one` is a shot, which has from `above` (the film) what it does not say, or the film itself.
export function tuning(film, one, keep, above = null) {
  const able = film.told.model;
  const names = ["guidance", ...(above ? ["steps"] : [])].reverse();
  const field = (name) => {
    const { label, whole, off } = NUMBERS[name];
    const [low, high] = able.ranges[name];
    const standard = above && above[name] !== null && above[name] !== undefined ? `${above[name]}, as the film` : off || `${able[name]}`;
    return typed(label, one[name], { range: [low, high], whole, placeholder: standard, id: `film-${above ? "shot-" : ""}${name.replace("_", "-")}` }, (value) => keep(name, value, label));
  };
  const nearly = able.approximate || said(one, APPROXIMATE);
  const words = able.approximate ? "Approximate: quicker, and not quite the same clip. Empty is off."
    : `${able.title} takes few steps and is not meant to leave work out of them. Empty is off.`;
  return folded("Fine tuning", above ? "film-shot-fine" : "film-fine", said(one, [...names, ...APPROXIMATE]),
    el("div", { class: "film-grid" }, ...names.map(field)),
    nearly ? el("p", { class: able.approximate ? "dim" : "note note-warn" }, words) : null,
    nearly ? el("div", { class: "film-grid" }, ...APPROXIMATE.map(field)) : null);
}
