// The Queue page: what is being shot, what waits (in an order the hand can change), and what has ended, with its reason.
import { ask, button, clock, duration, el, icon, sentence, tell } from "./dom.js";

export class Queue {
  constructor(page) {
    this.page = page;
    this.pauseButton = button("Pause the queue", "pause", () => this.act(this.paused ? "studio/queue/resume" : "studio/queue/pause"), { words: true, class: "plain", id: "queue-pause" });
    this.clearButton = button("Cancel all that wait", "close", () => this.clear(), { words: true, class: "plain", id: "queue-clear" });
    this.said = el("p", { class: "queue-said", role: "status" });
    this.waiting = el("ol", { class: "rows-list", id: "queue-waiting" });
    this.ended = el("ul", { class: "rows-list", id: "queue-ended" });
    this.more = button("Earlier ones", "plus", () => this.loadEnded(this.next), { words: true, class: "plain", hidden: true });
    this.endedTitle = el("h3", { hidden: true }, "Ended");
    this.empty = el("div", { class: "empty" }, el("p", {}, "Nothing waits."), el("p", { class: "dim" }, "Shoot as often as you like: shots stand in line here, and go on when the page is closed."));
    this.tiles = new Map();
    this.node = el("div", { class: "sheet-page" },
      el("header", { class: "page-top" }, el("div", {}, el("h2", {}, "Queue"), this.said), el("div", { class: "page-tools" }, this.pauseButton, this.clearButton)),
      this.empty, this.waiting, this.endedTitle, this.ended, this.more);
  }

  mount(root) {
    root.replaceChildren(this.node);
    this.show(this.page.jobs, this.page.paused);
    this.loadEnded();
  }

  show(jobs, paused) {
    if (!this.node.isConnected) return;
    this.paused = paused;
    const waits = jobs.filter((job) => job.state === "queued");
    const left = jobs.reduce((sum, job) => sum + (job.left ?? job.needs ?? 0), 0);
    this.said.textContent = paused ? "Paused: what is being shot ends, nothing new begins." : jobs.length ? `${jobs.length} in line${left ? `, about ${duration(left)}` : ""}` : "";
    this.pauseButton.querySelector("span").textContent = paused ? "Go on" : "Pause the queue";
    this.pauseButton.firstChild.replaceWith(icon(paused ? "play" : "pause"));
    this.pauseButton.hidden = !jobs.length && !paused;
    this.clearButton.hidden = !waits.length;
    this.empty.hidden = jobs.length > 0;
    if (!this.dragging) this.lay(jobs);
  }

  lay(jobs) {
    const wanted = jobs.map((job) => this.row(job));
    const kept = new Set(wanted.map((row) => row.dataset.key));
    for (const key of this.tiles.keys()) if (!kept.has(key)) this.tiles.delete(key);
    const focused = document.activeElement;
    wanted.forEach((row, index) => { if (this.waiting.children[index] !== row) this.waiting.insertBefore(row, this.waiting.children[index] || null); });
    while (this.waiting.children.length > wanted.length) this.waiting.lastChild.remove();
    if (focused && focused !== document.activeElement && this.waiting.contains(focused)) focused.focus();
  }

  row(job) {
    const key = `${job.id} ${job.state === "finishing" ? "running" : job.state} ${job.asked}`;
    const row = this.tiles.get(key) || this.newRow(key, job);
    row.job = job;
    row.querySelector(".row-title").textContent = job.prompt;
    const place = job.state === "queued" && job.ahead !== null ? (job.ahead ? `${job.ahead} before it` : "next") : "";
    const steps = job.steps && (job.state === "running" || job.step) && job.state !== "finishing" ? `step ${job.step} of ${job.steps}` : "";
    const left = job.left !== null ? `${clock(Math.ceil(job.left))} left` : job.state === "queued" && job.needs ? `about ${duration(job.needs)}` : "";
    row.querySelector(".row-said").textContent = [job.state === "queued" ? "" : job.words, place, steps, left, `${job.seconds} s`, `seed ${job.seed}`].filter(Boolean).join(" · ");
    row.querySelector(".row-bar").style.width = `${job.steps ? (100 * job.step) / job.steps : 0}%`;
    const picture = row.querySelector(".row-picture");
    if (job.preview && picture.dataset.src !== job.preview) {
      picture.dataset.src = job.preview;
      picture.replaceChildren(el("img", { src: job.preview, alt: "" }));
    }
    return row;
  }

  newRow(key, job) {
    const row = el("li", { class: "job-row", "data-key": key, "data-job": job.id, "data-state": job.state });
    const queued = job.state === "queued";
    const grip = queued ? button("Move: drag, or Alt and the arrows", "grip", () => {}, { class: "tool grip" }) : el("span", { class: "grip" });
    const picture = el("span", { class: "row-picture", style: `aspect-ratio: ${job.width} / ${job.height}` });
    row.append(grip, picture, el("div", { class: "row-words" }, el("p", { class: "row-title" }), el("p", { class: "row-said" })), this.tools(row, job), el("i", { class: "row-bar" }));
    if (queued) this.movable(row, grip);
    this.tiles.set(key, row);
    return row;
  }

