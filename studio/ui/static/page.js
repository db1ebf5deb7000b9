// The page's heart: asks the studio what goes on, shows it, and carries what is done. The render belongs to the studio:
// this only watches, so a reload, a lost connection, a closed tab or a restarted studio loses nothing.
import { ask, clock, el, tell } from "./dom.js";
import { ring } from "./bell.js";
import { Compare } from "./compare.js";
import { listenForFiles } from "./drop.js";
import { Form } from "./form.js";
import { closeFloating } from "./menu.js";
import { Queue } from "./queue.js";
import { Settings } from "./settings.js";
import { goTo, listenForKeys, listenForTheme, setTheme } from "./shell.js";
import { Stage } from "./stage.js";
import { Takes } from "./takes.js";
import { Toasts } from "./toast.js";

const BUSY = 250; // milliseconds between looks while something is being shot
const IDLE = 3000;
const AWAY = 6000; // while the tab is hidden
const LOST = 2000; // while the studio does not answer
const UNDO = 60;

class Page {
  constructor(start) {
    this.start = start;
    this.jobs = [];
    this.takes = [];
    this.paused = false;
    this.undos = [];
    this.view = { kind: "empty", id: null };
    this.toasts = new Toasts();
    this.form = new Form(start, {
      stop: () => this.stop(),
      undoable: (text, act) => this.undoable(act, text),
      shot: (jobs, edited) => this.shot(jobs, edited),
    });
    this.stage = new Stage(start.examples, this.takeActs());
    this.compare = new Compare({ close: () => this.closeCompare() });
    this.strip = new Takes({ ...this.takeActs(), showTake: (id) => this.pick(id), showJob: (id) => this.show("job", id), more: () => this.moreTakes() });
    this.queue = new Queue(this);
    this.settings = new Settings(this);
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("auteur") : null;
    if (this.channel) this.channel.onmessage = () => this.loadTakes().then(() => this.soon(0));
  }

  takeActs() {
    return {
      useExample: (example) => this.form.fill({ ...example.form, takes: this.form.data.takes }, { why: "The form is as it was" }),
      useTake: (take) => this.fillFrom(`studio/takes/${take.id}/form`, {}),
      use: (take, how, at) => this.fillFrom(`studio/takes/${take.id}/use`, { how, at }),
      shootAgain: (take) => this.shootAgain(take),
      compare: (take) => this.beginCompare(take),
      star: (take) => this.change(take, "star", { on: !take.starred }),
      name: (take, name) => this.change(take, "name", { name }),
      note: (take, note) => this.change(take, "note", { note }),
      bin: (take) => this.bin(take),
      takes: () => this.takes,
      job: (what, job) => this.act(`studio/jobs/${job.id}/${what}`),
      retry: (job) => this.act(`studio/jobs/${job.id}/retry`).then((made) => made && this.show("job", made.id)),
    };
  }

