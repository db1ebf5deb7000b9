// The Library: every take, a page of posters at a time; looked for by words, star, model, film and date; put away and
// taken out again. Thousands stay quick: a page is asked for when its end comes near, and what is off the screen rests.
import { ask, bytes, button, el, icon, later } from "./dom.js";
import { openTake } from "./librarytake.js";
import { makeRoom } from "./diskroom.js";
import { playOnHover } from "./stage.js";
import { toolName } from "./workbench.js";

const DAY = 86400;
const WHEN = [["", "Any time"], ["1", "Today"], ["7", "Last 7 days"], ["30", "Last 30 days"], ["365", "Last year"]];

export class Library {
  constructor(page) {
    this.page = page;
    this.asked = { search: "", starred: false, model: "", film: "", days: "", bin: false };
    this.takes = [];
    this.chosen = new Set();
    this.node = el("div", { class: "sheet-page", id: "library" });
    this.build();
  }

  // Drawing

  build() {
    const soon = later(250, () => this.load());
    this.search = el("input", { type: "search", id: "library-search", placeholder: "Search words, names, notes", "aria-label": "Search the takes", autocomplete: "off", spellcheck: "false", oninput: () => { this.asked.search = this.search.value; soon(); } });
    this.starred = button("Starred", "star", () => this.set("starred", !this.asked.starred), { words: true, class: "plain toggle", id: "library-starred", "aria-pressed": "false" });
    this.model = this.filter("model", "Model");
    this.film = this.filter("film", "Film");
    this.days = this.filter("days", "When", WHEN);
    this.binned = button("Bin", "bin", () => this.set("bin", !this.asked.bin), { words: true, class: "plain toggle", id: "library-bin", "aria-pressed": "false" });
    this.room = button("Make room", null, () => makeRoom(this), { words: true, class: "link", id: "library-room" });
    this.said = el("p", { class: "queue-said", role: "status" });
    this.bar = el("div", { id: "library-bar", hidden: true, role: "group", "aria-label": "Chosen takes" });
    this.grid = el("ul", { id: "library-grid", "aria-label": "Takes" });
    this.empty = el("div", { class: "empty", hidden: true });
    this.end = el("div", { id: "library-end", "aria-hidden": "true" });
    this.node.replaceChildren(
      el("header", { class: "page-top" }, el("div", {}, el("h2", {}, "Library"), this.said), this.room),
      el("div", { id: "library-tools", role: "search" }, el("label", { id: "library-find" }, icon("search"), this.search), this.starred, this.model, this.film, this.days, this.binned),
      this.bar, this.empty, this.grid, this.end);
    this.grid.addEventListener("keydown", (event) => this.onKey(event));
    this.watch = new IntersectionObserver((seen) => { if (seen.some((each) => each.isIntersecting)) this.further(); }, { rootMargin: "800px" });
    this.watch.observe(this.end);
    new IntersectionObserver((seen) => { if (seen.some((each) => each.isIntersecting)) this.opened(); }).observe(this.node);
  }

  filter(name, label, options = []) {
    const node = el("select", { id: `library-${name}`, "aria-label": label, onchange: () => this.set(name, node.value) });
    this.options(node, options);
    return node;
  }

  options(node, pairs) {
    const value = this.asked[node.id.replace("library-", "")];
    node.replaceChildren(...pairs.map(([id, words]) => el("option", { value: id }, words)));
    node.value = value;
  }

  mount(root) {
    root.replaceChildren(this.node);
  }

  set(name, value) {
    this.asked = { ...this.asked, [name]: value };
    this.load();
  }

  // Asking

  async opened() {
    await this.load();
    const disk = await ask("studio/library/disk").catch(() => null);
    if (disk) this.room.querySelector("span").textContent = `${bytes(disk.total)} on the disk · make room`;
  }

  address(before) {
    const { search, starred, model, film, days, bin } = this.asked;
    const parts = { search, model, film, starred: starred ? "1" : "", bin: bin ? "1" : "", since: days ? String(since(Number(days))) : "", before: before || "" };
    return `studio/library?${new URLSearchParams(Object.entries(parts).filter(([, value]) => value))}`;
  }

  async load() {
    const mark = { ...this.asked };
    this.asking = mark;
    const told = await ask(this.address()).catch((error) => ({ error }));
    if (this.asking !== mark) return; // something else was asked since
    if (told.error) return this.say(told.error.status ? told.error.message : "The studio does not answer.");
    const again = this.shownFor === JSON.stringify(mark);
    const last = told.takes[told.takes.length - 1];
    const at = again && last ? this.takes.findIndex((take) => take.id === last.id) : -1;
    const older = at < 0 ? [] : this.takes.slice(at + 1); // what was scrolled to stays
    const same = again && told.takes.map(key).join() === this.takes.slice(0, this.takes.length - older.length).map(key).join();
    this.shownFor = JSON.stringify(mark);
    this.counts(told);
    if (same) return;
    this.takes = [...told.takes, ...older];
    if (!older.length) this.more = told.more;
    this.chosen.clear();
    this.paint();
  }

