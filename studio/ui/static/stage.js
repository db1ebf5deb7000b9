// The stage: examples while it is empty, the picture as it forms, then the clip with its credential and recipe.
import { button, calm, clock, el, icon, rows } from "./dom.js";
import { Player } from "./player.js";

export class Stage {
  constructor(examples, acts) {
    this.acts = acts; // useExample(name), useTake(take), stop()
    this.player = new Player();
    this.take = null;
    this.well = this.buildWell(examples);
    this.facts = el("div", { id: "facts" });
    this.panel = el("div", { id: "panel", hidden: true });
    this.node = el("section", { id: "stage", "aria-label": "Stage", "data-view": "empty" }, this.well, this.player.transport, this.facts, this.panel);
    this.node.addEventListener("keydown", (event) => this.onKey(event));
  }

  buildWell(examples) {
    this.preview = el("img", { id: "preview", alt: "The picture as it forms", hidden: true });
    this.still = el("canvas", { id: "preview-still", hidden: true, "aria-hidden": "true" });
    this.words = el("p", { class: "slate-words" });
    this.steps = el("p", { class: "slate-steps" });
    this.left = el("p", { class: "slate-left" });
    this.bar = el("div", { class: "progress", role: "progressbar", "aria-label": "Shooting", "aria-valuemin": "0" }, el("i"));
    this.slate = el("div", { id: "slate" }, this.words, this.steps, this.left);
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
      "button", { type: "button", class: "card", "data-example": example.name, "data-picture": String(Boolean(example.poster || example.clip)), onclick: () => this.acts.useExample(example.name) },
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
      this.openPanel(null);
    }
    if (name !== "job") this.clearPreview();
  }

  clearPreview() {
    this.preview.hidden = this.still.hidden = true;
    this.preview.removeAttribute("src");
    this.shown = this.wanted = null;
  }

  showEmpty(note = "") {
    this.view("empty");
    this.message.textContent = note;
  }

  showJob(job) {
    if (this.jobId !== job.id) this.clearPreview();
    this.jobId = job.id;
    this.view("job");
    this.shape(job.width, job.height);
    this.message.textContent = "";
    const ended = job.state === "failed" || job.state === "cancelled";
    this.node.dataset.state = job.state;
    this.words.textContent = job.words;
    this.steps.textContent = job.steps && !ended && job.state === "running" ? `step ${job.step} of ${job.steps}` : "";
    this.left.textContent = !ended && job.left !== null ? `${clock(Math.ceil(job.left))} left` : "";
    this.bar.setAttribute("aria-valuemax", String(job.steps || 1));
    this.bar.setAttribute("aria-valuenow", String(job.step));
    this.bar.style.setProperty("--done", `${job.steps ? (100 * job.step) / job.steps : 0}%`);
    this.bar.style.setProperty("--blur", `${job.steps ? Math.max(0, 7 * (1 - job.step / job.steps)) : 7}px`);
    this.preview.style.filter = `blur(${job.steps ? Math.max(0, 5 * (1 - job.step / job.steps)).toFixed(1) : 5}px)`;
    if (ended) this.showEnd(job);
    else if (job.preview) this.showPreview(job.preview);
  }

  showEnd(job) {
    this.message.replaceChildren(
      el("p", { class: "end-title" }, job.words),
      el("p", { class: "end-why" }, job.error || (job.state === "cancelled" ? "Nothing was kept. Your words are where you left them." : "")),
    );
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

  showTake(take) {
    this.shape(take.width, take.height);
    this.view("take");
    this.message.textContent = "";
    const same = this.take && this.take.id === take.id;
    this.take = take;
    this.player.show(take);
    if (same) return;
    const open = this.openName;
    this.facts.replaceChildren(...this.buildFacts(take));
    this.openPanel(null);
    if (open) this.openPanel(open);
  }

  buildFacts(take) {
    const tone = take.credential.tone;
    this.toggles = {
      credential: button(take.credential.badge, "seal", () => this.togglePanel("credential"), { words: true, class: `badge badge-${tone}`, "aria-expanded": "false", "aria-controls": "panel", id: "badge" }),
      recipe: button("Recipe", "recipe", () => this.togglePanel("recipe"), { words: true, class: "quiet", "aria-expanded": "false", "aria-controls": "panel", id: "recipe-toggle" }),
    };
    const again = button("Shoot again", "again", () => this.acts.shootAgain(take), { words: true, class: "quiet", id: "again" });
    const download = el("a", { class: "quiet", id: "download", href: take.download, download: "" }, icon("download"), el("span", {}, "Download"));
    return [this.toggles.credential, el("span", { class: "gap" }), this.toggles.recipe, again, download];
  }

  togglePanel(name) {
    this.openPanel(this.openName === name ? null : name);
  }

  openPanel(name) {
    this.openName = name;
    for (const [key, toggle] of Object.entries(this.toggles || {})) toggle.setAttribute("aria-expanded", String(key === name));
    this.panel.hidden = name === null || !this.take;
    if (this.panel.hidden) return;
    this.panel.replaceChildren(...(name === "credential" ? this.credential() : this.recipe()));
  }

  credential() {
    const { credential } = this.take;
    const problems = credential.problems.map((problem) => el("li", {}, problem));
    return [
      el("h3", { id: "credential", "data-verdict": credential.verdict }, credential.line),
      el("p", { class: "panel-lead" }, "The credential travels inside the file. Any C2PA reader can check it."),
      rows(credential.rows.filter(([name]) => name !== "Seal")),
      problems.length ? el("ul", { class: "problems" }, ...problems) : null,
    ].filter(Boolean);
  }

  recipe() {
    const take = this.take;
    const copySeed = button("Copy seed", "copy", () => copy(take.seed, copySeed), { words: true, class: "quiet" });
    const copyAll = button("Copy recipe", "copy", () => copy(take.json, copyAll), { words: true, class: "quiet" });
    const load = button("Load into the form", "again", () => this.acts.useTake(take), { words: true, class: "quiet" });
    return [el("h3", { id: "recipe" }, "The recipe of this take"), rows(take.recipe), el("div", { class: "panel-tools" }, copySeed, copyAll, load)];
  }

  onKey(event) {
    if (this.node.dataset.view !== "take" || event.target.closest("button, a, input, textarea")) return;
    const acts = { " ": () => this.player.toggle(), ArrowLeft: () => this.player.step(-1), ArrowRight: () => this.player.step(1) };
    if (!acts[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    acts[event.key]();
  }
}

async function copy(text, node) {
  const words = node.querySelector("span");
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(text);
    words.textContent = "Copied";
  } catch {
    words.textContent = text.length < 40 ? text : "Copying is not allowed here";
  }
  setTimeout(() => { words.textContent = before; }, 1600);
}

export function playOnHover(node, place, clip) {
  let timer = null;
  let video = null;
  const begin = () => {
    if (calm()) return;
    timer = setTimeout(() => {
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
}
