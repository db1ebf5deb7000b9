// Given files: sending one, how firmly it is kept, and how it stands in its tile.
import { ask, el } from "./dom.js";
import { differs } from "./crop.js";

export function give(file) {
  return ask(`studio/given?name=${encodeURIComponent(file.name || "pasted.png")}`, "POST", file);
}

export function strength(value, onchange) {
  const shown = el("output", {}, `${Math.round(value * 100)} %`);
  const input = el("input", {
    type: "range", min: "5", max: "100", step: "5", value: String(Math.round(value * 100)), "aria-label": "Strength",
    oninput: (event) => { shown.textContent = `${event.target.value} %`; event.target.style.setProperty("--at", `${event.target.value}%`); },
    onchange: (event) => onchange(Number(event.target.value) / 100),
  });
  input.style.setProperty("--at", `${Math.round(value * 100)}%`);
  return el("label", { class: "strength" }, el("span", {}, "Strength"), input, shown);
}

// The used part fills the tile.
export function fit(item, ratio) {
  if (!item.crop || !differs(item, ratio)) return "";
  const [x, y, width, height] = item.crop;
  return `object-fit: fill; width: ${100 / width}%; height: ${100 / height}%; left: ${(-100 * x) / width}%; top: ${(-100 * y) / height}%`;
}