  async further() {
    if (!this.more || this.fetching || !this.takes.length) return;
    this.fetching = true;
    const mark = this.asking;
    const told = await ask(this.address(this.takes[this.takes.length - 1].id)).catch(() => null);
    this.fetching = false;
    if (!told || mark !== this.asking) return;
    this.more = told.more;
    this.takes = [...this.takes, ...told.takes];
    this.grid.append(...told.takes.map((take) => this.card(take)));
    this.watch.unobserve(this.end);
    this.watch.observe(this.end); // look again: a short page may still be in sight
  }

  counts({ count, kept, binned, filters }) {
    this.count = count;
    const { models, films } = filters;
    this.options(this.model, [["", "Any model"], ...models]);
    this.options(this.film, [["", "Any film"], ...films]);
    this.model.hidden = models.length < 2 && !this.asked.model;
    this.film.hidden = !films.length && !this.asked.film;
    this.starred.setAttribute("aria-pressed", String(this.asked.starred));
    this.binned.setAttribute("aria-pressed", String(this.asked.bin));
    this.binned.querySelector("span").textContent = binned ? `Bin ${binned}` : "Bin";
    this.binnedCount = binned;
    const whole = this.asked.bin ? binned : kept;
    const of = count === whole ? plural(count, "take") : `${count} of ${plural(whole, "take")}`;
    this.say(this.asked.bin ? `${of} in the bin` : of);
    const none = !count;
    this.empty.hidden = !none;
    if (none) this.empty.replaceChildren(...this.nothing(whole));
  }

  nothing(whole) {
    const only = { search: "", model: "", film: "", days: "", starred: true };
    if (whole && Object.entries(only).every(([name, value]) => this.asked[name] === value)) return [el("p", {}, "No take has a star yet."), el("p", { class: "dim" }, "A star marks what you want to keep: nothing that clears up takes it."), button("Show everything", null, () => this.reset(), { words: true, class: "link" })];
    if (whole) return [el("p", {}, "Nothing here is like that."), button("Show everything", null, () => this.reset(), { words: true, class: "link" })];
    if (this.asked.bin) return [el("p", {}, "The bin is empty."), el("p", { class: "dim" }, "What you delete waits here until you empty it.")];
    return [el("p", {}, "No takes yet."), el("p", { class: "dim" }, "Everything you shoot is kept here, with its recipe and its credential.")];
  }

  reset() {
    const { bin } = this.asked;
    this.search.value = "";
    this.days.value = "";
    this.asked = { search: "", starred: false, model: "", film: "", days: "", bin };
    this.load();
  }

  say(words) {
    this.said.textContent = words;
  }

  paint() {
    this.grid.replaceChildren(...this.takes.map((take) => this.card(take)));
    this.showBar();
  }

  card(take) {
    const open = el("button", { type: "button", class: "shelf-open", onclick: (event) => (event.ctrlKey || event.metaKey || event.shiftKey || this.chosen.size ? this.choose(item, event.shiftKey) : openTake(this, take.id)) },
      el("img", { src: poster(take, this.asked.bin), alt: "", loading: "lazy", style: `aspect-ratio: ${take.width} / ${take.height}` }));
    if (!this.asked.bin) playOnHover(open, open, take.clip);
    const pick = button("Choose", "check", () => this.choose(item, false), { class: "shelf-act shelf-pick", "aria-pressed": "false", tabindex: "-1" });
    const star = this.asked.bin ? null : button("Star", "star", () => this.star(item.take), { class: "shelf-act shelf-star", tabindex: "-1" });
    const words = el("p", { class: "shelf-title" });
    const item = el("li", { "data-take": take.id }, open, pick, ...(star ? [star] : []), words, el("p", { class: "shelf-facts" }));
    this.dress(item, take);
    return item;
  }

  dress(item, take) {
    item.take = take;
    item.dataset.chosen = String(this.chosen.has(take.id));
    item.querySelector(".shelf-open").setAttribute("aria-label", `${take.title}${take.starred ? ", starred" : ""}`);
    item.querySelector(".shelf-pick").setAttribute("aria-pressed", String(this.chosen.has(take.id)));
    const star = item.querySelector(".shelf-star");
    if (star) star.setAttribute("aria-pressed", String(take.starred));
    const [title, facts] = item.querySelectorAll("p");
    title.textContent = take.title;
    title.dataset.named = String(Boolean(take.name));
    facts.textContent = `${take.tool ? `${toolName(take.tool)} · ` : ""}${(take.frames / take.fps).toFixed(1)} s · ${brief(take.created)}${take.note ? ` · ${take.note}` : ""}`;
  }

  // Choosing several

  choose(item, through) {
    const ids = this.takes.map((take) => take.id);
    const [at, from] = [ids.indexOf(item.take.id), ids.indexOf(this.last)];
    const range = through && from >= 0 ? ids.slice(Math.min(at, from), Math.max(at, from) + 1) : [item.take.id];
    const on = range.length > 1 || !this.chosen.has(item.take.id);
    for (const id of range) on ? this.chosen.add(id) : this.chosen.delete(id);
    this.last = item.take.id;
    for (const each of this.grid.children) this.dress(each, each.take);
    this.showBar();
  }