  async open(root) {
    this.offline = el("p", { id: "offline", role: "status", hidden: true }, "The studio does not answer. The page goes on by itself when it does.");
    const column = el("div", { id: "stage-column" }, this.offline, this.stage.node, this.compare.node, this.strip.node);
    root.replaceChildren(this.form.node, column);
    this.form.grow();
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.loadTakes().then(() => this.soon(0)); });
    await this.loadTakes();
    await this.look();
    if (this.view.kind === "empty" && this.jobs.length) this.show("job", this.jobs[0].id);
    else if (this.view.kind === "empty" && this.takes.length) this.show("take", this.takes[0].id);
    this.paint();
    document.body.dataset.ready = "true";
  }

  onShootPage() {
    return Boolean(this.form.node.offsetParent);
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
      if (!this.offline.hidden) await this.loadTakes();
      this.offline.hidden = true;
      await this.take(now, asked);
    } catch (error) {
      if (error.status === 404 && asked) this.view = { kind: "empty", id: null };
      else this.offline.hidden = error.status !== undefined && error.status < 500;
    }
    const working = this.jobs.some((job) => job.state !== "paused");
    this.soon(!this.offline.hidden ? LOST : document.hidden ? AWAY : working ? BUSY : IDLE);
  }

  async take(now, asked) {
    const gone = this.jobs.filter((old) => !now.jobs.find((job) => job.id === old.id));
    this.jobs = now.jobs;
    this.paused = now.paused;
    if (gone.length) {
      await this.loadTakes();
      this.form.look(); // the studio has measured itself again: the button may know more
      this.queue.loadEnded();
      this.ended(gone);
    }
    const { followed } = now;
    if (followed && this.view.id === asked) {
      if (followed.take && followed.state === "done") {
        if (!this.find(followed.take)) await this.loadTakes();
        this.view = this.find(followed.take) ? { kind: "take", id: followed.take } : { kind: "empty", id: null };
      } else this.followed = followed;
    }
    this.paint();
  }

  ended(gone) {
    if (this.jobs.length) return;
    const made = gone.some((job) => this.takes.some((take) => take.job === job.id));
    ring(this.start.preferences.notify, made ? `Done: ${gone[0].prompt}` : "The shot has ended.");
  }

  async loadTakes() {
    try {
      const told = await ask("studio/takes");
      const older = this.takes.slice(told.takes.length).filter((take) => this.older && !told.takes.some((each) => each.id === take.id));
      this.takes = [...told.takes, ...older];
      if (!this.older) this.more = told.more;
    } catch {
      // the next look says that the studio does not answer
    }
  }

  async moreTakes() {
    const last = this.takes[this.takes.length - 1];
    const told = await ask(`studio/takes?before=${last.id}`).catch(() => null);
    if (!told) return;
    this.older = true;
    this.takes = [...this.takes, ...told.takes];
    this.more = told.more;
    this.paint();
  }

  find(id) {
    return this.takes.find((take) => take.id === id);
  }

  // Showing

  show(kind, id) {
    this.closeCompare();
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
    this.strip.show(this.takes, this.jobs, `${kind}-${id}`, this.more);
    this.queue.show(this.jobs, this.paused);
    document.body.dataset.shooting = String(this.jobs.length > 0);
    const line = document.getElementById("queue-line");
    const left = this.jobs.reduce((sum, each) => sum + (each.left || 0), 0);
    const words = this.jobs.length ? `${this.paused ? "paused" : "queue"} ${this.jobs.length}${left ? ` · ${clock(Math.ceil(left))}` : ""}` : "";
    if (line && line.textContent !== words) line.textContent = words;
  }

  async showTakeOf(job) {
    goTo("Shoot");
    if (!this.find(job.take)) await this.loadTakes();
    if (this.find(job.take)) this.show("take", job.take);
  }

  // Two takes

  beginCompare(take) {
    const stands = this.stage.take;
    if (stands && stands.id !== take.id) return this.showCompare(stands, take);
    if (this.takes.length < 2) return this.toasts.say("There is one take only: shoot another, then compare.");
    this.comparing = take;
    return this.strip.ask("Choose the take to compare with.");
  }

  pick(id) {
    const one = this.comparing;
    this.comparing = null;
    this.strip.ask("");
    if (one && one.id !== id && this.find(id)) return this.showCompare(one, this.find(id));
    return this.show("take", id);
  }

  showCompare(one, other) {
    this.stage.player.video.pause();
    this.stage.node.hidden = true;
    this.compare.show(one, other);
  }

  closeCompare() {
    this.comparing = null;
    this.strip.ask("");
    if (this.compare.node.hidden) return;
    this.compare.hide();
    this.stage.node.hidden = false;
  }

  // Acting

  shot(jobs, edited) {
    if (edited) this.toasts.say("The waiting shot is changed.");
    const watching = this.view.kind === "job" && this.jobs.some((each) => each.id === this.view.id);
    if (!watching && !edited) this.show("job", jobs[0]);
    this.stage.node.scrollIntoView({ block: "nearest" });
    this.soon(0);
  }

  async act(address, body = {}) {
    try {
      const told = await tell(address, body);
      if (told && told.id && told.id === this.view.id) this.followed = told;
      this.soon(0);
      return told;
    } catch (error) {
      this.toasts.say(error.message, { tone: "toast-stop" });
      this.soon(0);
      return null;
    }
  }

  escape() {
    if (this.comparing || !this.compare.node.hidden) return this.closeCompare();
    return this.stop();
  }

  async stop() {
    const mine = this.view.kind === "job" ? this.jobs.find((job) => job.id === this.view.id) : null;
    const job = mine || this.jobs[0];
    if (!job) return;
    const waited = job.state === "queued";
    await this.act(`studio/jobs/${job.id}/stop`);
    if (waited) this.undoable("server");
  }

  async fillFrom(address, body) {
    try {
      const { form } = await tell(address, body);
      this.form.fill({ ...form, takes: this.form.data.takes }, { why: "The form is as it was" });
      this.toasts.say("The form is filled.", { act: () => this.undo() });
      if (matchMedia("(min-width: 900px)").matches) this.form.prompt.focus({ preventScroll: true });
      return true;
    } catch (error) {
      this.toasts.say(error.message, { tone: "toast-stop" });
      return false;
    }
  }

  // The same shot once more is another take: everything as it was, but the seed.
  async shootAgain(take) {
    const told = await this.act(`studio/jobs/${take.job}/again`);
    if (told) this.shot([told.id], null);
  }

  async editJob(job) {
    try {
      const { form } = await ask(`studio/jobs/${job.id}/form`);
      this.form.fill({ ...form, seed: form.seed || job.seed }, { why: "The form is as it was" });
      this.form.edit(job.id);
      goTo("Shoot");
    } catch (error) {
      this.toasts.say(error.message, { tone: "toast-stop" });
    }
  }

  async change(take, what, body) {
    const changed = await this.act(`studio/takes/${take.id}/${what}`, body);
    if (!changed) return;
    this.takes = this.takes.map((each) => (each.id === changed.id ? changed : each));
    this.undoable("server");
    this.tellTabs();
    this.paint();
  }

  async bin(take) {
    const done = await this.act(`studio/takes/${take.id}/bin`);
    if (!done) return;
    const at = this.takes.findIndex((each) => each.id === take.id);
    this.takes = this.takes.filter((each) => each.id !== take.id);
    if (this.view.id === take.id) {
      const next = this.takes[Math.min(at, this.takes.length - 1)];
      this.view = next ? { kind: "take", id: next.id } : { kind: "empty", id: null };
    }
    this.undoable("server", null, { kind: "delete", take: take.id });
    this.toasts.say("Take moved to the bin.", { act: () => this.restore(take), id: "undo-bin" });
    this.tellTabs();
    this.paint();
  }

  async restore(take) {
    if (!(await this.act(`studio/takes/${take.id}/restore`))) return;
    this.undos = this.undos.filter((each) => !(each.mark && each.mark.take === take.id));
    await this.loadTakes();
    this.tellTabs();
    this.show("take", take.id);
  }

  tellTabs() {
    if (this.channel) this.channel.postMessage("takes");
  }

  // Undo: what the form forgot is here, what the studio did is undone by the studio, in the order it was done.

  undoable(act, text = null, mark = null) {
    this.undos.push({ act, text, mark });
    if (this.undos.length > UNDO) this.undos.shift();
  }

  async undo() {
    const last = this.undos.pop();
    this.toasts.clear();
    if (last && last.act !== "server") {
      last.act();
      return this.toasts.say(`${last.text}.`);
    }
    const told = await this.act("studio/undo");
    if (!told) return null;
    await this.loadTakes();
    if (told.take && this.find(told.take) && told.kind === "delete") this.show("take", told.take);
    this.tellTabs();
    this.paint();
    return this.toasts.say(told.text ? `${told.text}.`.replace("..", ".") : "There is nothing to take back.");
  }

  // Settings

  preferred(preferences) {
    this.start.preferences = preferences;
    setTheme(preferences.theme);
  }

  deleted() {
    this.takes = [];
    this.undos = [];
    this.view = { kind: "empty", id: null };
    this.form.fill({}, { quiet: true });
    this.undos = [];
    this.tellTabs();
    this.soon(0);
    this.paint();
  }
}