  tools(row, job) {
    const act = (words, shape, does, id, short = words) => tool(words, shape, does, short, { "data-act": id });
    const on = (what) => () => this.act(`studio/jobs/${job.id}/${what}`);
    const list = [];
    if (job.state === "queued") list.push(act("Edit", "pen", () => this.page.acts.editJob(row.job), "edit"));
    if (job.state === "paused") list.push(act("Go on", "play", on("resume"), "resume"));
    if (job.state === "running") list.push(act("Pause", "pause", on("pause"), "pause"), act("Stop and keep what is there", "stop", on("keep"), "keep", "Keep"));
    list.push(act("The same once more", "copy", on("again"), "clone", "Once more"));
    list.push(act(job.state === "queued" ? "Cancel" : "Stop", "close", () => this.cancel(row.job), "cancel"));
    return el("div", { class: "row-tools" }, ...list);
  }

  // Reordering: by the grip with a hand, or Alt and the arrows anywhere in the row.

  movable(row, grip) {
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const rows = this.queued();
      const at = rows.indexOf(row);
      if (event.key === "ArrowUp" && at > 0) this.move(row.job, rows[at - 1].job.id);
      if (event.key === "ArrowDown" && at < rows.length - 1) this.move(row.job, rows[at + 2] ? rows[at + 2].job.id : "last");
    });
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      grip.focus();
      this.dragging = row.dataset.dragged = true;
      // On the document: moving the row in the list would let go of what it had captured.
      const follow = (move) => this.follow(row, move.clientY);
      const done = () => {
        for (const [name, act] of [["pointermove", follow], ["pointerup", done], ["pointercancel", done]]) document.removeEventListener(name, act);
        delete row.dataset.dragged;
        this.dragging = false;
        const after = this.queued()[this.queued().indexOf(row) + 1];
        this.move(row.job, after ? after.job.id : "last");
      };
      for (const [name, act] of [["pointermove", follow], ["pointerup", done], ["pointercancel", done]]) document.addEventListener(name, act);
    });
  }

  follow(row, y) {
    for (const other of this.queued()) {
      if (other === row) continue;
      const { top, height } = other.getBoundingClientRect();
      const middle = top + height / 2;
      const before = row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING;
      if (before && y < middle) return this.waiting.insertBefore(row, other);
      if (!before && y > middle && y < top + height) return this.waiting.insertBefore(row, other.nextSibling);
    }
    return null;
  }

  queued() {
    return [...this.waiting.children].filter((row) => row.job.state === "queued");
  }

  async move(job, before) {
    await this.act(`studio/jobs/${job.id}/move`, { before });
    const row = this.waiting.querySelector(`[data-job="${job.id}"]`);
    row?.querySelector(".grip").focus();
  }

  // Acting

  // Whether the studio did it; why not is said.
  async act(address, body = {}) {
    let done = true;
    try {
      await tell(address, body);
    } catch (error) {
      done = false;
      this.page.toasts.say(error.message, { tone: "toast-stop" });
    }
    await this.page.look();
    return done;
  }

  async cancel(job) {
    const done = await this.act(`studio/jobs/${job.id}/stop`);
    if (!done || job.state !== "queued") return;
    this.page.undos.add("server");
    this.page.toasts.say("Cancelled.", { act: () => this.page.undos.undo() });
  }

  async clear() {
    if (!(await this.act("studio/queue/clear"))) return;
    this.page.undos.add("server");
    this.page.toasts.say("Everything that waited is cancelled.", { act: () => this.page.undos.undo() });
  }

  async loadEnded(before = null) {
    if (!this.node.isConnected) return;
    let told;
    try {
      told = await ask(`studio/jobs${before ? `?before=${before}` : ""}`);
    } catch {
      return;
    }
    this.next = told.next;
    this.more.hidden = !told.next;
    const rows = told.jobs.map((job) => this.endedRow(job));
    if (before) this.ended.append(...rows);
    else this.ended.replaceChildren(...rows);
    this.endedTitle.hidden = !this.ended.childElementCount;
  }

  endedRow(job) {
    const words = { done: "Done", failed: sentence(job.error || "It failed."), cancelled: sentence(job.error || "Stopped") }[job.state];
    const open = job.take ? tool("Show the take", "play", () => this.page.showTakeOf(job), "Show") : null;
    const again = () => this.act(`studio/jobs/${job.id}/again`, { same_seed: job.state !== "done" });
    const retry = job.state === "failed" ? tool("Shoot it again", "again", again, "Again", { "data-act": "retry" }) : tool("The same once more", "again", again, "Once more", { "data-act": "retry" });
    const picture = el("span", { class: "row-picture", style: `aspect-ratio: ${job.width} / ${job.height}` }, job.take ? el("img", { src: `studio/takes/${job.take}/poster`, alt: "", loading: "lazy", onerror: (event) => event.target.remove() }) : null);
    return el("li", { class: "job-row", "data-job": job.id, "data-state": job.state }, el("span", { class: "grip" }), picture,
      el("div", { class: "row-words" }, el("p", { class: "row-title" }, job.prompt), el("p", { class: "row-said" }, `${words} · ${job.when}`)), el("div", { class: "row-tools" }, ...[open, retry].filter(Boolean)));
  }
}

// A sign with its name; a phone, which has no hover, shows the short name under it.
function tool(words, shape, does, short, more = {}) {
  const node = button(words, shape, does, { class: "tool", ...more });
  node.append(el("span", { "aria-hidden": "true" }, short));
  return node;
}