  showBar() {
    const many = this.chosen.size;
    this.bar.dataset.many = String(many > 0);
    this.bar.hidden = !many && !(this.asked.bin && this.binnedCount);
    const act = (words, shape, done, more = {}) => button(words, shape, done, { words: true, class: "plain", ...more });
    const tools = this.asked.bin
      ? [many ? act("Restore", "undo", () => this.restore([...this.chosen]), { id: "restore-chosen" }) : null, act("Empty the bin", "bin", () => this.emptyBin(), { class: "plain danger", id: "library-empty" })]
      : [act("Star", "star", () => this.starAll()), act("Put in the film", "use", () => this.toFilm([...this.chosen]), { id: "film-chosen" }), act("Move to the bin", "bin", () => this.bin([...this.chosen]), { id: "bin-chosen" })];
    this.bar.replaceChildren(...[many ? el("span", {}, `${many} chosen`) : null, ...tools, many ? button("Choose none", null, () => this.clear(), { words: true, class: "link" }) : null].filter(Boolean));
  }

  toFilm(ids) {
    const takes = ids.map((id) => this.find(id)).filter(Boolean);
    this.clear();
    this.page.films.receive(takes);
  }

  clear() {
    this.chosen.clear();
    for (const each of this.grid.children) this.dress(each, each.take);
    this.showBar();
  }

  async starAll() {
    for (const take of this.takes.filter((each) => this.chosen.has(each.id) && !each.starred)) await this.star(take);
    this.clear();
  }

  // Doing

  find(id) {
    return this.takes.find((take) => take.id === id);
  }

  star(take) {
    return this.page.acts.change(take, "star", { on: !take.starred });
  }

  // A take was changed here or elsewhere.
  changed(take) {
    this.takes = this.takes.map((each) => (each.id === take.id ? take : each));
    for (const item of this.grid.children) if (item.dataset.take === take.id) this.dress(item, take);
  }

  async bin(ids) {
    if (!(await this.page.act("studio/library/bin", { takes: ids }))) return;
    this.gone(ids, `${plural(ids.length, "take")} moved to the bin.`);
  }

  // They are in the bin: not here any more, and not in the strip; one Undo brings all of them back.
  gone(ids, words) {
    const { page } = this;
    page.lose(ids);
    if (ids.includes(page.view.id)) page.view = { kind: "empty", id: null };
    page.undos.add("server");
    page.toasts.say(words, { act: () => page.undos.undo(), id: "undo-bin" });
    this.after();
  }

  async restore(ids) {
    if (!(await this.page.act("studio/library/restore", { takes: ids }))) return;
    await this.page.loadTakes();
    this.page.toasts.say(`${plural(ids.length, "take is", "takes are")} back in the library.`);
    this.after();
  }

  async emptyBin() {
    const { size } = await ask("studio/library/disk").then(({ parts }) => ({ size: parts.find(([name]) => name === "Bin")[1] }), () => ({ size: 0 }));
    const yes = await sure(this, `Delete ${plural(this.binnedCount, "take")} for good?`, `This frees ${bytes(size)} and cannot be taken back.`, "Delete for good");
    if (!yes) return;
    const told = await this.page.act("studio/bin/empty");
    if (told) this.page.toasts.say(`${plural(told.deleted, "take is", "takes are")} gone for good.`);
    this.after();
  }

  after() {
    this.chosen.clear();
    this.shownFor = null;
    this.page.tellTabs();
    this.page.paint();
    this.opened();
  }

  onKey(event) {
    const item = event.target.closest("li");
    if (!item) return;
    const columns = Math.max(1, Math.round(this.grid.clientWidth / item.offsetWidth));
    const all = [...this.grid.children];
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (by) all[Math.max(0, Math.min(all.length - 1, all.indexOf(item) + by))].querySelector(".shelf-open").focus();
    else if (event.key === "Delete" && !event.repeat && !this.asked.bin) this.bin(this.chosen.size ? [...this.chosen] : [item.take.id]);
    else if (event.key === "x") this.choose(item, false);
    else if (event.key === "s" && !this.asked.bin) this.star(item.take);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const key = (take) => `${take.id}${take.starred}${take.name}${take.note}`;

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

function brief(moment) {
  const date = new Date(moment);
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleString("en-GB", { day: "numeric", month: "short", year, hour: "2-digit", minute: "2-digit" });
}

const poster = (take, binned) => (binned ? `studio/takes/${take.id}/poster?bin=1` : take.poster);

function since(days) {
  if (days > 1) return Math.floor(Date.now() / 1000 - days * DAY);
  return Math.floor(new Date().setHours(0, 0, 0, 0) / 1000);
}

// A question that has to be answered first.
export function sure(library, title, words, label) {
  return new Promise((answer) => {
    const node = library.page.dialog(title, el("div", { class: "dropped" }, el("p", {}, words), el("div", { class: "dialog-tools" },
      button(label, null, () => { answer(true); node.close(); }, { words: true, class: "plain danger", id: "sure" }),
      button("Leave it", null, () => node.close(), { words: true, class: "plain" }))), "sure-dialog");
    node.addEventListener("close", () => answer(false));
  });
}

