// The page's heart: asks the studio what goes on, shows it, and carries the keys. The render belongs to the studio:
// this only watches, so a reload, a lost connection or a closed tab loses nothing.
import { ask, clock, el } from "./dom.js";
import { Stage } from "./stage.js";
import { Takes } from "./takes.js";
import { draft, keepDrafts, listenForKeys, switchTheme } from "./shell.js";

const BUSY = 250; // milliseconds between looks while something is being shot
const IDLE = 3000;
const AWAY = 6000; // while the tab is hidden, or the studio does not answer

class Page {
  constructor(mounted) {
    this.trigger = mounted.trigger;
    this.jobs = [];
    this.takes = [];
    this.view = { kind: "empty", id: null };
    this.stage = new Stage(mounted.examples, {
      useExample: (name) => this.fill("use_example", { name }),
      useTake: (take) => this.fill("use_take", { take: take.id }),
      shootAgain: (take) => this.fill("shoot_again", { take: take.id }),
    });
    this.strip = new Takes({
      showTake: (id) => this.show("take", id),
      showJob: (id) => this.show("job", id),
      bin: (take) => this.bin(take),
      restore: (take) => this.restore(take),
    });
  }

  draft() {
    return draft();
  }

  async start(root) {
    root.replaceChildren(this.stage.node, this.strip.node);
    this.offline = el("p", { id: "offline", role: "status", hidden: true }, "The studio does not answer. The page goes on by itself when it does.");
    root.prepend(this.offline);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.soon(0); });
    await this.loadTakes();
    await this.look();
    if (this.view.kind === "empty" && this.jobs.length) this.show("job", this.jobs[0].id);
    else if (this.view.kind === "empty" && this.takes.length) this.show("take", this.takes[0].id);
    this.paint();
  }

  // Watching

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), wait);
  }

  async look() {
    clearTimeout(this.timer);
    const asked = this.view.kind === "job" ? this.view.id : null;
    try {
      const now = await ask(`studio/now${asked ? `?job=${encodeURIComponent(asked)}` : ""}`);
      this.offline.hidden = true;
      await this.take(now, asked);
    } catch (error) {
      if (error.status === 404 && asked) this.view = { kind: "empty", id: null };
      else this.offline.hidden = error.status !== undefined;
    }
    const wait = document.hidden || !this.offline.hidden ? AWAY : this.jobs.length ? BUSY : IDLE;
    this.soon(wait);
  }

  async take(now, asked) {
    const before = this.jobs;
    this.jobs = now.jobs;
    const gone = before.some((old) => !now.jobs.find((job) => job.id === old.id));
    if (gone) {
      await this.loadTakes();
      this.trigger("measured", {}); // the studio has measured itself again: the button may know more
    }
    const followed = now.followed;
    if (followed && this.view.id === asked) {
      if (followed.take && followed.state === "done") {
        if (!this.find(followed.take)) await this.loadTakes();
        this.view = { kind: "take", id: followed.take };
      } else this.followed = followed;
    }
    this.paint();
  }

  async loadTakes() {
    try {
      this.takes = (await ask("studio/takes")).takes;
    } catch {
      // the next look says that the studio does not answer
    }
  }

  find(id) {
    return this.takes.find((take) => take.id === id);
  }

  // Showing

  show(kind, id) {
    this.view = { kind, id };
    this.paint();
    if (kind === "job") this.soon(0);
  }

  paint() {
    const { kind, id } = this.view;
    const job = kind === "job" ? this.jobs.find((each) => each.id === id) || (this.followed && this.followed.id === id ? this.followed : null) : null;
    const take = kind === "take" ? this.find(id) : null;
    if (job) this.stage.showJob(job);
    else if (take) this.stage.showTake(take);
    else if (kind !== "job") this.stage.showEmpty();
    this.strip.show(this.takes, this.jobs, `${kind}-${id}`);
    const running = this.jobs.length > 0;
    document.body.dataset.shooting = String(running);
    this.paintQueue();
  }

  paintQueue() {
    const line = document.getElementById("queue-line");
    if (!line) return;
    const left = this.jobs.reduce((sum, job) => sum + (job.left || 0), 0);
    const words = this.jobs.length ? `queue ${this.jobs.length}${left ? ` · ${clock(Math.ceil(left))}` : ""}` : "";
    if (line.textContent !== words) line.textContent = words;
  }

  // Acting

  follow(job) {
    document.body.dataset.asking = "false";
    if (!job) return showWhatIsWrong();
    const watching = this.view.kind === "job" && this.jobs.some((each) => each.id === this.view.id);
    if (!watching) this.view = { kind: "job", id: job };
    this.stage.node.scrollIntoView({ block: "nearest" });
    this.soon(0);
  }

  async stop() {
    const mine = this.view.kind === "job" ? this.jobs.find((job) => job.id === this.view.id) : null;
    const job = mine || this.jobs[0];
    if (!job) return;
    try {
      this.followed = await ask(`studio/jobs/${job.id}/stop`, "POST");
    } catch {
      // it had ended by itself
    }
    this.soon(0);
  }

  fill(event, data) {
    this.trigger(event, data);
    const prompt = document.querySelector("#prompt textarea");
    if (prompt && matchMedia("(min-width: 900px)").matches) prompt.focus({ preventScroll: true });
  }

  async bin(take) {
    try {
      await ask(`studio/takes/${take.id}/bin`, "POST");
    } catch {
      return;
    }
    const at = this.takes.findIndex((each) => each.id === take.id);
    this.takes = this.takes.filter((each) => each.id !== take.id);
    if (this.view.id === take.id) {
      const next = this.takes[Math.min(at, this.takes.length - 1)];
      this.view = next ? { kind: "take", id: next.id } : { kind: "empty", id: null };
    }
    this.strip.offerUndo(take);
    this.paint();
  }

  async restore(take) {
    try {
      await ask(`studio/takes/${take.id}/restore`, "POST");
    } catch {
      return;
    }
    await this.loadTakes();
    this.show("take", take.id);
  }
}

// A refusal stands beside its field, which may be out of sight.
function showWhatIsWrong() {
  const wrong = document.querySelector(".field-error, #policy:not(.hide) .policy-why");
  if (wrong) wrong.scrollIntoView({ block: "nearest" });
}

function mount() {
  const element = [...document.querySelectorAll("#stage-frame, #stage-frame *")].find((node) => node.auteurStage);
  if (!element || window.auteur) return;
  const page = new Page(element.auteurStage);
  window.auteur = page;
  keepDrafts();
  listenForKeys(page);
  switchTheme();
  const prompt = document.querySelector("#prompt textarea");
  if (prompt && matchMedia("(min-width: 900px)").matches) prompt.focus({ preventScroll: true });
  page.start(element.querySelector("#stage-root") || element);
}

window.addEventListener("auteur:stage", mount);
mount();
