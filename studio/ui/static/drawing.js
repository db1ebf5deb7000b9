// A drawing: paper, an underlay, layers of strokes, and the history of all that was done to them. It knows no page.
import { clamp } from "./dom.js";

const MOST_UNDO = 60;
const MOST_LAYERS = 8;

export function sheet(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

export class Drawing {
  constructor(width, height, onchange) {
    this.onchange = onchange; // called after everything that is done, undone or begun anew
    this.undos = [];
    this.redos = [];
    this.reset(width, height);
  }

  reset(width, height) {
    [this.width, this.height] = [width, height];
    this.paper = "#f4f1ea";
    this.underlay = null; // {picture: canvas, opacity, kept: part of the picture}
    this.layers = [];
    this.count = 0;
    this.stroke = null;
    this.layers.push(this.blank());
    this.at = 0;
  }

  blank() {
    this.count += 1;
    return { name: `Layer ${this.count}`, visible: true, opacity: 1, canvas: sheet(this.width, this.height) };
  }

  get layer() {
    return this.layers[this.at];
  }

  get empty() {
    return !this.undos.length && !this.underlay;
  }

  // What is done can be undone: every act says how.
  act(redo, undo) {
    redo();
    this.undos.push({ redo, undo });
    if (this.undos.length > MOST_UNDO) this.undos.shift();
    this.redos = [];
    this.onchange();
  }

  undo() {
    const last = this.undos.pop();
    if (!last) return;
    last.undo();
    this.redos.push(last);
    this.onchange();
  }

  redo() {
    const next = this.redos.pop();
    if (!next) return;
    next.redo();
    this.undos.push(next);
    this.onchange();
  }

  // Layers

  addLayer() {
    if (this.layers.length >= MOST_LAYERS) return false;
    const [layer, at] = [this.blank(), this.at];
    this.act(() => { this.layers.splice(at + 1, 0, layer); this.at = at + 1; }, () => { this.layers.splice(this.layers.indexOf(layer), 1); this.at = at; });
    return true;
  }

  removeLayer(at) {
    if (this.layers.length < 2) return this.clearLayer(at);
    const layer = this.layers[at];
    const before = this.at;
    return this.act(() => { this.layers.splice(this.layers.indexOf(layer), 1); this.at = clamp(before, 0, this.layers.length - 1); }, () => { this.layers.splice(at, 0, layer); this.at = at; });
  }

  moveLayer(at, by) {
    const to = at + by;
    if (to < 0 || to >= this.layers.length) return;
    const swap = () => { [this.layers[at], this.layers[to]] = [this.layers[to], this.layers[at]]; };
    const on = this.at === at ? to : this.at === to ? at : this.at;
    const was = this.at;
    this.act(() => { swap(); this.at = on; }, () => { swap(); this.at = was; });
  }

  change(object, name, value) {
    const was = object[name];
    if (was !== value) this.act(() => { object[name] = value; }, () => { object[name] = was; });
  }

  clearLayer(at) {
    this.repaint(this.layers[at], (pen) => pen.clearRect(0, 0, this.width, this.height));
  }

  setUnderlay(picture, kept) {
    const was = this.underlay;
    const now = picture && { picture, opacity: 1, kept };
    this.act(() => { this.underlay = now; }, () => { this.underlay = was; });
  }

  // Everything away; Undo brings it back.
  fresh() {
    const was = { layers: this.layers, at: this.at, underlay: this.underlay, paper: this.paper };
    const now = { layers: [this.blank()], at: 0, underlay: null, paper: was.paper };
    this.act(() => Object.assign(this, { ...now, layers: [...now.layers] }), () => Object.assign(this, was));
  }

  // A change to the pixels of a layer: the part that changes is kept as it was and as it is.
  repaint(layer, paint, box = { x: 0, y: 0, width: this.width, height: this.height }) {
    const pen = layer.canvas.getContext("2d", { willReadFrequently: true });
    const part = inside(box, this.width, this.height);
    if (part.width < 1 || part.height < 1) return;
    const before = pen.getImageData(part.x, part.y, part.width, part.height);
    paint(pen);
    const after = pen.getImageData(part.x, part.y, part.width, part.height);
    const put = (pixels) => () => pen.putImageData(pixels, part.x, part.y);
    this.act(put(after), put(before));
  }

  // Strokes: drawn whole on a sheet of their own, so that a thin colour does not darken where it crosses itself.

  begin(point, tool) {
    if (!this.layer.visible) return false;
    this.stroke = { tool, sheet: sheet(this.width, this.height), last: point, box: null, left: 0 };
    this.dab(point, point);
    return true;
  }

  follow(point) {
    if (!this.stroke) return;
    this.dab(this.stroke.last, point);
    this.stroke.last = point;
  }

  dab(from, to) {
    const { tool, sheet: own } = this.stroke;
    const pen = own.getContext("2d");
    const size = (point) => Math.max(0.5, tool.size * (0.25 + 0.75 * point.pressure));
    if (tool.soft) this.stamps(pen, from, to, size);
    else {
      pen.strokeStyle = pen.fillStyle = tool.colour;
      pen.lineCap = pen.lineJoin = "round";
      pen.lineWidth = size(to);
      pen.beginPath();
      pen.moveTo(from.x, from.y);
      pen.lineTo(to.x + (from.x === to.x && from.y === to.y ? 0.01 : 0), to.y);
      pen.stroke();
    }
    const reach = Math.max(size(from), size(to)) + 2;
    this.stroke.box = around(this.stroke.box, from, to, reach);
  }

  stamps(pen, from, to, size) {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const step = Math.max(1, this.stroke.tool.size / 10);
    for (let at = this.stroke.left; at <= length || (!length && at === 0); at += step) {
      const part = length ? at / length : 0;
      const point = { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, pressure: from.pressure + (to.pressure - from.pressure) * part };
      const radius = size(point) / 2;
      const glow = pen.createRadialGradient(point.x, point.y, 0, point.x, point.y, radius);
      glow.addColorStop(0, `${this.stroke.tool.colour}40`);
      glow.addColorStop(1, `${this.stroke.tool.colour}00`);
      pen.fillStyle = glow;
      pen.fillRect(point.x - radius, point.y - radius, 2 * radius, 2 * radius);
      this.stroke.left = step - (length - at);
      if (!length) break;
    }
    this.stroke.left = Math.max(0, this.stroke.left);
  }

  finish() {
    const { stroke } = this;
    if (!stroke) return;
    this.stroke = null;
    this.repaint(this.layer, (pen) => lay(pen, stroke), stroke.box);
  }

  cancel() {
    this.stroke = null;
  }

  // Colour poured where the picture shows one colour.
  fill(point, colour) {
    if (!this.layer.visible) return;
    const seen = this.flat(true).getContext("2d").getImageData(0, 0, this.width, this.height);
    const where = flood(seen, Math.floor(point.x), Math.floor(point.y));
    if (!where) return;
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    this.repaint(this.layer, (pen) => {
      const pixels = pen.getImageData(0, 0, this.width, this.height);
      for (let index = 0; index < where.length; index += 1) if (where[index]) pixels.data.set([red, green, blue, 255], 4 * index);
      pen.putImageData(pixels, 0, 0);
    });
  }

  colourAt(point) {
    const [red, green, blue] = this.flat(true).getContext("2d").getImageData(Math.floor(point.x), Math.floor(point.y), 1, 1).data;
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  }

  // Showing

  flat(underlaid = Boolean(this.underlay && this.underlay.kept)) {
    const whole = sheet(this.width, this.height);
    this.paint(whole.getContext("2d", { willReadFrequently: true }), underlaid);
    return whole;
  }

  paint(pen, underlaid = true) {
    pen.globalAlpha = 1;
    pen.globalCompositeOperation = "source-over";
    pen.fillStyle = this.paper;
    pen.fillRect(0, 0, this.width, this.height);
    if (underlaid && this.underlay) {
      pen.globalAlpha = this.underlay.opacity;
      cover(pen, this.underlay.picture, this.width, this.height);
    }
    this.layers.forEach((layer, index) => {
      if (!layer.visible) return;
      pen.globalAlpha = layer.opacity;
      if (!this.stroke || index !== this.at) return pen.drawImage(layer.canvas, 0, 0);
      this.scratch = this.scratch && this.scratch.width === this.width && this.scratch.height === this.height ? this.scratch : sheet(this.width, this.height);
      const over = this.scratch.getContext("2d");
      over.globalCompositeOperation = "copy";
      over.globalAlpha = 1;
      over.drawImage(layer.canvas, 0, 0);
      lay(over, this.stroke);
      return pen.drawImage(this.scratch, 0, 0);
    });
    pen.globalAlpha = 1;
  }
}

function lay(pen, { tool, sheet: own }) {
  pen.globalCompositeOperation = tool.erases ? "destination-out" : "source-over";
  pen.globalAlpha = tool.opacity;
  pen.drawImage(own, 0, 0);
  pen.globalCompositeOperation = "source-over";
  pen.globalAlpha = 1;
}

// The picture fills the sheet; what is over goes off at two sides.
export function cover(pen, picture, width, height) {
  const [w, h] = [picture.videoWidth || picture.naturalWidth || picture.width, picture.videoHeight || picture.naturalHeight || picture.height];
  const scale = Math.max(width / w, height / h);
  pen.drawImage(picture, (width - w * scale) / 2, (height - h * scale) / 2, w * scale, h * scale);
}

function around(box, from, to, reach) {
  const left = Math.min(from.x, to.x) - reach;
  const top = Math.min(from.y, to.y) - reach;
  const right = Math.max(from.x, to.x) + reach;
  const bottom = Math.max(from.y, to.y) + reach;
  if (!box) return { x: left, y: top, width: right - left, height: bottom - top };
  const [x, y] = [Math.min(box.x, left), Math.min(box.y, top)];
  return { x, y, width: Math.max(box.x + box.width, right) - x, height: Math.max(box.y + box.height, bottom) - y };
}

function inside(box, width, height) {
  const [x, y] = [clamp(Math.floor(box.x), 0, width), clamp(Math.floor(box.y), 0, height)];
  return { x, y, width: clamp(Math.ceil(box.x + box.width), 0, width) - x, height: clamp(Math.ceil(box.y + box.height), 0, height) - y };
}

const NEAR = 40; // of 255: edges of strokes are soft

function flood({ data, width, height }, x, y) {
  if (x < 0 || y < 0 || x >= width || y >= height) return null;
  const start = 4 * (y * width + x);
  const like = (index) => Math.abs(data[4 * index] - data[start]) + Math.abs(data[4 * index + 1] - data[start + 1]) + Math.abs(data[4 * index + 2] - data[start + 2]) < NEAR;
  const found = new Uint8Array(width * height);
  const todo = [y * width + x];
  while (todo.length) {
    let index = todo.pop();
    if (found[index] || !like(index)) continue;
    const row = index - (index % width);
    while (index > row && !found[index - 1] && like(index - 1)) index -= 1;
    for (; index < row + width && !found[index] && like(index); index += 1) {
      found[index] = 1;
      if (row) todo.push(index - width);
      if (row + width < width * height) todo.push(index + width);
    }
  }
  return found;
}