// Gradio draws the tabs and gives each its place when it is first shown; the page moves in where there is one.

const rooms = new Map();

function moveIn() {
  for (const [name, root] of Object.entries({ queue: "queue-root", settings: "settings-root" })) {
    const node = document.getElementById(root);
    if (!node || !window.auteur || rooms.get(name) === node) continue;
    rooms.set(name, node);
    window.auteur[name].mount(node);
  }
}

async function mount() {
  const root = document.getElementById("room");
  if (!root || window.auteur || mount.begun) return moveIn();
  mount.begun = true;
  const start = await begin();
  const page = new Page(start);
  window.auteur = page;
  listenForKeys(page);
  listenForFiles(page);
  listenForTheme((theme) => tell("studio/settings", { theme }).then((told) => page.preferred(told.preferences), () => setTheme(theme)));
  setTheme(start.preferences.theme);
  document.addEventListener("click", (event) => {
    if (event.target.closest('[role="tab"]')) { closeFloating(); setTimeout(moveIn, 50); }
  });
  await page.open(root);
  if (matchMedia("(min-width: 900px)").matches) page.form.prompt.focus({ preventScroll: true });
  return moveIn();
}

async function begin() {
  for (;;) {
    try {
      return await ask("studio/start");
    } catch {
      await new Promise((wake) => { setTimeout(wake, LOST); });
    }
  }
}

window.addEventListener("auteur:room", mount);
mount();
