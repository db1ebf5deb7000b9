// The tools on a take: one is chosen, its few questions are answered, and what it comes to is said before it is begun.
// What a tool makes is a new take; the one it is made of stays as it is.
import { ask, button, choices, duration, el, later, tell } from "./dom.js";
import { chooseTakes } from "./filmshelf.js";
import { playOnHover } from "./stage.js";

const TOOLS = [
  ["extend", "Extend", "New frames after the clip, or before it. The words may change on the way."],
  ["loop", "Loop", "New frames lead the end back to the start, so that it can play for ever."],
  ["blend", "Blend", "The end of this take and the start of another are drawn into each other."],
  ["interpolate", "Between", "New frames lead from the end of this take to the start of another."],
  ["remix", "Remix", "The same clip drawn again: other words, or the same words more freely."],
  ["recut", "Re-cut", "Keep a part, cut one out, or replace one by new frames that meet both ends. I and O on the clip mark the part."],
  ["vary", "Variations", "The same once more with other seeds, to pick from."],
  ["upscale", "Larger", "A larger picture: Lanczos, and sharpening that follows the contrast. No model has a part in it."],
  ["smooth", "Smoother", "More frames a second, by following the motion. No model has a part in it."],
];
const STRENGTHS = [["subtle", "Subtle"], ["gentle", "Gentle"], ["medium", "Medium"], ["bold", "Bold"], ["strong", "Strong"]];
const CURVES = [["smooth", "Smooth"], ["even", "Even"], ["early", "Early"], ["late", "Late"], ["quick", "Quick"]];
const NEAR = 12; // takes that are offered as the other one without looking for them
const DRAWN = ["extend", "loop", "blend", "interpolate", "remix"];

export class Workbench {
  constructor(acts) {
    this.acts = acts; // takes(), moment(), marks(), shot(jobs), pick(take), compareWith(one, other, how)
    this.tool = "extend";
    this.answers = { seconds: {}, direction: "forward", strength: "medium", curve: "smooth", cutting: "keep", count: 4, factor: "2", prompt: "" };
    this.plan = later(350, () => this.forecast());
  }

  panel(take) {
    if (!this.take || this.take.id !== take.id) Object.assign(this.answers, { at: null, prompt: "", start: "0", end: `${round(take.frames / take.fps / 2)}`, span: "", seed: "", steps: "", fps: take.outside ? "" : String(2 * take.fps) });
    if (take.outside && !take.recipe) this.answers.cutting = "replace"; // what says nothing of itself is only added to
    this.take = take;
    this.takeMarks();
    this.fields = el("div", { class: "work-fields" });
    this.lead = el("p", { class: "panel-lead" });
    this.said = el("p", { class: "note work-said", role: "status" });
    this.go = button("Make a new take", null, () => this.begin(), { words: true, class: "plain strong", id: "work-go" });
    const offered = TOOLS.filter(([id]) => !take.outside || (id !== "vary" && (take.recipe || !["upscale", "smooth"].includes(id))));
    if (!offered.some(([id]) => id === this.tool)) this.tool = "extend";
    const tools = el("div", { class: "work-tools", role: "radiogroup", "aria-label": "Tool" }, ...offered.map(([id, words]) => {
      const input = el("input", { type: "radio", name: `work-tool-${take.outside ? "outside" : "take"}`, value: id, checked: id === this.tool, onchange: () => { this.tool = id; this.draw(); } });
      return el("label", {}, input, el("span", {}, words));
    }));
    this.draw();
    this.kin = el("div", {});
    this.kinKey = "";
    this.refresh();
    return [...seamLines(take), this.kin, tools, this.lead, this.fields, el("div", { class: "work-end" }, this.said, this.go)];
  }

  draw() {
    const foreign = this.tool === "recut" && this.take.outside && !this.take.recipe;
    this.lead.textContent = foreign ? "New frames take the place of a part, and meet both ends." : TOOLS.find(([id]) => id === this.tool)[2];
    const held = document.activeElement && this.fields.contains(document.activeElement) ? document.activeElement : null;
    this.fields.replaceChildren(...this.questions().filter(Boolean), ...(this.drawn() ? [this.fine()] : []));
    if (held && held.name) this.fields.querySelector(`[name="${held.name}"]:checked`)?.focus(); // whoever works by keys stays where they were
    this.said.textContent = "";
    this.go.querySelector("span").textContent = this.tool === "vary" ? "Make the variations" : "Make a new take";
    this.forecast();
  }

  // What each tool asks

