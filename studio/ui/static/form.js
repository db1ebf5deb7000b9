// The script: what the artist fills in. It is one plain object, kept as it is typed (in this tab, and by the studio for
// its owner), so that a reload, another tab or a restarted studio finds it again.
import { ask, bytes, button, choices, duration, el, later, tell } from "./dom.js";
import { Direction } from "./direction.js";
import { ExpandPanel } from "./expand.js";
import { Frames } from "./frames.js";
import { pick, remember, remembered, sizeOf } from "./kept.js";
import { PolicyPanel, words } from "./reading.js";
import { Styles } from "./styles.js";

const KEPT_MS = 400;
const JUST_MS = 1500; // for so long a refusal is kept in sight, though the words that are read move it

export class Form {
  constructor(start, acts) {
    this.start = start;
    this.acts = acts; // shoot(form, accept), stop(), undoable(text, act), say(words, more)
    this.slots = {};
    this.refusedAt = -Infinity;
    this.direction = new Direction(start.directions, (value) => this.set("direction", value, "Direction"));
    this.frames = new Frames(start, { change: (part) => this.frame(part), wrong: (line) => this.error("pictures", line), shape: () => this.shape(), seconds: () => this.seconds(), draw: (how) => this.acts.draw(how) });
    this.policy = new PolicyPanel({ accept: () => this.shoot(true), consent: () => this.agree(), put: (text) => this.put(text), appeal: (remark) => tell("studio/appeal", { form: this.data, remark }) });
    this.styles = new Styles(start, { data: () => this.data, apply: (changes, why) => this.fill({ ...this.data, ...changes }, { why }), say: acts.say, undoable: acts.undoable });
    this.expand = new ExpandPanel({ data: () => this.data, take: (text) => this.reword(text), say: (line) => this.error("prompt", line), focus: () => this.prompt.focus() });
    this.node = el("div", { id: "script" }, ...this.build());
    this.keep = later(KEPT_MS, () => this.save());
    this.look = later(300, () => this.ask());
    this.node.addEventListener("input", (event) => this.typed(event));
    document.body.addEventListener("auteur:measured", () => this.look());
    this.fill(remembered() || start.form || {}, { quiet: true });
  }

  blank() {
    const { preferences, model } = this.start;
    const size = preferences.size in model.sizes ? preferences.size : Object.keys(model.sizes)[0];
    return {
      prompt: "", direction: {}, negative: "", size, seconds: String(preferences.seconds || model.seconds), seed: "", steps: "", guidance: "",
      takes: preferences.takes || 1, first: null, last: null, cast: null, control: null, mask: null, outpaint: false, frames: [], clip: null, consent: false, block_cache: "", guided: "", model: model.name,
    };
  }

  // Drawing

  build() {
    this.prompt = el("textarea", { rows: "3", placeholder: "A red fox walks through a snowy forest at dusk…", "aria-describedby": "error-prompt", "data-field": "prompt", spellcheck: "true", lang: "en" });
    this.understood = el("div", { id: "understanding", "aria-live": "polite" });
    this.read = el("p", { class: "read-text" });
    this.reading = el("div", { id: "reading", hidden: true }, el("span", { class: "words-title" }, "Will read"), el("div", {}, this.read, button("Take into my words", "pen", () => this.takeIn(), { words: true, class: "link", id: "take-in" })));
    this.editing = el("div", { id: "editing", hidden: true });
    return [
      this.editing, this.slot("model"),
      el("div", { id: "prompt" }, el("label", {}, el("span", {}, "What do you want to see?"), this.prompt), button("New shot", null, () => this.fresh(), { words: true, class: "link", id: "fresh" })),
      this.slot("prompt"), this.expand.row, this.expand.node, this.understood, this.reading, this.policy.node, this.policy.back,
      this.frames.node, this.slot("pictures"),
      el("div", { id: "directing" }, el("div", { class: "group-head" }, el("span", {}, "Direction"), this.styles.open), this.direction.node), this.slot("direction"),
      ...this.buildFormat(), this.slot("size"),
      ...this.buildFine(), this.slot("fine"), this.slot("shot"),
      this.buildAction(),
    ];
  }

