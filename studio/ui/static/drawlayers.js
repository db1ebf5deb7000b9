// The layers of a drawing, the topmost first, with the underlay and the paper below them.
import { button, el } from "./dom.js";

export class LayerList {
  constructor(room, chooseUnderlay) {
    this.room = room;
    this.list = el("ol", { id: "draw-layers", "aria-label": "Layers" });
    this.under = el("div", { id: "draw-under" });
    this.paper = el("input", { type: "color", id: "draw-paper", "aria-label": "Paper", onchange: () => room.drawing.change(room.drawing, "paper", this.paper.value) });
    this.chooseUnderlay = chooseUnderlay;
    const add = button("Add a layer", "plus", () => { if (!room.drawing.addLayer()) room.say("There are eight layers: that is all."); }, { class: "tool", id: "draw-add" });
    this.node = el("section", { "aria-label": "Layers" }, el("div", { class: "layers-head" }, el("h3", {}, "Layers"), add), this.list, this.under, el("label", { class: "layer paper" }, el("span", {}, "Paper"), this.paper));
  }

  show() {
    const { drawing } = this.room;
    this.paper.value = drawing.paper;
    const had = this.node.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    this.list.replaceChildren(...drawing.layers.map((layer, at) => this.row(layer, at)).reverse());
    this.showUnder(drawing);
    if (had === null || this.node.contains(document.activeElement)) return;
    const same = [...this.node.querySelectorAll("button, input")].find((each) => nameOf(each) === had && !each.disabled);
    (same || this.room.canvas).focus({ preventScroll: true }); // the focus stays in the room, and the keys with it
  }

  row(layer, at) {
    const { drawing } = this.room;
    const choose = el("button", { type: "button", class: "layer-name", "aria-pressed": String(drawing.at === at), onclick: () => { drawing.at = at; this.room.changed(); } }, thumb(layer.canvas), el("span", {}, layer.name));
    const eye = button(layer.visible ? `Hide ${layer.name}` : `Show ${layer.name}`, layer.visible ? "eye" : "hidden", () => drawing.change(layer, "visible", !layer.visible), { class: "tool", "aria-pressed": String(!layer.visible) });
    const row = el("li", { class: "layer", "data-chosen": String(drawing.at === at) }, eye, choose);
    if (drawing.at === at) {
      row.append(el("div", { class: "layer-tools" }, opacity(layer.opacity, (value) => drawing.change(layer, "opacity", value)),
        button("Up", "up", () => drawing.moveLayer(at, 1), { class: "tool", disabled: at === drawing.layers.length - 1 }), button("Down", "down", () => drawing.moveLayer(at, -1), { class: "tool", disabled: at === 0 }),
        button(drawing.layers.length > 1 ? "Remove this layer" : "Clear this layer", "bin", () => drawing.removeLayer(at), { class: "tool" })));
    }
    return row;
  }

  showUnder(drawing) {
    const { underlay } = drawing;
    if (!underlay) return this.under.replaceChildren(button("Lay a picture under it", "plus", this.chooseUnderlay, { words: true, class: "link", id: "draw-underlay" }));
    const kept = el("input", { type: "checkbox", id: "draw-kept", checked: underlay.kept, onchange: () => drawing.change(underlay, "kept", kept.checked) });
    return this.under.replaceChildren(el("div", { class: "layer", "data-under": "true" }, thumb(underlay.picture), el("span", {}, "Underlay"), button("Remove the underlay", "bin", () => drawing.setUnderlay(null), { class: "tool" }),
      el("div", { class: "layer-tools" }, opacity(underlay.opacity, (value) => drawing.change(underlay, "opacity", value))), el("label", { class: "kept-line" }, kept, el("span", {}, "Part of the picture"))));
  }
}

const nameOf = (node) => (node.getAttribute("aria-label") || node.textContent).replace(/^(Hide|Show) /, "");

function opacity(value, onchange) {
  return el("input", { type: "range", min: "5", max: "100", step: "5", value: String(Math.round(value * 100)), "aria-label": "Opacity", class: "plain-range", style: `--at: ${value * 100}%`, onchange: (event) => onchange(Number(event.target.value) / 100) });
}

function thumb(canvas) {
  const small = el("canvas", { width: "48", height: "30", "aria-hidden": "true", class: "layer-thumb" });
  const scale = Math.min(48 / canvas.width, 30 / canvas.height);
  small.getContext("2d").drawImage(canvas, (48 - canvas.width * scale) / 2, (30 - canvas.height * scale) / 2, canvas.width * scale, canvas.height * scale);
  return small;
}
