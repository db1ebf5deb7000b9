// The pictures of a shot as a line of time: the first at its left, the last at its right, key frames where the hand puts
// them; or a short clip between two trim handles. Dropped, pasted, chosen, or taken from an earlier take.
import { button, clamp, el, icon } from "./dom.js";
import { clipLine } from "./clipline.js";
import { cropper, differs } from "./crop.js";
import { fit, give, strength } from "./given.js";

const MOST = 16;
const STEERING = ["control", "mask"]; // a clip or a picture, of the whole shot
const EDGE = 0.07; // of the line's width: half a picture stands over its ends

export class Frames {
  constructor(start, acts) {
    this.fps = start.model.fps;
    this.able = start.model.given;
    this.acts = acts; // change(part), wrong(line), shape(), seconds(), draw(how)
    this.chosen = null; // "first", "last", or the index of a key frame
    this.line = el("div", { class: "shotline" });
    this.editor = el("div", { class: "picture-editor", hidden: true });
    this.head = el("div", { class: "group-head" }, el("span", {}, "Pictures"), el("span", { class: "hint" }, "drop, paste, choose or"), button("Draw", "brush", () => this.acts.draw({}), { words: true, class: "link", id: "draw-open" }));
    this.two = this.chooser("Two pictures to lead from one to the other", true, (files) => this.receiveTwo(files));
    this.two.id = "two-file";
    this.leads = el("p", { class: "hint", id: "leads" });
    this.node = el("section", { id: "pictures", "aria-label": "Pictures" }, this.head, this.line, this.leads, this.two, this.editor);
    this.slotNodes = {};
  }

  show(data) {
    this.data = data;
    const frames = data.frames || [];
    if (this.chosen !== null && !this.item()) this.chosen = null;
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
    const refocus = () => focused && this.line.querySelector(`[data-key="${focused}"]`)?.focus();
    // What is no moment of the shot: who is in it, and what a model with a control branch is made after.
    const around = [this.able.references && this.end("cast", "Cast"), this.able.control && this.end("control", "Control"), this.able.mask && data.control && this.end("mask", "Mask")].filter(Boolean);
    if (data.clip) {
      this.line.replaceChildren(...[clipLine(data.clip, this.acts.seconds(), (clip, silent) => this.put({ clip }, silent)), ...around]);
      this.leads.replaceChildren();
      this.showEditor();
      return refocus();
    }
    this.line.replaceChildren(...[this.able.first && this.end("first", "First"), this.able.index && this.between(), this.able.last && this.end("last", "Last"), ...around].filter(Boolean));
    this.track = el("div", { class: "track" }, this.ruler(), ...frames.map((item, index) => this.key(item, index)));
    this.landing(this.track, (files, event) => this.receive(files, "between", event));
    if (frames.length) this.line.append(this.track);
    refocus();
    this.showEditor();
    this.showLeads(frames.length);
  }

  // From a picture to another one: both are chosen at once, and what then happens is said.
  showLeads(between) {
    const { first, last } = this.data;
    const able = this.able.first && this.able.last && !between;
    if (able && first && last) this.leads.textContent = "New frames lead from the first picture to the last.";
    else if (able && first && this.leading) this.leads.textContent = "This is the first picture; give the last one too, and new frames lead to it.";
    else if (able && !first && !last) this.leads.replaceChildren(button("Between two pictures", null, () => this.two.click(), { words: true, class: "link", id: "between-two" }));
    else this.leads.replaceChildren();
  }

  receiveTwo(files) {
    if (files.length === 2) return this.receive(files, "two");
    this.node.scrollIntoView({ block: "nearest" }); // on a phone it was asked for from far above
    this.leading = files.length === 1; // two folders hold two pictures: they come one after the other
    if (this.leading) return this.receive(files, "first");
    return this.acts.wrong(`Two pictures are the two ends; these are ${files.length}. Those in between have their own place.`);
  }

  reshape() {
    this.show(this.data);
  }

  // The two ends