  questions() {
    const { tool, answers, take } = this;
    const length = (label, first) => this.number("seconds", label, answers.seconds[tool] ?? first, (value) => { answers.seconds[tool] = value; }, "s");
    if (tool === "extend") return [this.row("direction", "Where", [["forward", "After it"], ["backward", "Before it"]]), length("Seconds", "4"), this.place(), this.words()];
    if (tool === "loop") return [length("Seconds", ""), this.words()];
    if (tool === "blend") return [this.other(), length("Seconds", "1"), this.row("curve", "Curve", CURVES), this.row("strength", "How freely", STRENGTHS), this.words()];
    if (tool === "interpolate") return [this.other(), length("Seconds", "1"), this.words(), !this.take.outside && button("Two pictures instead", null, () => this.acts.betweenPictures(), { words: true, class: "link", id: "work-pictures" })];
    if (tool === "remix") return [this.row("strength", "Change", STRENGTHS), this.words()];
    if (tool === "recut") {
      const ways = [["keep", "Keep"], ["cut", "Cut out"], ["replace", "Replace"]].filter(([id]) => id === "replace" || !take.outside || take.recipe);
      const anew = answers.cutting === "replace" ? [this.number("seconds", "New length", answers.span, (value) => { answers.span = value; }, "s", "as it was"), this.words()] : [];
      return [ways.length > 1 ? this.row("cutting", "Do", ways) : null, this.moments("start", "From"), this.moments("end", "To"), ...anew];
    }
    if (tool === "vary") return [this.row("count", "How many", [[2, "2"], [4, "4"], [8, "8"]])];
    if (tool === "upscale") return [this.row("factor", "Times as large", [["1.5", "1.5"], ["2", "2"], ["3", "3"], ["4", "4"]])];
    return [this.number("fps", take.outside ? "Frames a second" : `Frames a second (now ${take.fps})`, answers.fps, (value) => { answers.fps = value; }, "", "twice as many")];
  }

  row(name, label, options) {
    return choices(`work-${name}${this.take.outside ? "-outside" : ""}`, label, options, this.answers[name], (value) => {
      this.answers[name] = value;
      if (name === "cutting" || name === "direction") this.draw();
      else this.forecast();
    });
  }

  // Whether the model draws something in what is asked.
  drawn() {
    return DRAWN.includes(this.tool) || (this.tool === "recut" && this.answers.cutting === "replace");
  }

  fine() {
    const { answers } = this;
    const inside = el("div", { class: "work-fine", hidden: !this.fineOpen },
      this.number("seed", "Seed", answers.seed, (value) => { answers.seed = value; }, "", "drawn anew"),
      this.number("steps", "Steps", answers.steps, (value) => { answers.steps = value; }, "", "what suits"));
    const fold = button("Fine tuning", "fold", () => {
      this.fineOpen = inside.hidden;
      inside.hidden = !this.fineOpen;
      fold.setAttribute("aria-expanded", String(this.fineOpen));
    }, { words: true, class: "fold", id: "work-fine-switch", "aria-expanded": String(Boolean(this.fineOpen)) });
    return el("div", { class: "work-folded" }, fold, inside);
  }

  // The part that is marked with I and O is the span of a re-cut.
  takeMarks() {
    const marks = this.acts.marks();
    if (marks) [this.answers.start, this.answers.end] = marks.map((each) => `${round(each)}`);
    return Boolean(marks);
  }

  marked() {
    if (this.marking || !this.take || !this.fields || !this.fields.isConnected) return;
    if (this.takeMarks() && this.tool === "recut") this.draw();
  }

  // What is typed here is marked on the clip, so that one sees and hears it played.
  markTyped() {
    const [start, end] = [this.answers.start, this.answers.end].map((value) => Number(String(value || "x").replace(",", ".")));
    if (this.take.outside || !(end > start)) return;
    this.marking = true;
    this.acts.markPart(start, end);
    this.marking = false;
  }

  number(name, label, value, keep, unit = "", empty = "") {
    const input = el("input", { type: "text", inputmode: "decimal", id: `work-${name}`, value, autocomplete: "off", placeholder: empty || (this.tool === "loop" ? "what suits" : ""), oninput: () => { keep(input.value); this.plan(); } });
    return el("label", { class: "work-number" }, el("span", {}, label), el("span", { class: "work-unit" }, input, unit ? el("i", {}, unit) : null));
  }

  moments(name, label) {
    const field = this.number(name, label, this.answers[name], (value) => { this.answers[name] = value; this.markTyped(); }, "s");
    const here = button("Here", null, () => {
      const at = this.acts.moment();
      this.answers[name] = field.querySelector("input").value = `${round(at ?? 0)}`;
      this.markTyped();
      this.forecast();
    }, { words: true, class: "quiet", title: "Where the clip stands now" });
    return el("div", { class: "work-moment" }, field, here);
  }