  slot(name) {
    this.slots[name] = el("div", { id: `error-${name}`, class: "slot" });
    return this.slots[name];
  }

  buildFormat() {
    const ratios = { landscape: "16:9", portrait: "9:16", square: "1:1" };
    const sizes = Object.keys(this.start.model.sizes).map((name) => [name, ratios[name] || name]);
    this.size = choices("size", "Picture", sizes, "", (value) => { this.set("size", value, "The picture's shape"); this.frames.reshape(); });
    this.length = field("seconds", "Seconds", { inputmode: "decimal" });
    this.takes = choices("takes-count", "Takes", [[1, "1"], [2, "2"], [4, "4"]], 1, (value) => this.set("takes", Number(value)));
    this.seed = field("seed", "Seed", { placeholder: "any", inputmode: "numeric" });
    const dice = button("Draw a seed", "dice", () => this.set("seed", String(Math.floor(Math.random() * 1e6)), "The seed"), { id: "dice" });
    return [
      el("div", { class: "pair", id: "format" }, this.size, this.length),
      el("div", { class: "pair" }, this.takes, el("div", { id: "seed-row" }, this.seed, dice)),
    ];
  }

  buildFine() {
    const { model } = this.start;
    const inside = el("div", { id: "fine", hidden: true },
      field("negative", "Keep out of the picture", {}),
      el("div", { class: "pair even" }, field("steps", "Steps", { placeholder: String(model.steps), inputmode: "numeric" }), field("guidance", "Guidance", { placeholder: String(model.guidance), inputmode: "decimal" })),
      el("div", { id: "approximate", hidden: !model.approximate },
        el("p", { class: "hint" }, "Approximate: quicker, and not quite the same clip. Empty is off."),
        el("div", { class: "pair even" }, field("block_cache", "Block cache, 0.05 to 0.2", { placeholder: "off", inputmode: "decimal" }), field("guided", "Guided part, 0.1 to 1", { placeholder: "1", inputmode: "decimal" }))));
    this.fineSwitch = button("Fine tuning", "fold", () => this.openFine(inside.hidden), { words: true, class: "fold", id: "fine-switch", "aria-expanded": "false", "aria-controls": "fine" });
    this.fine = inside;
    return [this.fineSwitch, inside];
  }

  openFine(open) {
    this.fine.hidden = !open;
    this.fineSwitch.setAttribute("aria-expanded", String(open));
  }

  buildAction() {
    this.shootButton = el("button", { type: "button", id: "shoot", onclick: () => this.shoot(false) }, "Shoot");
    this.stopButton = el("button", { type: "button", id: "stop", onclick: () => this.acts.stop() }, "Stop");
    this.cost = el("p", { id: "cost", role: "status" });
    return el("div", { id: "action" }, this.cost, el("div", { class: "buttons" }, this.shootButton, this.stopButton));
  }

  // Holding

  shape() {
    const [width, height] = this.start.model.sizes[this.data.size] || sizeOf(this.data.size);
    return width / height;
  }

  seconds() {
    const typed = Number(String(this.data.seconds).replace(",", "."));
    return typed > 0 ? Math.min(typed, this.start.model.max_seconds) : this.start.model.seconds;
  }

  fill(data, { quiet = false, why = "" } = {}) {
    const before = this.data;
    this.data = { ...this.blank(), ...pick(data, this.blank()) };
    if (before && !quiet) this.acts.undoable(why || "The form is as it was", () => this.fill(before, { quiet: true }));
    const other = this.data.model !== this.start.model.name ? this.data.model : null;
    this.data.model = this.start.model.name; // the form offers what this model knows
    this.show();
    this.clearErrors();
    this.policy.hide();
    this.expand.typed();
    if (other && !quiet) this.ofAnother(other, data);
    if (!quiet || before) this.changed();
    else this.look();
  }

