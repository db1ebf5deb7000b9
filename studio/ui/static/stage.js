// The stage: examples while it is empty, the picture as it forms, then the clip with its credential and recipe.
import { button, calm, clock, duration, el, icon, sentence } from "./dom.js";
import { menuButton } from "./menu.js";
import { credentialPanel, recipePanel } from "./panels.js";
import { Player } from "./player.js";
import { TitleLine } from "./title.js";
import { Workbench } from "./workbench.js";

export class Stage {
  constructor(examples, acts) {
    this.acts = acts; // useExample, useTake, use(take, how, at), shootAgain, compare, star, bin, name, note, takes(), job(what, job), retry(job)
    this.player = new Player();
    this.title = new TitleLine(acts);
    this.workbench = new Workbench({ ...acts, moment: () => this.moment(), marks: () => this.player.marks(), markPart: (start, end) => this.take && this.player.markPart(start, end) });
    this.player.onmark = () => this.workbench.marked();
    this.take = null;
    this.well = this.buildWell(examples);
    this.facts = el("div", { id: "facts" });
    this.panel = el("div", { id: "panel", hidden: true });
    this.working = el("div", { id: "working" });
    this.node = el("section", { id: "stage", "aria-label": "Stage", "data-view": "empty" }, this.well, this.working, this.player.transport, this.title.node, this.facts, this.panel);
    this.node.addEventListener("keydown", (event) => this.onKey(event));
  }

  buildWell(examples) {
    this.preview = el("img", { id: "preview", alt: "The picture as it forms", hidden: true });
    this.still = el("canvas", { id: "preview-still", hidden: true, "aria-hidden": "true" });
    this.prompt = el("p", { class: "slate-prompt" });
    this.words = el("p", { class: "slate-words" });
    this.steps = el("p", { class: "slate-steps" });
    this.left = el("p", { class: "slate-left" });
    this.bar = el("div", { class: "progress", role: "progressbar", "aria-label": "Shooting", "aria-valuemin": "0" }, el("i"));
    this.slate = el("div", { id: "slate" }, this.prompt, this.words, this.steps, this.left);
    this.message = el("div", { id: "stage-message", role: "status" });
    this.frame = el("div", { id: "frame" }, this.preview, this.still, this.player.video, this.message, this.slate, this.bar);
    return el("div", { id: "well" }, this.buildExamples(examples), this.frame);
  }

  buildExamples(examples) {
    const cards = examples.map((example) => this.card(example));
    return el("div", { id: "examples" }, el("h2", {}, "Write a shot, or begin with one of these"), el("div", { class: "cards" }, ...cards));
  }

  card(example) {
    const picture = el("span", { class: "card-picture" });
    if (example.poster) picture.append(el("img", { src: example.poster, alt: "", loading: "lazy" }));
    else if (example.clip) picture.append(el("video", { src: example.clip, muted: true, playsinline: true, preload: "metadata" }));
    const card = el(
      "button", { type: "button", class: "card", "data-example": example.name, "data-picture": String(Boolean(example.poster || example.clip)), onclick: () => this.acts.useExample(example) },
      picture, el("span", { class: "card-title" }, example.title), el("span", { class: "card-prompt" }, example.prompt),
    );
    if (example.clip) playOnHover(card, picture, example.clip);
    return card;
  }

  shape(width, height) {
    this.frame.style.setProperty("--ratio", `${width / height}`);
    this.frame.style.aspectRatio = `${width} / ${height}`;
  }

  view(name) {
    if (this.node.dataset.view === name) return;
    this.node.dataset.view = name;
    if (name !== "take") {
      this.take = null;
      this.player.clear();
      this.facts.replaceChildren();
      this.title.hide();
      this.panel.hidden = true;
    }
    if (name !== "job") {
      this.clearPreview();
      this.working.replaceChildren();
      this.workingKey = null;
    }
  }

  clearPreview() {
    this.preview.hidden = this.still.hidden = true;
    this.preview.removeAttribute("src");
    delete this.preview.dataset.version;
    this.shown = this.wanted = null;
  }

  showEmpty(note = "") {
    this.view("empty");
    this.message.textContent = note;
  }

  // A shot that waits, is being shot, or has ended without a take