  place() {
    const words = () => (this.answers.at === null ? (this.answers.direction === "forward" ? "From its last frame" : "From its first frame") : `From ${round(this.answers.at)} s; the rest is left out`);
    const node = button(words(), "use", () => {
      this.answers.at = this.answers.at === null ? this.acts.moment() : null;
      if (this.answers.at === null) this.said.textContent = "";
      node.querySelector("span").textContent = words();
      node.setAttribute("aria-pressed", String(this.answers.at !== null));
      this.forecast();
    }, { words: true, class: "plain", id: "work-at", "aria-pressed": String(this.answers.at !== null), title: "Pause the clip at a frame, then press this to go on from there" });
    return el("div", { class: "work-place" }, el("span", { class: "choices-title" }, "Frame"), node);
  }

  // Takes are told apart by their pictures: many are of the same words. Those of the library are a press away.
  other() {
    const all = this.acts.takes().filter((each) => each.id !== this.take.id);
    if (this.otherTake && this.otherTake.id === this.take.id) this.otherTake = null;
    this.otherTake = this.otherTake || all[0] || null;
    const near = all.slice(0, NEAR);
    if (this.otherTake && !near.some((each) => each.id === this.otherTake.id)) near.unshift(this.otherTake);
    const named = el("span", { class: "work-other-name" });
    const name = () => { named.textContent = this.otherTake ? `${short(this.otherTake.title)} · ${round(this.otherTake.frames / this.otherTake.fps)} s · seed ${this.otherTake.seed}` : "There is no other take yet."; };
    const choose = (take) => {
      this.otherTake = take;
      name();
      const area = this.fields.querySelector("#work-prompt");
      if (area) area.placeholder = this.wordless();
      this.forecast();
    };
    const tile = (each) => {
      const input = el("input", { type: "radio", name: `work-other${this.take.outside ? "-outside" : ""}`, value: each.id, checked: each.id === this.otherTake.id, "aria-label": `${each.title}, seed ${each.seed}`, onchange: () => choose(each) });
      const node = el("label", { class: "work-other-tile", title: each.title }, input, el("img", { src: each.poster, alt: "", loading: "lazy", style: `aspect-ratio: ${each.width} / ${each.height}` }));
      playOnHover(node, node, each.clip);
      return node;
    };
    const others = { title: "The other take", many: false, done: ([take]) => { if (take.id === this.take.id) return; choose(take); this.draw(); } };
    const shelf = button("All takes", null, () => chooseTakes(others), { words: true, class: "link", id: "work-other-all" });
    name();
    return el("div", { class: "work-other" }, el("span", { class: "choices-title" }, "The other take"),
      el("div", { class: "work-other-row", id: "work-other", role: "radiogroup", "aria-label": "The other take" }, ...near.map(tile)), el("p", { class: "work-other-said" }, named, all.length ? shelf : null));
  }

  // What is said where nothing is written: the words of the take, and of the other one that it leads to.
  wordless() {
    const other = ["blend", "interpolate"].includes(this.tool) && this.otherTake;
    const told = [this.take.prompt, other && other.prompt].filter(Boolean).map((each) => each.replace(/[. ]+$/, ""));
    return [...new Set(told)].join(". ") || "What the new frames show";
  }

  words() {
    const area = el("textarea", { id: "work-prompt", rows: "2", placeholder: this.wordless(), oninput: () => { this.answers.prompt = area.value; this.plan(); } });
    area.value = this.answers.prompt;
    return el("label", { class: "work-words" }, el("span", {}, "What the new frames show"), area);
  }

  // What is asked of the studio

  asked() {
    const { tool, answers } = this;
    const body = { tool };
    if (this.drawn()) Object.assign(body, { prompt: answers.prompt.trim(), seed: answers.seed, steps: answers.steps });
    if (["extend", "loop", "blend", "interpolate"].includes(tool)) body.seconds = answers.seconds[tool] ?? { extend: "4", loop: "", blend: "1", interpolate: "1" }[tool];
    if (tool === "extend") Object.assign(body, { direction: answers.direction }, answers.at === null ? {} : { at: answers.at });
    if (tool === "blend" || tool === "interpolate") body.other = this.otherTake ? this.otherTake.id : "";
    if (tool === "blend") Object.assign(body, { curve: answers.curve, strength: answers.strength });
    if (tool === "remix") body.strength = answers.strength;
    if (tool === "recut") body[answers.cutting] = [answers.start, answers.end];
    if (tool === "recut" && answers.cutting === "replace") body.seconds = answers.span;
    if (tool === "upscale") body.factor = answers.factor;
    if (tool === "smooth") body.fps = answers.fps;
    return body;
  }

