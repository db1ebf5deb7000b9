// Direction: a chip for each kind, and behind it every choice with a small moving picture of what it does.
import { calm, el, icon } from "./dom.js";
import { closeFloating, floating, roving } from "./menu.js";

const TITLES = { framing: "Framing", camera: "Camera", lens: "Lens", light: "Light", time: "Time", weather: "Weather", pace: "Pace", style: "Style" };

export class Direction {
  // `id` names the group in the page: there may be several.
  constructor(offered, onchange, id = "direction") {
    this.id = id;
    this.offered = offered; // kind -> [{id, label, picture}]
    this.onchange = onchange;
    this.value = {};
    this.chips = {};
    const kinds = Object.keys(offered).filter((kind) => offered[kind].length);
    this.node = el("div", { id, class: "direction", role: "group", "aria-label": "Direction" }, ...kinds.map((kind) => this.chip(kind)));
    this.node.hidden = !kinds.length;
  }

  chip(kind) {
    const value = el("span", { class: "chip-value" }, "Any");
    const picture = el("span", { class: "chip-picture" });
    const title = TITLES[kind] || kind[0].toUpperCase() + kind.slice(1);
    const node = el("button", { type: "button", class: "chip", id: `${this.id}-${kind}`, "aria-haspopup": "listbox", "aria-expanded": "false", onclick: () => this.open(kind) },
      picture, el("span", { class: "chip-words" }, el("span", { class: "chip-kind" }, title), value), icon("fold"));
    this.chips[kind] = { node, value, picture, title };
    return node;
  }

  show(value) {
    this.value = { ...value };
    for (const [kind, chip] of Object.entries(this.chips)) {
      const found = this.offered[kind].find((each) => each.id === this.value[kind]);
      chip.value.textContent = found ? found.label : "Any";
      chip.node.dataset.set = String(Boolean(found));
      chip.node.setAttribute("aria-label", `${chip.title}: ${found ? found.label : "any"}`);
      chip.picture.replaceChildren(...(found && found.picture ? [still(found.picture)] : []));
    }
  }

  open(kind) {
    const { node, title } = this.chips[kind];
    if (node.getAttribute("aria-expanded") === "true") return closeFloating();
    const any = { id: "", label: "Any", picture: null };
    const tiles = [any, ...this.offered[kind]].map((each) => this.tile(kind, each));
    const list = el("div", { class: "choices-box", role: "listbox", "aria-label": title, "data-kind": kind }, ...tiles);
    this.close = floating(node, list);
    roving(list, () => Math.max(1, Math.round(list.clientWidth / tiles[0].offsetWidth)));
    (list.querySelector("[aria-selected=true]") || tiles[0]).focus();
  }

  tile(kind, each) {
    const chosen = (this.value[kind] || "") === each.id;
    const picture = el("span", { class: "tile-picture" }, ...(each.picture ? [moving(each.picture)] : []));
    return el("button", { type: "button", class: "direction-tile", role: "option", "aria-selected": String(chosen), "data-id": each.id, onclick: () => this.choose(kind, each.id) }, picture, el("span", {}, each.label));
  }

  choose(kind, id) {
    const value = { ...this.value };
    if (id) value[kind] = id;
    else delete value[kind];
    this.show(value);
    this.close(true);
    this.onchange(value);
  }
}

function moving(address) {
  return calm() ? still(address) : el("img", { src: address, alt: "", loading: "lazy" });
}

// The first frame alone: nothing moves in a chip, and nothing at all where motion is not wanted.
export function still(address) {
  const canvas = el("canvas", { "aria-hidden": "true" });
  const image = new Image();
  image.onload = () => {
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0);
  };
  image.src = address;
  return canvas;
}