  // A recipe of another model: its words are here, and one click changes the model where it is installed.
  ofAnother(name, data) {
    const { models, model } = this.start;
    const known = models.find((each) => each.name === name);
    const use = known ? button(`Shoot with ${known.title}`, null, () => this.acts.useModel(name, { ...this.blank(), ...pick(data, this.blank()) }), { words: true, class: "link", id: "use-model" }) : null;
    const line = known ? `These settings are of ${known.title}; the page shoots with ${model.title}.` : `These settings are of “${name}”, which is not installed here; ${model.title} reads them its own way.`;
    this.slots.model.replaceChildren(el("p", { class: "note note-warn", role: "status" }, line, " ", use));
    this.slots.model.scrollIntoView({ block: "nearest" });
  }

  show() {
    const { data } = this;
    this.prompt.value = data.prompt;
    this.touched = false; // nothing was typed since: Ctrl+Z is the page's
    this.grow();
    for (const name of ["seconds", "seed", "negative", "steps", "guidance", "block_cache", "guided"]) this.node.querySelector(`[data-field=${name}]`).value = data[name];
    this.size.set(data.size);
    this.takes.set(data.takes);
    this.direction.show(data.direction);
    this.frames.show(data);
    if (data.negative || data.steps || data.guidance || data.block_cache || data.guided) this.openFine(true);
  }

  set(name, value, what = "") {
    const before = this.data;
    this.data = { ...this.data, [name]: value };
    if (what) this.acts.undoable(`${what} is as it was`, () => this.fill(before, { quiet: true }), { quiet: true });
    if (name === "seed") this.seed.querySelector("input").value = value;
    this.changed();
  }

  frame(part) {
    const before = this.data;
    this.data = { ...this.data, ...part, consent: false }; // other pictures, other people
    this.acts.undoable("The pictures are as they were", () => this.fill(before, { quiet: true }), { quiet: true });
    this.error("pictures", "");
    this.frames.show(this.data);
    this.changed();
  }

  typed(event) {
    const name = event.target.dataset.field;
    if (!name) return;
    this.data = { ...this.data, [name]: event.target.value };
    if (name === "prompt") { this.touched = true; this.grow(); this.error("prompt", ""); this.expand.typed(); this.policy.typed(); }
    if (name === "seconds") this.frames.show(this.data);
    this.changed();
  }

  changed() {
    remember(this.data);
    this.keep();
    this.look();
  }

  async save() {
    try {
      await tell("studio/form", this.data);
    } catch {
      this.keep(); // the studio is away: once more
    }
  }

  grow() {
    this.prompt.style.height = "auto";
    this.prompt.style.height = `${Math.min(this.prompt.scrollHeight + 2, 320)}px`;
  }

  // Reading: what the words mean, what the model is given, what it will take

  async ask() {
    const asked = this.data;
    let told;
    try {
      told = await tell("studio/look", asked);
    } catch {
      return;
    }
    if (asked !== this.data) return;
    this.understood.replaceChildren(...(told.words ? words(told.words, asked.prompt, this.start.model.title) : []));
    this.reading.hidden = !told.read || told.read.trim() === asked.prompt.trim();
    this.read.textContent = told.read;
    this.showCost(told.forecast);
    this.reveal();
  }