  showJob(job, paused) {
    if (this.jobId !== job.id) this.clearPreview();
    this.jobId = job.id;
    this.view("job");
    this.shape(job.width, job.height);
    const ended = job.state === "failed" || job.state === "cancelled";
    if (!ended) this.message.textContent = "";
    this.node.dataset.state = job.state;
    const held = paused && job.state === "queued";
    this.prompt.textContent = job.prompt;
    this.words.textContent = held ? "The queue is paused" : job.state === "queued" && job.ahead ? `${job.words}: ${job.ahead} before it` : job.words;
    const begun = job.state === "running" || (job.step && ["paused", "queued"].includes(job.state)); // what was done stays done
    this.steps.textContent = job.steps && begun ? `step ${job.step} of ${job.steps}` : "";
    const needs = job.needs ? `about ${duration(job.needs)}` : ""; // before it can tell by itself
    this.left.textContent = ended ? "" : job.left !== null ? `${clock(Math.ceil(job.left))} left` : needs;
    this.bar.setAttribute("aria-valuemax", String(job.steps || 1));
    this.bar.setAttribute("aria-valuenow", String(job.step));
    this.bar.style.setProperty("--done", `${job.steps ? (100 * job.step) / job.steps : 0}%`);
    this.preview.style.filter = `blur(${job.steps ? Math.max(0, 5 * (1 - job.step / job.steps)).toFixed(1) : 5}px)`;
    this.showWorking(job, ended, held);
    if (ended) this.showEnd(job);
    else if (job.preview) this.showPreview(job.preview);
  }

  showWorking(job, ended, held) {
    const key = `${job.id} ${job.state} ${job.asked} ${held}`;
    if (this.workingKey === key) return;
    this.workingKey = key;
    const act = (words, shape, what, id) => button(words, shape, () => this.acts.job(what, job), { words: true, class: "quiet", id });
    const running = job.state === "running" && !job.asked; // it is asked once
    const tools = ended ? [] : [
      held ? button("Let the queue go on", "play", () => this.acts.queueOn(), { words: true, class: "quiet", id: "queue-on" }) : null,
      job.state === "paused" ? act("Go on", "play", "resume", "job-resume") : running ? act("Pause", "pause", "pause", "job-pause") : null,
      running ? act("Stop and keep what is there", "stop", "keep", "job-keep") : null,
    ];
    this.working.replaceChildren(...tools.filter(Boolean));
  }

  showEnd(job) {
    if (this.message.dataset.job === `${job.id} ${job.state}` && this.message.childElementCount) return;
    this.message.dataset.job = `${job.id} ${job.state}`;
    const retry = job.state === "failed" ? button("Shoot it again", "again", () => this.acts.retry(job), { words: true, class: "plain", id: "retry" }) : null;
    this.message.replaceChildren(...[
      el("p", { class: "end-title" }, job.words),
      el("p", { class: "end-why end-prompt" }, job.prompt),
      el("p", { class: "end-why" }, sentence(job.error || "") || (job.state === "cancelled" ? "Nothing was kept. Your words are where you left them." : "")),
      retry,
    ].filter(Boolean));
  }

  // The next preview appears once it is decoded, so that the picture never blinks.
  async showPreview(address) {
    if (this.wanted === address) return;
    this.wanted = address;
    const next = new Image();
    next.src = address;
    try {
      await next.decode();
    } catch {
      return; // the render has moved on: a newer one comes
    }
    if (this.wanted !== address) return;
    if (calm()) this.holdStill(next);
    else {
      this.preview.src = address;
      this.preview.hidden = false;
    }
    this.preview.dataset.version = address;
  }

  holdStill(image) {
    this.still.width = image.naturalWidth;
    this.still.height = image.naturalHeight;
    this.still.getContext("2d").drawImage(image, 0, 0);
    this.still.hidden = false;
  }

  // A take

  showTake(take) {
    this.shape(take.width, take.height);
    this.view("take");
    this.message.textContent = "";
    const same = this.take && this.take.id === take.id;
    const changed = !same || this.take !== take;
    this.take = take;
    this.player.show(take);
    if (same) this.workbench.refresh();
    if (!changed) return;
    this.title.show(take);
    if (same) return;
    this.facts.replaceChildren(...this.buildFacts(take));
    const open = this.openName;
    this.openPanel(open || null);
  }

