// The Film page: one film at a time, every edit saved as it is made, what is shot and finished watched from here.
import { ask, button, calm, clock, duration, el, tell } from "./dom.js";
import { still } from "./direction.js";
import { Cards } from "./filmcards.js";
import { CastPanel } from "./filmcast.js";
import { listenForFilmFiles } from "./filmdrop.js";
import { Finish } from "./filmfinish.js";
import { FilmPlayer } from "./filmplayer.js";
import { LookPanel } from "./filmlook.js";
import { asShot } from "./filmshelf.js";
import { TitlesPanel } from "./filmtitles.js";
import { Trimmer } from "./filmtrim.js";
import { menuButton } from "./menu.js";
import { goTo, openDialog } from "./shell.js";

const BUSY = 700; // milliseconds between looks while something is shot or finished
const IDLE = 4000; // and the first pause before what was not saved is tried again
const TYPING = 500; // after the last key before what is typed is saved
const SIDES = { cast: "Cast", look: "Look", titles: "Titles and sound", finish: "Finish" };
const SIZES = [["landscape", "16:9"], ["portrait", "9:16"], ["square", "1:1"]];

export class FilmPage {
  constructor(page) {
    this.page = page;
    this.told = null; // what the studio said last
    this.film = null; // the script as it is shown, ahead of the studio by what is being typed
    this.waiting = null; // { said } of an edit that is not saved yet
    this.failed = 0; // times in a row that it could not be saved
    this.mounted = new Promise((done) => { this.moved = done; });
    this.trimmer = new Trimmer(this);
    this.player = new FilmPlayer(this);
    this.cards = new Cards(this);
    this.panels = { cast: new CastPanel(this), look: new LookPanel(this), titles: new TitlesPanel(this), finish: new Finish(this) };
    this.node = el("div", { id: "film" });
    this.file = el("input", { type: "file", id: "film-file", accept: ".yaml,.yml,.zip,.mp4,.webm,.gif,.webp", hidden: true, onchange: () => this.open(this.file) });
    this.build();
    document.addEventListener("keydown", (event) => this.key(event), true);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.soon(0); });
    addEventListener("beforeunload", () => { if (this.waiting) this.beacon(); });
  }

  build() {
    this.title = el("input", { id: "film-title", type: "text", maxlength: "120", "aria-label": "Title of the film", autocomplete: "off", spellcheck: "false", oninput: () => this.change((film) => { film.title = this.title.value; }, "The title", TYPING) });
    this.films = menuButton("Films", "fold", () => this.filmMenu(), { class: "plain", id: "film-menu" });
    this.size = el("select", { id: "film-size", "aria-label": "Shape of the film", onchange: () => this.change((film) => { film.size = this.size.value; }, "The shape") }, ...SIZES.map(([id, words]) => el("option", { value: id }, words)));
    this.undoButton = button("Take back", "undo", () => this.step("undo"), { class: "tool", id: "film-undo" });
    this.redoButton = button("Do again", "redo", () => this.step("redo"), { class: "tool", id: "film-redo" });
    this.state = el("span", { class: "dim", id: "film-saved", role: "status" });
    this.top = el("header", { class: "film-top" }, this.title, this.size, this.state, el("span", { class: "film-gap" }), this.undoButton, this.redoButton, this.films);
    this.tabs = Object.entries(SIDES).map(([name, words]) => button(words, null, () => this.side(name), { words: true, role: "tab", class: "side-tab", "data-side": name, id: `side-${name}`, "aria-controls": "film-side" }));
    this.sideBody = el("div", { id: "film-side", role: "tabpanel" });
    this.sidePanel = el("aside", { class: "film-side" }, el("div", { class: "side-tabs", role: "tablist", "aria-label": "About the film" }, ...this.tabs), this.sideBody);
    this.shootButton = button("Shoot", null, () => this.shoot(), { words: true, id: "film-shoot", class: "marquee" });
    this.stopButton = button("Stop", null, () => this.stop(), { words: true, id: "film-stop", class: "plain danger", hidden: true });
    this.note = el("p", { class: "dim film-note", role: "status" });
    this.action = el("div", { class: "film-action" }, this.note, this.stopButton, this.shootButton);
    this.work = el("div", { class: "film-work", hidden: true }, this.top, el("div", { class: "film-main" }, this.player.node, this.sidePanel), this.cards.node, el("div", { class: "film-foot" }, this.player.line, this.action));
    this.empty = el("div", { class: "film-empty", hidden: true },
      el("h2", {}, "Make a film"),
      el("p", { class: "dim" }, "Shots in a row, with a cast that stays the same: cut, continued, dissolved; with titles and sound. Begin with one of these, or drop a film here."),
      this.examples = el("ul", { class: "film-examples", id: "film-examples", "aria-label": "Films to begin with" }),
      el("div", { class: "film-begin" },
        button("An empty film", "plus", () => this.fresh({}), { words: true, class: "plain", id: "film-new" }),
        button("Open a film", "use", () => this.file.click(), { words: true, class: "plain" })));
    this.node.append(this.file, this.empty, this.work);
    listenForFilmFiles(this);
    this.side("cast");
  }

  async mount(root) {
    root.replaceChildren(this.node);
    if (this.begun) return; // Gradio drew the tab anew: the film that is shown stays
    this.begun = true;
    const told = await ask("studio/films").catch(() => ({ films: [] }));
    this.list = told.films;
    this.presets = told.presets || [];
    this.samples = told.examples || [];
    this.examples.replaceChildren(...this.sampleTiles((body) => this.fresh(body)));
    const wanted = localStorage.getItem("auteur.film");
    const known = this.list.find((film) => film.id === wanted) || this.list[0];
    if (known) await this.load(known.id);
    this.paint();
    this.moved();
    this.soon(IDLE);
  }

  visible() {
    return Boolean(this.node.offsetParent);
  }

  // The film

  async load(id) {
    await this.act(`studio/films/${id}`, null);
    this.paint();
  }

  async fresh(body) {
    return this.act("studio/films", body);
  }

  // Takes that were made elsewhere become shots: behind the others, or at their place.
  async receive(takes, place = null) {
    goTo("Film");
    await this.mounted;
    if (!this.told) await this.fresh({});
    if (!this.told || !takes.length) return;
    const offered = this.page.start.directions;
    this.change((film) => {
      if (film.shots.length === 1 && !film.shots[0].prompt && !film.shots[0].take) film.shots = [];
      const shots = takes.map((take) => ({ ...this.cards.blank(), ...asShot(take, offered) }));
      film.shots.splice(place === null ? film.shots.length : Math.min(place, film.shots.length), 0, ...shots);
    }, takes.length === 1 ? "A take as a shot" : `${takes.length} takes as shots`);
    const words = takes.length === 1 ? "The take is a shot" : `${takes.length} takes are shots`;
    this.page.toasts.say(`${words} of ${this.film.title}.`, { act: () => this.step("undo") });
    await this.saved();
    this.cards.list.lastElementChild?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  take(told) {
    const other = !this.told || this.told.id !== told.id;
    if (other) this.player.reset();
    this.told = told;
    if (told.film) this.film = told.film;
    localStorage.setItem("auteur.film", told.id);
    this.paint();
  }

  // What the studio does to the film itself, or which film is shown (without a body), one after the other: what was asked
  // for last is what stays. An edit that is made meanwhile follows it, and is made to what comes back.
  async act(address, body = {}) {
    this.page.toasts.outdate();
    await this.saved();
    while (this.acting) await this.acting;
    this.acting = this.done(address, body);
    try {
      return await this.acting;
    } finally {
      this.acting = null;
    }
  }

  async done(address, body) {
    try {
      this.take(body ? await tell(address, body) : await ask(address));
      this.soon(0);
      return true;
    } catch (error) {
      const policy = error.said && error.said.policy;
      const agree = policy && policy.consent ? { act: () => this.agree(address, body), label: "I have permission", id: "film-consent" } : {};
      this.page.toasts.say(policy ? policy.message : error.message, { tone: "toast-stop", ...agree });
      return false;
    }
  }

  // The people in the film's pictures are the artist, or have agreed: kept with the film.
  async agree(address, body) {
    this.change((film) => { film.consent = true; }, "Permission");
    await this.act(address, body);
  }

  // Change the script: shown at once, saved at once, or a moment after the last key.
  change(make, said, wait = 0, late = false) {
    if (!late) this.page.toasts.outdate(); // when its turn comes its own line may be there
    if (this.acting) {
      const id = this.told && this.told.id; // an edit of the film that was left is not one of the film that came
      return void this.acting.then(() => { if (this.film && this.told.id === id) this.change(make, said, wait, true); });
    }
    make(this.film);
    this.waiting = { said, typing: wait > 0 };
    this.paint();
    clearTimeout(this.saving);
    this.saving = setTimeout(() => { this.hurry?.(); this.save(); }, wait);
    return undefined;
  }

  async save() {
    if (!this.waiting || this.busy) return this.busy;
    const { said, typing } = this.waiting;
    this.waiting = null;
    clearTimeout(this.saving);
    const mine = this.film;
    this.busy = (async () => {
      try {
        const told = await tell(`studio/films/${this.told.id}/edit`, { version: this.told.version, film: mine, said, typing });
        this.failed = 0;
        this.told = { ...told, film: null };
        this.tellTabs();
      } catch (error) {
        await this.unsaved(mine, { said, typing }, error);
      }
    })();
    await this.busy;
    this.busy = null;
    this.paint();
    if (this.waiting) return this.save();
    return this.soon(BUSY);
  }

  // Tried again, after a pause that grows or with the next edit; unless another tab was first, or it can never be kept.
  async unsaved(mine, edit, error) {
    const say = (words) => this.page.toasts.say(words, { tone: "toast-stop" });
    const kept = error.status === 422 ? await ask(`studio/films/${this.told.id}`).catch(() => null) : null;
    this.failed += 1;
    const ends = error.status === 404 || kept || (error.said && error.said.now);
    if (!ends) {
      this.waiting = this.waiting || edit;
      say(`${error.status ? error.message : "The studio does not answer."} What you changed is still here.`);
      this.paint();
      return new Promise((done) => { this.hurry = done; setTimeout(done, IDLE * Math.min(this.failed, 4)); });
    }
    this.failed = 0;
    if (error.said.now) return this.conflict(mine, error.said);
    this.waiting = null;
    say(kept ? `${error.message} The film is as it was.` : "This film was deleted in another tab.");
    return kept ? this.take(kept) : this.gone();
  }

  async saved() {
    while (this.waiting || this.busy) await this.save();
  }

  gone() {
    this.told = this.film = this.waiting = null;
    this.paint();
  }

  // Another tab was first: its film is shown, and what was changed here can be put back in one click.
  conflict(mine, said) {
    this.take(said.now);
    this.page.toasts.say("This film was changed in another tab: that is shown now.", {
      label: "Put back what I changed", id: "film-mine",
      act: () => { this.film = mine; this.change(() => {}, "What this tab had changed"); },
    });
  }

  beacon() {
    const body = JSON.stringify({ version: this.told.version, film: this.film, said: this.waiting.said });
    navigator.sendBeacon(`studio/films/${this.told.id}/edit`, new Blob([body], { type: "application/json" }));
  }

  tellTabs() {
    if (this.page.channel) this.page.channel.postMessage("takes");
  }

  async step(what) {
    if (!this.told || !(what === "undo" ? this.told.undo || this.waiting : this.told.redo)) return;
    await this.saved();
    if (!this.told) return;
    const words = what === "undo" ? this.told.undo : this.told.redo;
    if (await this.act(`studio/films/${this.told.id}/${what}`)) this.page.toasts.say(`${what === "undo" ? "Taken back" : "Done again"}: ${words}.`);
  }

  // Watching

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), wait);
  }

  async look() {
    clearTimeout(this.timer);
    if (this.told && this.visible() && !document.hidden && !this.waiting && !this.busy && !this.acting) {
      const { id, version } = this.told;
      try {
        const told = await ask(`studio/films/${id}?version=${version}`);
        if (this.told.id === id && !this.waiting && !this.busy && !this.acting && told.version >= this.told.version) {
          if (told.film && told.version !== version) this.page.toasts.say("Changed in another tab.");
          this.take(told);
        }
      } catch (error) {
        if (error.status === 404) this.gone();
      }
    }
    const working = this.told && (this.told.shots.some((shot) => shot.others.length || (shot.job && !["failed", "cancelled"].includes(shot.job.state))) || this.told.exports.some((one) => ["waiting", "running"].includes(one.state)));
    this.soon(working ? BUSY : IDLE);
  }

  // Shooting

  async shoot(shots = null) {
    if (this.told && await this.act(`studio/films/${this.told.id}/shoot`, shots ? { shots } : {})) this.page.soon(0);
  }

  // Several more takes of a shot, to choose from; the one in the film stays.
  async vary(shot, takes) {
    if (await this.act(`studio/films/${this.told.id}/shoot`, { shots: [shot.id], takes })) this.page.soon(0);
  }

  // The same words with another seed: the take that was there stays among the shot's takes.
  async again(shot) {
    this.change((film) => {
      const one = film.shots.find((each) => each.id === shot.id);
      one.seed = Math.floor(Math.random() * 2 ** 31);
      one.take = "";
    }, "Another seed");
    await this.saved();
    await this.shoot([shot.id]);
  }

  async stop() {
    const alive = this.told.shots.flatMap((shot) => [...(shot.job && this.alive(shot.job) ? [shot.job.id] : []), ...shot.others]);
    for (const job of alive) await tell(`studio/jobs/${job}/stop`).catch(() => null);
    this.soon(0);
  }

  alive(job) {
    return ["queued", "running", "finishing", "paused"].includes(job.state);
  }

  // Films

  filmMenu() {
    const others = (this.list || []).filter((film) => !this.told || film.id !== this.told.id).slice(0, 8);
    return [
      ...others.map((film) => [film.title, "play", () => this.load(film.id)]),
      ["New film", "plus", () => this.fresh({}).then(() => this.relist())],
      ...(this.samples && this.samples.length ? [["Films to begin with", "star", () => this.showSamples()]] : []),
      ["Open a film", "use", () => this.file.click()],
      ...(this.told ? [
        ["Make a copy", "copy", () => this.act(`studio/films/${this.told.id}/copy`).then(() => this.relist())],
        ["Delete this film", "bin", () => this.remove()],
      ] : []),
    ];
  }

  sampleTiles(begin) {
    return this.samples.map((one) => el("li", {}, el("button", { type: "button", class: "film-sample", "data-name": one.name, onclick: () => begin({ example: one.name }) },
      el("span", { class: "film-faces" }, ...one.faces.map((face) => (calm() ? still(face) : el("img", { src: face, alt: "" })))), el("strong", {}, one.title), el("small", {}, one.words))));
  }

  showSamples() {
    const dialog = openDialog("Films to begin with", el("ul", { class: "film-examples" }, ...this.sampleTiles((body) => { dialog.close(); this.fresh(body).then(() => this.relist()); })), "film-samples");
  }

  async relist() {
    const told = await ask("studio/films").catch(() => null);
    if (told) this.list = told.films;
  }

  async remove() {
    const gone = this.told;
    await this.saved();
    await tell(`studio/films/${gone.id}/delete`).catch(() => null);
    this.told = this.film = null;
    await this.relist();
    if (this.list.length) await this.load(this.list[0].id);
    this.paint();
    this.page.toasts.say(`${this.titleOf(gone)} is deleted; its takes stay.`, { act: () => this.act(`studio/films/${gone.id}/restore`).then(() => this.relist()), last: false });
  }

  titleOf(told) {
    const known = (this.list || []).find((film) => film.id === told.id);
    return known ? known.title : "The film";
  }

  async openHere(file) {
    goTo("Film");
    await this.mounted;
    return this.open({ files: [file], value: "" });
  }

  async open(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return undefined;
    await this.saved();
    this.page.toasts.say(`Opening ${file.name}…`);
    try {
      const told = await ask(`studio/films/open?name=${encodeURIComponent(file.name)}`, "POST", file);
      if (told.take) return await this.receive([told.take]); // a clip of ours is a shot
      this.take(told);
      await this.relist();
      this.page.toasts.say(`${file.name} is open.`);
    } catch (error) {
      openDialog("This film cannot be opened", el("p", { class: "film-wrong" }, error.message), "film-wrong");
      this.page.toasts.clear();
    }
    return undefined;
  }

  // Showing

  side(name) {
    this.sideName = name;
    for (const tab of this.tabs) tab.setAttribute("aria-selected", String(tab.dataset.side === name));
    this.sideBody.replaceChildren(this.panels[name].node);
    this.sideBody.setAttribute("aria-labelledby", `side-${name}`);
    this.paint();
  }

  paint() {
    const { told, film } = this;
    this.empty.hidden = Boolean(film);
    this.work.hidden = !film;
    if (!film || !told) return;
    if (document.activeElement !== this.title) this.title.value = film.title;
    this.size.value = SIZES.some(([id]) => id === film.size) ? film.size : "landscape";
    this.undoButton.disabled = !told.undo && !this.waiting;
    this.redoButton.disabled = !told.redo;
    this.undoButton.title = told.undo ? `Take back: ${told.undo}` : "Take back";
    this.redoButton.title = told.redo ? `Do again: ${told.redo}` : "Do again";
    this.state.textContent = this.failed ? "not saved yet" : this.waiting || this.busy ? "saving …" : "saved";
    this.cards.show(film, told);
    this.player.show(film, told);
    this.panels[this.sideName].show(film, told);
    this.paintAction(told);
  }

  paintAction(told) {
    const alive = told.shots.filter((shot) => shot.job && this.alive(shot.job));
    const left = alive.reduce((sum, shot) => sum + (shot.job.left || 0), 0);
    const wrong = told.shots.filter((shot) => shot.error).length;
    const cost = told.cost ? ` · about ${duration(told.cost)}` : "";
    const words = wrong && !told.missing ? "Shoot the film" : told.missing ? `Shoot ${told.missing === told.shots.length ? "the film" : told.missing === 1 ? "the missing shot" : `${told.missing} missing shots`}${cost}` : alive.length ? "Shooting" : "All shots are there";
    this.shootButton.querySelector("span").textContent = words;
    this.shootButton.disabled = !told.missing || wrong > 0;
    const queued = alive.length + told.shots.reduce((sum, shot) => sum + shot.others.length, 0);
    this.stopButton.hidden = !queued;
    this.note.textContent = queued ? `${queued} in the queue${left ? ` · ${clock(Math.ceil(left))} left` : ""}` : wrong ? `${wrong === 1 ? "One shot is" : `${wrong} shots are`} not right yet.` : "";
  }

  // Keys

  key(event) {
    if (!this.visible() || !this.film || document.querySelector("dialog[open], .floating")) return;
    const typing = event.target.closest && event.target.closest("input:not([type=range]), textarea, select");
    const undoing = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    const redoing = (event.ctrlKey || event.metaKey) && (event.key.toLowerCase() === "y" || (undoing && event.shiftKey));
    if ((undoing || redoing) && !typing) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.step(redoing ? "redo" : "undo");
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!this.shootButton.disabled) this.shoot();
    } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && (this.cutKey(event) || this.player.key(event))) event.preventDefault();
  }

  cutKey(event) {
    const key = event.key.toLowerCase();
    const found = ["i", "o", "s"].includes(key);
    if (found && key === "i" && event.shiftKey) {
      const here = this.trimmer.here();
      if (here) this.trimmer.whole(here.shot.id);
    } else if (found) this.trimmer.mark(key);
    return found;
  }
}
