// The drawing room: a sheet over the page in the shot's shape. What is drawn becomes a first, last or key picture.
import { button, choices, clamp, el, later } from "./dom.js";
import { Drawing, cover, sheet } from "./drawing.js";
import { keepDrawing, recallDrawing } from "./drawkept.js";
import { LayerList } from "./drawlayers.js";
import { give } from "./given.js";

const LONG = 1152; // pixels of the longer side
const COLOURS = ["#1b1b1f", "#ffffff", "#8a8f98", "#c4472f", "#f28c28", "#f6c945", "#4f9d4f", "#2d6cc0", "#69b7e8", "#7a4fa3", "#e58fb1", "#7a5230"];
const TOOLS = [["brush", "Brush"], ["soft", "Soft"], ["eraser", "Eraser"], ["fill", "Fill"], ["pick", "Pick"]];
const KEYS = { b: "brush", s: "soft", e: "eraser", g: "fill", i: "pick" };

export class DrawRoom {
  constructor(page) {
    this.page = page;
    this.tool = "brush";
    this.colour = COLOURS[0];
    this.size = 14;
    this.opacity = 1;
    this.keep = later(800, () => keepDrawing(this.drawing).catch(() => this.say("This browser keeps no drawing: use it before you close the tab.")));
  }

  // underlay: a picture or a video whose present frame is drawn on, or nothing. The drawing is for the shot of the form, or
  // for a target: { ratio, uses: [[place, words]], take(item, place) }.
  async open({ underlay = null, place = null, target = null } = {}) {
    if (this.dialog && this.dialog.isConnected) return;
    this.target = target;
    const [width, height] = this.shape();
    if (!this.drawing) {
      this.drawing = new Drawing(width, height, () => this.changed());
      await recallDrawing(this.drawing);
      this.drawing.undos = [];
    }
    this.place = place;
    this.fit(width, height);
    this.build();
    if (underlay) this.lay(underlay);
    this.changed(true);
    this.canvas.focus({ preventScroll: true });
  }

  shape() {
    const ratio = this.target ? this.target.ratio : this.page.form.shape();
    return ratio >= 1 ? [LONG, Math.round(LONG / ratio)] : [Math.round(LONG * ratio), LONG];
  }

  // Another shape of shot: an empty drawing takes it on; one with strokes in it is laid into the new sheet, middle on middle.
  fit(width, height) {
    const { drawing } = this;
    if (drawing.width === width && drawing.height === height) return;
    const { layers, underlay, paper, at, count } = drawing;
    drawing.reset(width, height);
    drawing.undos = [];
    drawing.redos = [];
    drawing.layers = layers.map((layer) => {
      const canvas = sheet(width, height);
      canvas.getContext("2d").drawImage(layer.canvas, Math.round((width - layer.canvas.width) / 2), Math.round((height - layer.canvas.height) / 2));
      return { ...layer, canvas };
    });
    Object.assign(drawing, { underlay, paper, at, count });
  }

  lay(source) {
    const picture = sheet(this.drawing.width, this.drawing.height);
    cover(picture.getContext("2d"), source, picture.width, picture.height);
    this.drawing.setUnderlay(picture, true);
  }

  // Drawing the room