  buildFacts(take) {
    const toggle = (name, words, shape, id, kind) => button(words, shape, () => this.togglePanel(name), { words: true, class: kind, "aria-expanded": "false", "aria-controls": "panel", id });
    this.toggles = {
      credential: toggle("credential", take.credential.badge, "seal", "badge", `badge badge-${take.credential.tone}`),
      work: toggle("work", "Tools", "pen", "work-toggle", "quiet"),
      recipe: toggle("recipe", "Recipe", "recipe", "recipe-toggle", "quiet"),
    };
    const use = menuButton("Use", "use", () => [
      ["As first frame", null, () => this.acts.use(take, "first", this.moment())],
      ["As last frame", null, () => this.acts.use(take, "last", this.moment())],
      ["Go on from here", null, () => this.acts.use(take, "continue", this.moment())],
      ...(this.player.marks() ? [["The marked part as frames", null, () => this.acts.use(take, "part", this.player.marks())]] : []),
      ["Draw on this frame", null, () => { this.player.video.pause(); this.acts.drawOn(this.player.video); }],
    ], { class: "quiet", id: "use" });
    const again = button("Shoot again", "again", () => this.acts.shootAgain(take), { words: true, class: "quiet", id: "again" });
    const compare = button("Compare", "compare", () => this.acts.compare(take), { words: true, class: "quiet", id: "compare-toggle" });
    const download = el("a", { class: "quiet", id: "download", href: take.download, download: "", "aria-label": "Download", title: "Download" }, icon("download"));
    const bin = button("Move to the bin", "bin", () => this.acts.bin(take), { class: "quiet", id: "bin-take" });
    return [this.toggles.credential, el("span", { class: "gap" }), this.toggles.work, use, again, compare, this.toggles.recipe, download, bin];
  }

  // Where the hand has stopped the clip, in seconds; while it plays nobody has chosen a frame.
  moment() {
    return this.player.video.paused && this.player.video.currentTime > 0 ? this.player.at() / this.take.fps : null;
  }

  togglePanel(name) {
    this.openPanel(this.openName === name ? null : name);
    if (!this.panel.hidden) this.panel.scrollIntoView({ block: "nearest" });
  }

  openPanel(name) {
    this.openName = name;
    for (const [key, toggle] of Object.entries(this.toggles || {})) toggle.setAttribute("aria-expanded", String(key === name));
    this.panel.hidden = name === null || !this.take;
    if (this.panel.hidden) return;
    const panels = {
      credential: () => credentialPanel(this.take),
      work: () => this.workbench.panel(this.take),
      recipe: () => recipePanel(this.take, this.acts.takes(), this.acts),
    };
    this.panel.replaceChildren(...panels[name]());
  }

  onKey(event) {
    if (this.node.dataset.view !== "take" || event.target.closest("button, a, input, textarea, select") || event.ctrlKey || event.metaKey) return;
    if (this.key(event.key)) event.preventDefault();
  }

  // Keys of the player, wherever the focus is that does not need them.
  key(name) {
    if (!this.take) return false;
    const acts = { " ": () => this.player.toggle(), ArrowLeft: () => this.player.step(-1), ArrowRight: () => this.player.step(1) };
    const act = acts[name] || (/^[io]$/.test(name) ? () => this.player.mark(name) : name === "I" || name === "O" ? () => this.player.mark(null) : null) || (/^[jkl]$/i.test(name) ? () => this.player.shuttle(name.toLowerCase()) : null);
    if (act) act();
    return Boolean(act);
  }
}

export function playOnHover(node, place, clip) {
  let timer = null;
  let video = null;
  const begin = () => {
    if (calm()) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (video) return;
      video = el("video", { muted: true, loop: true, playsinline: true, class: "hover-clip", src: clip });
      place.append(video);
      video.play().catch(() => {});
    }, 120);
  };
  const end = () => {
    clearTimeout(timer);
    if (video) video.remove();
    video = null;
  };
  node.addEventListener("pointerenter", begin);
  node.addEventListener("pointerleave", end);
  node.addEventListener("focus", begin);
  node.addEventListener("blur", end);
}