  end(place, label) {
    const item = this.data[place];
    const file = this.chooser(label, false, (files) => this.receive(files, place));
    const node = el("div", { id: `${place}-picture`, class: "end", "data-full": String(Boolean(item)), style: `--shape: ${this.acts.shape()}` }, file);
    if (item) node.append(el("button", { type: "button", class: "end-open", "aria-label": `${label} picture: ${item.name}`, "aria-pressed": String(this.chosen === place), "data-key": place, onclick: () => this.choose(place) }, el("img", { src: item.picture, alt: "", style: fit(item, this.acts.shape()) }), el("span", { class: "end-label" }, label)));
    else node.append(el("button", { type: "button", class: "end-open", "aria-label": `${label} picture: choose one`, "data-key": place, onclick: () => file.click() }, icon("plus"), el("span", {}, label)));
    this.landing(node, (files) => this.receive(files, place));
    return node;
  }

  between() {
    const file = this.chooser("Pictures in between, or one clip", true, (files) => this.receive(files, "between"));
    file.id = "frames-file";
    const node = el("div", { class: "between" }, file, button("In between", "plus", () => file.click(), { words: true, class: "end-open", "data-key": "between" }));
    this.landing(node, (files) => this.receive(files, "between"));
    return node;
  }

  ruler() {
    const seconds = this.acts.seconds();
    const every = seconds > 12 ? Math.ceil(seconds / 8) : 1;
    const marks = [];
    for (let at = 0; at <= seconds + 0.001; at += every) marks.push(el("i", { class: "tick", style: `left: ${this.percent(at)}%` }, el("span", {}, String(at))));
    return el("div", { class: "ruler", "aria-hidden": "true" }, ...marks);
  }

  chooser(label, many, act) {
    return el("input", { type: "file", class: "unseen", accept: "image/png,image/jpeg,image/webp,image/gif,video/*", multiple: many, tabindex: "-1", "aria-label": label, onchange: (event) => { act([...event.target.files]); event.target.value = ""; } });
  }

  landing(node, act) {
    node.addEventListener("dragover", (event) => { event.preventDefault(); node.dataset.over = "true"; });
    node.addEventListener("dragleave", () => { delete node.dataset.over; });
    node.addEventListener("drop", (event) => {
      delete node.dataset.over;
      const files = [...event.dataTransfer.files];
      if (!files.length) return;
      event.preventDefault();
      event.stopPropagation();
      document.body.dataset.dragging = "false";
      act(files, event);
    });
  }

  // Key frames

  key(item, index) {
    const at = this.at(item, index);
    const node = el("button", {
      type: "button", class: "key", role: "slider", "data-key": `key-${index}`, "aria-label": `Key frame ${index + 1}: ${item.name}`, "aria-valuemin": "0", "aria-valuemax": String(this.acts.seconds()),
      "aria-valuenow": at.toFixed(2), "aria-valuetext": `${at.toFixed(2)} seconds`, "aria-current": String(this.chosen === index), style: `left: ${this.percent(at)}%; --shape: ${this.acts.shape()}`, title: `${at.toFixed(2)} s`,
      onclick: () => { if (!this.dragged) this.choose(index); this.dragged = false; },
    }, el("img", { src: item.picture, alt: "", draggable: "false", style: fit(item, this.acts.shape()) }));
    node.addEventListener("pointerdown", (event) => this.drag(event, node, index));
    node.addEventListener("keydown", (event) => this.nudge(event, index));
    return node;
  }

  at(item, index) {
    const end = this.acts.seconds();
    if (item.at !== null && item.at !== undefined) return clamp(Number(item.at), 0, end);
    return this.data.frames.length === 1 ? 0 : (index / (this.data.frames.length - 1)) * end;
  }

  percent(at) {
    return 100 * (EDGE + (1 - 2 * EDGE) * (at / this.acts.seconds()));
  }

  snap(at) {
    const grid = 4 / this.fps; // the finest place there is
    return clamp(Math.round(at / grid) * grid, 0, this.acts.seconds());
  }