  showCost(told) {
    const takes = this.data.takes > 1 ? ` ${this.data.takes} takes` : "";
    const label = this.editingJob ? "Save the shot" : `Shoot${takes}`;
    const seconds = told && told.seconds ? told.seconds * this.data.takes : null;
    this.shootButton.textContent = seconds && !this.editingJob ? `${label} · about ${duration(seconds)}` : label;
    this.cost.dataset.fits = String(!told || told.fits);
    if (!told || !told.memory) return this.cost.replaceChildren();
    if (told.fits) return this.cost.replaceChildren(`${bytes(told.memory)} of memory${told.free ? `, ${bytes(told.free)} free` : ""}${told.plan ? `. ${told.plan}.` : ""}`);
    const fit = told.fitting ? button("Make it fit", null, () => this.fill({ ...this.data, ...told.fitting }), { words: true, class: "link", id: "make-it-fit" }) : null;
    this.cost.replaceChildren(...[told.advice || "This is more than the memory of this machine.", fit].filter(Boolean));
  }

  fresh() {
    this.edit(null);
    this.fill({}, { why: "The shot is as it was" });
    this.prompt.focus();
  }

  takeIn() {
    const text = this.read.textContent;
    this.fill({ ...this.data, prompt: text, direction: {} }, { why: "Your words are as they were" });
    this.prompt.focus();
  }

  // Other words in the place of these; Ctrl+Z brings these back.
  reword(text) {
    this.fill({ ...this.data, prompt: text }, { why: "Your words are as they were" });
    this.prompt.focus();
  }

  put(text) {
    this.set("prompt", text, "The prompt");
    this.prompt.value = text;
    this.grow();
    this.prompt.focus();
  }

  // Shooting

  async shoot(accept) {
    if (this.sending) return;
    this.sending = true;
    this.clearErrors();
    try {
      const told = this.editingJob ? await tell(`studio/jobs/${this.editingJob}/edit`, { form: this.data, accept }) : await tell("studio/shoot", { form: this.data, takes: this.data.takes, accept });
      this.policy.hide();
      if (told.notice) this.note(told.notice);
      const edited = this.editingJob;
      this.edit(null);
      this.acts.shot(edited ? [edited] : told.jobs, edited);
    } catch (error) {
      this.refused(error);
    } finally {
      this.sending = false;
    }
  }

  // The people in the pictures are the artist, or have agreed: said once for these pictures.
  agree() {
    this.data = { ...this.data, consent: true };
    this.changed();
    return this.shoot(false);
  }

  refused(error) {
    const said = error.said || {};
    if (said.policy) this.policy.show(said.policy, this.data);
    else if (said.field) this.error(this.start.slots[said.field] || "shot", error.message);
    else this.error("shot", error.status ? error.message : "The studio does not answer. Your words are kept; shoot again when it is back.");
    this.refusedAt = performance.now();
    this.reveal();
  }

  reveal() {
    if (performance.now() - this.refusedAt > JUST_MS) return;
    const wrong = this.node.querySelector(".field-error, #policy:not([hidden])");
    if (wrong) wrong.scrollIntoView({ block: "nearest" });
  }

  error(slot, line) {
    if (slot === "fine" && line) this.openFine(true);
    this.slots[slot].replaceChildren(...(line ? [el("p", { class: "field-error", role: "alert" }, line)] : []));
  }

  note(line) {
    this.slots.shot.replaceChildren(el("p", { class: "note note-warn", role: "status" }, line));
  }

  clearErrors() {
    for (const slot of Object.values(this.slots)) slot.replaceChildren();
  }

  // A waiting shot that is edited in its place

  edit(job) {
    this.editingJob = job;
    this.editing.hidden = !job;
    this.editing.replaceChildren(...(job ? [el("span", {}, "You are editing a shot that waits in the queue."), button("Leave it as it is", null, () => this.edit(null), { words: true, class: "link" })] : []));
    if (job) setTimeout(() => this.editing.scrollIntoView({ block: "nearest" }), 100); // once the page is there
    this.look();
  }

  async load(address, body, why) {
    const told = await ask(address, body === null ? "GET" : "POST", body === null ? undefined : body);
    this.fill(told.form, { why });
    return told;
  }
}

function field(name, label, more) {
  return el("label", { class: "field", id: name }, el("span", {}, label), el("input", { type: "text", "data-field": name, autocomplete: "off", ...more }));
}