  build() {
    const { drawing } = this;
    this.canvas = el("canvas", { id: "draw-canvas", tabindex: "0", "aria-label": "The drawing. Draw with a mouse, a pen or a finger.", width: String(drawing.width), height: String(drawing.height) });
    this.pen = this.canvas.getContext("2d");
    this.ring = el("i", { id: "draw-ring", hidden: true });
    this.board = el("div", { id: "draw-board", style: `--ratio: ${drawing.width / drawing.height}` }, el("div", { id: "draw-sheet" }, this.canvas, this.ring));
    this.said = el("p", { id: "draw-said", role: "status" });
    this.layers = new LayerList(this, () => this.chooseUnderlay());
    this.undoing = button("Undo", "undo", () => drawing.undo(), { class: "tool", id: "draw-undo" });
    this.redoing = button("Redo", "redo", () => drawing.redo(), { class: "tool", id: "draw-redo" });
    const head = el("div", { id: "draw-head" }, this.undoing, this.redoing, button("Begin anew", "bin", () => drawing.fresh(), { words: true, class: "quiet-tool", id: "draw-fresh" }), this.said, ...this.uses());
    this.dialog = this.page.dialog("Draw", el("div", { id: "draw" }, head, this.board, el("aside", { id: "draw-side" }, this.tools(), this.layers.node)), "draw-dialog");
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    this.dialog.addEventListener("close", () => this.keep.now());
    this.hands();
  }

  uses() {
    const able = this.page.form.frames.able;
    const ofForm = [["first", "Use as first"], ["last", "Use as last"], ["between", "Use in between"], ["cast", "Use as one of the cast"]].filter(([place]) => able[{ between: "index", cast: "references" }[place] || place]);
    const places = this.target ? this.target.uses : ofForm;
    const order = [...places].sort(([one], [other]) => (other === this.place) - (one === this.place));
    return order.map(([place, words], index) => button(words, null, () => this.use(place), { words: true, class: index ? "plain" : "plain chief", id: `draw-use-${place}` }));
  }

  tools() {
    const tool = choices("draw-tool", "Tool", TOOLS, this.tool, (id) => { this.tool = id; this.dress(); });
    this.toolChoice = tool;
    const slider = (name, label, min, max, value, act) => {
      const shown = el("output", {}, String(value));
      const input = el("input", { type: "range", min: String(min), max: String(max), value: String(value), id: `draw-${name}`, "aria-label": label, oninput: () => { shown.textContent = input.value; input.style.setProperty("--at", `${(100 * (input.value - min)) / (max - min)}%`); act(Number(input.value)); } });
      input.style.setProperty("--at", `${(100 * (value - min)) / (max - min)}%`);
      return el("label", { class: "strength" }, el("span", {}, label), input, shown);
    };
    this.swatches = el("div", { id: "draw-colours", role: "group", "aria-label": "Colour" }, ...COLOURS.map((colour) => el("button", { type: "button", class: "swatch", style: `--colour: ${colour}`, "data-colour": colour, "aria-label": `Colour ${colour}`, onclick: () => this.paintWith(colour) })));
    this.mixer = el("input", { type: "color", id: "draw-colour", "aria-label": "Mix a colour", value: this.colour, oninput: () => this.paintWith(this.mixer.value) });
    this.swatches.append(this.mixer);
    this.sizer = slider("size", "Size", 1, 160, this.size, (value) => { this.size = value; });
    return el("div", { id: "draw-tools" }, tool, this.swatches, this.sizer, slider("opacity", "Opacity", 5, 100, this.opacity * 100, (value) => { this.opacity = value / 100; }));
  }

  paintWith(colour) {
    this.colour = colour;
    if (this.tool === "eraser" || this.tool === "pick") this.tool = "brush";
    this.dress();
  }

  dress() {
    this.toolChoice.set(this.tool);
    this.mixer.value = this.colour;
    this.board.dataset.tool = this.tool;
    for (const each of this.swatches.querySelectorAll(".swatch")) each.setAttribute("aria-pressed", String(each.dataset.colour === this.colour));
  }

