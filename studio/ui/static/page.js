// The page's heart: asks the studio what goes on, shows it, and carries what is done. The render belongs to the studio:
// this only watches, so a reload, a lost connection, a closed tab or a restarted studio loses nothing.
import { ask, clock, el, tell } from "./dom.js";
import { Acts } from "./acts.js";
import { ring } from "./bell.js";
import { Compare } from "./compare.js";
import { DrawRoom } from "./drawroom.js";
import { FilmPage } from "./film.js";
import { Form } from "./form.js";
import { remember } from "./kept.js";
import { Library } from "./library.js";
import { Queue } from "./queue.js";
import { Models } from "./models.js";
import { Settings } from "./settings.js";
import { goTo, openDialog, setTheme } from "./shell.js";
import { Stage } from "./stage.js";
import { Takes } from "./takes.js";
import { Toasts } from "./toast.js";
import { Undos } from "./undo.js";

const BUSY = 250; // milliseconds between looks while something is being shot
const IDLE = 3000;
const AWAY = 6000; // while the tab is hidden
const LOST = 2000; // while the studio does not answer

export class Page {
  constructor(start) {
    this.start = start;
    this.jobs = [];
    this.takes = [];
    this.paused = false;
    this.undos = new Undos(this);
    this.acts = new Acts(this);
    this.view = { kind: "empty", id: null };
    this.deeds = 0; // what was done to takes here, counted
    this.toasts = new Toasts();
    this.form = new Form(start, {
      stop: () => this.stop(),
      draw: (how) => this.drawRoom.open(how),
      useModel: (name, form) => this.useModel(name, form),
      undoable: (text, act) => this.undos.add(act, text),
      say: (words, more = {}) => this.toasts.say(words, more.undo ? { ...more, act: () => this.undos.undo() } : more),
      shot: (jobs, edited) => this.shot(jobs, edited),
    });
    this.stage = new Stage(start.examples, this.acts.ofTakes());
    this.compare = new Compare({ close: () => this.closeCompare() });
    this.strip = new Takes({ ...this.acts.ofTakes(), showTake: (id) => this.pick(id), showJob: (id) => this.show("job", id), more: () => this.moreTakes() });
    this.drawRoom = new DrawRoom(this);
    this.library = new Library(this);
    this.queue = new Queue(this);
    this.films = new FilmPage(this);
    this.models = new Models(this);
    this.settings = new Settings(this);
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("auteur") : null;
    if (this.channel) this.channel.onmessage = () => this.loadTakes().then(() => this.soon(0));
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
    const { deeds } = this;
    try {
      const told = await ask("studio/takes");
      if (deeds !== this.deeds) return this.loadTakes(); // told before it was done: a binned take would come back
      const older = this.takes.slice(told.takes.length).filter((take) => this.older && !told.takes.some((each) => each.id === take.id));
      this.takes = [...told.takes, ...older];
      if (!this.older) this.more = told.more;
      if (this.library.node.offsetParent) this.library.load();
    } catch {
      // the next look says that the studio does not answer
    }
    return null;
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
    return this.takes.find((take) => take.id === id) || (this.visited && this.visited.id === id ? this.visited : undefined);
  }

  // A take of the library on the stage, though the strip does not reach back so far.
  visit(take) {
    this.visited = take;
    goTo("Shoot");
    this.show("take", take.id);
  }

  changed(take) {
    this.deeds += 1;
    this.takes = this.takes.map((each) => (each.id === take.id ? take : each));
    if (this.visited && this.visited.id === take.id) this.visited = take;
    this.library.changed(take);
  }

  lose(ids) {
    this.deeds += 1;
    this.takes = this.takes.filter((take) => !ids.includes(take.id));
  }

  dialog(title, content, id) {
    return openDialog(title, content, id);
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
    if (job) this.stage.showJob(job, this.paused);
    else if (take) this.stage.showTake(take);
    else if (kind !== "job") this.stage.showEmpty();
    this.strip.show(this.takes, this.jobs, `${kind}-${id}`, this.more);
    this.queue.show(this.jobs, this.paused);
    document.body.dataset.shooting = String(this.jobs.length > 0);
    const line = document.getElementById("queue-line");
    const left = this.jobs.reduce((sum, each) => sum + (each.left ?? each.needs ?? 0), 0);
    const words = this.jobs.length ? `${this.paused ? "paused" : "queue"} ${this.jobs.length}${left ? ` · ${clock(Math.ceil(left))}` : ""}` : "";
    if (line && line.textContent !== words) line.textContent = words;
  }

  // The take that came of a shot, however old; one in the bin is offered back.
  async showTakeOf(job) {
    try {
      return this.visit(this.find(job.take) || (await ask(`studio/takes/${job.take}`)));
    } catch (error) {
      if (error.status !== 404) return this.toasts.say(error.message, { tone: "toast-stop" });
    }
    const binned = await ask(`studio/takes/${job.take}?bin=1`).catch(() => null);
    if (!binned) return this.toasts.say("This take was deleted.");
    return this.toasts.say("This take is in the bin.", { label: "Restore", act: () => { goTo("Shoot"); this.acts.restore(binned); } });
  }

  // Two takes

  beginCompare(take) {
    const stands = this.stage.take;
    if (stands && stands.id !== take.id) return this.showCompare(stands, take);
    if (this.takes.length < 2) return this.toasts.say("There is one take only: shoot another, then compare.");
    this.comparing = take;
    this.strip.ask("Choose the take to compare with.");
    return this.strip.node.scrollIntoView({ block: "nearest" });
  }

  pick(id) {
    const one = this.comparing;
    this.comparing = null;
    this.strip.ask("");
    if (one && one.id !== id && this.find(id)) return this.showCompare(one, this.find(id));
    return this.show("take", id);
  }

  showCompare(one, other, how = {}) {
    this.stage.player.video.pause();
    this.stage.node.hidden = true;
    this.compare.show(this.find(one.id) || one, this.find(other.id) || other, how); // as they are called by now
    this.compare.node.scrollIntoView({ block: "nearest" }); // on a phone it was asked for from below
  }

  // Keys of what plays: the take, or two of them in step.
  playKey(name) {
    return this.compare.node.hidden ? this.stage.key(name) : this.compare.press(name);
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
    if (!(await this.act(`studio/jobs/${job.id}/stop`)) || !waited) return;
    this.undos.add("server");
    this.toasts.say("Cancelled.", { act: () => this.undos.undo() });
  }

  tellTabs() {
    if (this.channel) this.channel.postMessage("takes");
  }

  // Settings

  // Another model knows other things: the page begins again with what it offers, and with the form as it is.
  async useModel(name, form = this.form.data) {
    remember({ ...form, model: name });
    try {
      await tell("studio/settings", { model: name });
      location.reload();
    } catch (error) {
      this.toasts.say(error.message, { tone: "toast-stop" });
    }
  }

  preferred(preferences) {
    this.start.preferences = preferences;
    setTheme(preferences.theme);
  }

  deleted() {
    this.lose(this.takes.map((take) => take.id));
    this.view = { kind: "empty", id: null };
    this.form.fill({}, { quiet: true });
    this.undos.forget();
    this.tellTabs();
    this.soon(0);
    this.paint();
  }
}