  drag(event, node, index) {
    if (event.button) return;
    const { left, width } = this.track.getBoundingClientRect();
    const began = event.clientX;
    let at = null;
    node.setPointerCapture(event.pointerId);
    node.onpointermove = (move) => {
      if (at === null && Math.abs(move.clientX - began) < 4) return;
      at = this.snap((((move.clientX - left) / width - EDGE) / (1 - 2 * EDGE)) * this.acts.seconds());
      node.style.left = `${this.percent(at)}%`;
      node.title = `${at.toFixed(2)} s`;
    };
    node.onpointerup = node.onpointercancel = () => {
      node.onpointermove = node.onpointerup = null;
      if (at === null) return;
      this.dragged = true; // a click that follows is no choice
      setTimeout(() => { this.dragged = false; }, 0);
      this.move(index, at);
      this.show(this.data);
    };
  }

  nudge(event, index) {
    const at = this.at(this.data.frames[index], index);
    const grid = 4 / this.fps;
    const to = { ArrowLeft: at - grid, ArrowDown: at - grid, ArrowRight: at + grid, ArrowUp: at + grid, PageDown: at - 1, PageUp: at + 1, Home: 0, End: this.acts.seconds() }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") this.remove(index);
    else if (to !== undefined) this.move(index, this.snap(to));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Two pictures cannot stand at one moment: the next free place, the way the hand goes.
  move(index, to) {
    const grid = 4 / this.fps;
    const way = to < this.at(this.data.frames[index], index) ? -grid : grid;
    const taken = this.data.frames.map((item, each) => (each === index ? -1 : this.snap(this.at(item, each)).toFixed(2)));
    if (this.data.first) taken.push("0.00");
    if (this.data.last) taken.push(this.snap(this.acts.seconds()).toFixed(2));
    let at = to;
    while (taken.includes(at.toFixed(2))) at += way;
    if (at < 0 || at > this.acts.seconds() + 0.001) return;
    const frames = this.data.frames.map((item, each) => ({ ...item, at: each === index ? at : this.at(item, each) }));
    this.put({ frames });
  }

  // Taking pictures in

  async receive(files, place, event = null) {
    this.node.setAttribute("aria-busy", "true");
    try {
      const found = [];
      for (const file of files.slice(0, MOST)) found.push(await give(file));
      this.take(found, place, event);
    } catch (error) {
      this.acts.wrong(error.status ? error.message : "The studio does not answer; give the picture again.");
    } finally {
      this.node.removeAttribute("aria-busy");
    }
  }

  take(found, place, event = null) {
    const items = found.map((item) => ({ ...item, strength: 1, crop: null }));
    const clip = items.find((item) => item.kind === "clip");
    if (place === "two" && clip) return this.acts.wrong("Two pictures, not a clip: between clips it is made with the tools of a take.");
    if (place === "two") return this.put({ first: items[0], last: items[1], frames: [], clip: null });
    if (STEERING.includes(place)) return this.put({ [place]: items[0] });
    if (clip && place === "cast") return this.acts.wrong("One of the cast is a picture: give a drawing or a still of who is in the shot, not a clip.");
    if (clip) return this.put({ clip: { ...clip, start: 0, end: Math.min(clip.seconds, this.acts.seconds()) }, frames: [], first: null, last: null });
    if (place === "cast" || (items.length === 1 && place !== "between")) return this.put({ [place]: items[0] });
    const frames = [...this.data.frames, ...this.placed(items, event)].slice(0, MOST);
    frames.sort((a, b) => a.at - b.at);
    return this.put({ frames });
  }

  placed(items, event) {
    const seconds = this.acts.seconds();
    const { left, width } = this.track.getBoundingClientRect();
    if (event && items.length === 1) return [{ ...items[0], at: this.snap((((event.clientX - left) / width - EDGE) / (1 - 2 * EDGE)) * seconds) }];
    const taken = new Set(this.data.frames.map((item, index) => this.at(item, index).toFixed(2)));
    return items.map((item, index) => {
      let at = this.snap((seconds * (index + 1)) / (items.length + 1));
      while (taken.has(at.toFixed(2)) && at + 4 / this.fps < seconds) at += 4 / this.fps;
      taken.add(at.toFixed(2));
      return { ...item, at };
    });
  }

  // The place where a picture goes when nobody says which: the first, then the last, then between.
  next() {
    if (!this.data.first && !this.data.frames.length && this.able.first) return "first";
    return !this.data.last && !this.data.frames.length && this.able.last ? "last" : "between";
  }

  // One picture's own settings

  item() {
    if (typeof this.chosen === "string") return this.data[this.chosen];
    return (this.data.frames || [])[this.chosen];
  }

  choose(which) {
    this.chosen = this.chosen === which ? null : which;
    this.show(this.data);
  }

  showEditor() {
    const item = this.chosen === null ? null : this.item();
    this.editor.hidden = !item;
    if (!item) return this.editor.replaceChildren();
    const parts = [];
    if (this.chosen === "cast") parts.push(el("p", { class: "hint" }, "Takes the part of the one you call yours (“my dinosaur”), else of the one named first, and moves as your words say. A plain background is cut away."));
    else if (this.chosen === "control") parts.push(el("p", { class: "hint" }, "The whole shot is made after it: poses, depths, outlines, or a clip of which a mask says what is drawn anew."), this.outpaint());
    else if (this.chosen === "mask") parts.push(el("p", { class: "hint" }, "White is drawn anew, black is kept. A picture holds for every frame."));
    else {
      if (differs(item, this.acts.shape())) parts.push(cropper(item, this.acts.shape(), (crop) => this.edit({ crop })));
      parts.push(strength(item.strength, (value) => this.edit({ strength: value })));
    }
    const file = this.chooser("Another picture", false, (files) => this.receive(files, typeof this.chosen === "number" ? "between" : this.chosen));
    const tools = [file, button("Remove", "bin", () => this.remove(this.chosen), { words: true, class: "link" })];
    if (!STEERING.includes(this.chosen)) tools.unshift(button("Draw on it", "brush", () => this.drawOn(item), { words: true, class: "link", id: "draw-on" }));
    if (typeof this.chosen !== "number") tools.unshift(button("Replace", "again", () => file.click(), { words: true, class: "link" }));
    const name = typeof this.chosen === "number" ? `${item.name} at ${this.at(item, this.chosen).toFixed(2)} s` : item.name;
    this.editor.replaceChildren(el("p", { class: "picture-name" }, name), ...parts, el("div", { class: "picture-tools" }, ...tools));
  }

  outpaint() {
    const box = el("input", { type: "checkbox", id: "outpaint", checked: Boolean(this.data.outpaint), onchange: (event) => this.put({ outpaint: event.target.checked }) });
    return el("label", { class: "film-check" }, box, el("span", {}, "Show it whole, and draw what is around it"));
  }

  async drawOn(item) {
    const picture = new Image();
    picture.src = item.picture;
    try {
      await picture.decode();
      this.acts.draw({ underlay: picture, place: typeof this.chosen === "number" ? "between" : this.chosen });
    } catch {
      this.acts.wrong("This picture cannot be shown just now; give it again to draw on it.");
    }
  }

  edit(change) {
    if (typeof this.chosen !== "number") return this.put({ [this.chosen]: { ...this.item(), ...change } });
    return this.put({ frames: this.data.frames.map((item, index) => (index === this.chosen ? { ...item, ...change } : item)) });
  }

  remove(which) {
    this.chosen = null;
    if (which === "control") return this.put({ control: null, mask: null, outpaint: false });
    if (typeof which !== "number") return this.put({ [which]: null });
    return this.put({ frames: this.data.frames.filter((item, index) => index !== which) });
  }

  put(part) {
    this.acts.change(part);
  }
}