  changed(opened = false) {
    if (!this.canvas) return;
    this.undoing.disabled = !this.drawing.undos.length;
    this.redoing.disabled = !this.drawing.redos.length;
    this.layers.show();
    this.dress();
    this.redraw();
    if (!opened) this.keep();
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = null; this.drawing.paint(this.pen); });
  }

  say(words) {
    if (this.said) this.said.textContent = words;
  }

  // Hands

  hands() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", () => this.drawing.finish());
    canvas.addEventListener("pointercancel", () => { this.drawing.cancel(); this.redraw(); });
    canvas.addEventListener("pointerleave", () => { this.ring.hidden = true; });
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = this.drawing.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale, pressure: event.pointerType === "pen" ? event.pressure || 0.5 : 1 };
  }

  down(event) {
    if (event.button || !event.isPrimary) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    const point = this.point(event);
    if (this.tool === "pick" || event.altKey) {
      this.tool = this.tool === "pick" ? "brush" : this.tool;
      this.colour = this.drawing.colourAt(point);
      return this.dress();
    }
    if (!this.drawing.layer.visible) return this.say(`${this.drawing.layer.name} is hidden: show it to draw on it.`);
    this.say("");
    if (this.tool === "fill") return this.drawing.fill(point, this.colour);
    this.canvas.setPointerCapture(event.pointerId);
    const from = event.shiftKey && this.ended ? this.ended : point; // with Shift: a straight line from where the last one ended
    this.drawing.begin(from, { size: this.size, colour: this.tool === "eraser" ? "#000000" : this.colour, opacity: this.opacity, soft: this.tool === "soft", erases: this.tool === "eraser" });
    this.drawing.follow(point);
    this.ended = point;
    return this.redraw();
  }

  move(event) {
    const box = this.canvas.getBoundingClientRect();
    this.ring.hidden = event.pointerType === "touch" || this.tool === "fill" || this.tool === "pick";
    this.ring.style.cssText = `left: ${event.clientX - box.left}px; top: ${event.clientY - box.top}px; width: ${(this.size * box.width) / this.drawing.width}px`;
    if (!this.drawing.stroke) return;
    for (const each of event.getCoalescedEvents?.() || [event]) this.drawing.follow(this.ended = this.point(each));
    this.redraw();
  }

  onKey(event) {
    event.stopPropagation(); // the page's own keys rest while one draws
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (letter === "z" || letter === "y")) {
      event.preventDefault();
      return letter === "y" || event.shiftKey ? this.drawing.redo() : this.drawing.undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input[type=text], input[type=range], select")) return null;
    if (KEYS[letter]) this.tool = KEYS[letter];
    else if (event.key === "[" || event.key === "]") this.resize(event.key === "]" ? 1.2 : 1 / 1.2);
    else return null;
    event.preventDefault();
    return this.dress();
  }

  resize(by) {
    const input = this.sizer.querySelector("input");
    input.value = String(clamp(Math.round(by > 1 ? Math.max(this.size + 1, this.size * by) : this.size * by), 1, 160));
    input.dispatchEvent(new Event("input"));
  }

  // A picture of one's own under the drawing.
  chooseUnderlay() {
    const file = el("input", { type: "file", accept: "image/*", onchange: async () => {
      try {
        this.lay(await createImageBitmap(file.files[0]));
        this.say("");
      } catch {
        this.say("This file is no picture that the browser can read.");
      }
    } });
    file.click();
  }

  // Using it

  async use(place) {
    const { page } = this;
    if (this.dialog.hasAttribute("aria-busy")) return; // pressed twice, it would be there twice
    this.dialog.setAttribute("aria-busy", "true");
    this.say("The drawing is on its way …");
    const flat = this.drawing.flat();
    const data = await new Promise((done) => { flat.toBlob(done, "image/png"); });
    try {
      const item = await give(new File([data], "drawing.png", { type: "image/png" }));
      this.say("");
      this.dialog.close();
      if (this.target) return this.target.take(item, place);
      if (page.form.data.clip) page.form.frames.put({ clip: null }); // pictures and a clip do not go together
      page.form.frames.take([item], place);
      page.toasts.say("The drawing is in the shot.", { act: () => page.undos.undo() });
    } catch (error) {
      this.say(error.status ? error.message : "The studio does not answer; the drawing is kept here.");
    } finally {
      this.dialog.removeAttribute("aria-busy");
    }
  }
}