  async forecast() {
    const mark = (this.mark = {});
    try {
      const told = await ask(`${this.address()}/plan`, "POST", this.asked());
      if (mark !== this.mark) return;
      if (this.tool === "vary") return this.say(`They appear here side by side, as each is done${told.seconds ? `: about ${duration(told.seconds * this.answers.count)} of work` : ""}.`);
      const parts = [`The new take lasts ${round(told.length)} s`];
      if (told.made) parts.push(`${round(told.made)} s of it new`);
      if (this.tool === "upscale") parts.push(`${told.width} × ${told.height}`);
      if (this.tool === "smooth") parts.push(`${told.fps} frames a second`);
      if (told.seconds) parts.push(`about ${duration(told.seconds)} of work`);
      this.say(parts.join(", "));
    } catch (error) {
      if (mark === this.mark) this.say(error.message, true);
    }
  }

  say(words, wrong = false) {
    this.said.textContent = words;
    this.said.classList.toggle("note-warn", wrong);
    this.go.disabled = wrong;
  }

  async begin() {
    this.say("It goes into the queue …");
    this.go.disabled = true;
    const address = `${this.address()}/${this.tool === "vary" ? "vary" : "work"}`;
    try {
      const told = await tell(address, this.tool === "vary" ? { count: Number(this.answers.count) } : { ...this.asked(), consent: this.consent === this.take.id });
      if (told.notice) this.say(told.notice);
      this.acts.shot(told.jobs, null);
    } catch (error) {
      const policy = (error.said && error.said.policy) || {};
      const { offered } = policy;
      if (policy.consent) return this.askConsent(error.message);
      this.say(offered ? `${error.message} It could be: ${offered}` : error.message, true);
    } finally {
      this.go.disabled = false;
    }
  }

  address() {
    return `studio/${this.take.outside ? "given" : "takes"}/${this.take.id}`;
  }

  // The people in a clip from outside are the artist, or have agreed.
  askConsent(line) {
    this.say(line, true);
    this.said.append(" ", button("I have permission", null, () => { this.consent = this.take.id; this.begin(); }, { words: true, class: "plain", id: "work-consent" }));
  }

  // What it was made of, and what was made with it

  refresh() {
    const { take } = this;
    if (!take || !this.kin) return;
    const near = this.acts.takes().filter((each) => take.parents.includes(each.id) || (take.group && each.group === take.group));
    const key = [take.id, ...near.map((each) => each.id)].join(" ");
    if (key === this.kinKey) return;
    this.kinKey = key;
    this.kin.replaceChildren(...this.family(take, near));
  }

  family(take, takes) {
    const parents = takes.filter((each) => take.parents.includes(each.id));
    const kin = take.group ? takes.filter((each) => each.group === take.group) : [];
    if (parents.length === 1 && take.tool === "remix") return [this.beforeAfter(parents[0], take), ...this.sheet(take, kin)];
    const title = (index) => (parents.length === 1 ? "Compare with what it is made of" : `Compare with part ${index + 1}`);
    const found = [];
    if (parents.length) found.push(el("div", { class: "work-parents" }, ...parents.map((each, index) => button(title(index), "compare", () => this.acts.compareWith(each, take), { words: true, class: "quiet" }))));
    return [...found, ...this.sheet(take, kin)];
  }

  sheet(take, kin) {
    return kin.length > 1 ? [el("h3", {}, "Its variations"), el("ul", { class: "work-sheet" }, ...kin.map((each) => this.card(each, take)))] : [];
  }

  // A remix beside what it was drawn over: a line to wipe between the two, and what changed alone.
  beforeAfter(parent, take) {
    const open = (words, mode, id) => button(words, "compare", () => this.acts.compareWith(parent, take, { mode, named: ["Before", "After"] }), { words: true, class: "quiet", id });
    return el("div", { class: "work-parents" }, open("Before and after", "wipe", "work-before"), open("What changed", "change", "work-changed"));
  }

  card(each, take) {
    const open = el("button", { type: "button", class: "work-card", "aria-current": String(each.id === take.id), "aria-label": `Pick seed ${each.seed}`, onclick: () => this.acts.pick(each) },
      el("img", { src: each.poster, alt: "", style: `aspect-ratio: ${each.width} / ${each.height}` }));
    playOnHover(open, open, each.clip);
    return el("li", {}, open, el("span", {}, `seed ${each.seed}`));
  }
}

export function seamLines(take) {
  if (!take.seams.length) return [];
  return [el("h3", {}, "How its parts meet"), el("ul", { class: "seams" }, ...take.seams.map((seam) => el("li", { "data-tone": seam.tone }, el("b", {}, seam.at), el("span", {}, seam.words), el("i", {}, seam.figures))))];
}

// What a take came of, in the word of its tool.
export const toolName = (id) => (TOOLS.find(([name]) => name === id) || [id, id])[1].toLowerCase();

const round = (value) => Math.round(value * 100) / 100;
const short = (text, most = 46) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
