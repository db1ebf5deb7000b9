// The part of a picture that is used where its shape is not the shot's: a box to drag and to size, by hand or by key.
import { clamp, el } from "./dom.js";

// The largest box of the shot's shape, in the middle: [x, y, width, height] as parts of the whole.
export function middle(item, ratio) {
  const own = item.width / item.height;
  const width = Math.min(1, ratio / own);
  const height = Math.min(1, own / ratio);
  return [(1 - width) / 2, (1 - height) / 2, width, height];
}

export const differs = (item, ratio) => Math.abs(item.width / item.height / ratio - 1) > 0.01;

export function cropper(item, ratio, onchange) {
  const most = middle(item, ratio);
  let box = item.crop ? [...item.crop] : most;
  const frame = el("button", { type: "button", class: "crop-box", "aria-label": "The part that is used. Arrows move it, plus and minus size it." }, el("i", { class: "crop-corner" }));
  const node = el("div", { class: "cropper", style: `aspect-ratio: ${item.width} / ${item.height}; width: min(100%, ${Math.round((240 * item.width) / item.height)}px)` }, el("img", { src: item.picture, alt: "", draggable: "false" }), frame);
  const draw = () => {
    [frame.style.left, frame.style.top, frame.style.width, frame.style.height] = box.map((part) => `${100 * part}%`);
  };
  const keep = (x, y, scale) => {
    const [width, height] = [most[2] * scale, most[3] * scale];
    box = [clamp(x, 0, 1 - width), clamp(y, 0, 1 - height), width, height];
    draw();
  };
  const done = () => onchange(same(box, most) ? null : box.map((part) => Math.round(part * 10000) / 10000));
  frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    frame.focus();
    frame.setPointerCapture(event.pointerId);
    const sizing = event.target !== frame;
    const from = { x: event.clientX, y: event.clientY, box: [...box] };
    const { width, height } = node.getBoundingClientRect();
    frame.onpointermove = (move) => {
      const [dx, dy] = [(move.clientX - from.x) / width, (move.clientY - from.y) / height];
      if (sizing) keep(from.box[0], from.box[1], clamp((from.box[2] + dx) / most[2], 0.2, Math.min((1 - from.box[0]) / most[2], (1 - from.box[1]) / most[3], 1)));
      else keep(from.box[0] + dx, from.box[1] + dy, from.box[2] / most[2]);
    };
    frame.onpointerup = frame.onpointercancel = () => {
      frame.onpointermove = frame.onpointerup = null;
      done();
    };
  });
  frame.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, -0.02], ArrowDown: [0, 0.02] }[event.key];
    const size = { "+": 0.05, "=": 0.05, "-": -0.05 }[event.key];
    if (!by && !size) return;
    event.preventDefault();
    event.stopPropagation();
    const scale = box[2] / most[2];
    if (by) keep(box[0] + by[0], box[1] + by[1], scale);
    else keep(box[0], box[1], clamp(scale + size, 0.2, 1));
    done();
  });
  draw();
  return node;
}

const same = (one, other) => one.every((part, index) => Math.abs(part - other[index]) < 0.002);
