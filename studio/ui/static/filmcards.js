// The shots as cards in a row: what each shows, says and joins; dragged, duplicated, split, and more put in between.
import { ask, button, calm, el, icon } from "./dom.js";
import { menuButton } from "./menu.js";
import { playOnHover } from "./stage.js";
import { openDialog } from "./shell.js";
import { expandShot } from "./filmexpand.js";
import { asShot, chooseTakes } from "./filmshelf.js";
import { shotDialog } from "./filmshot.js";

const TYPING = 600;
const GIVEN = ["first", "last", "control", "mask"]; // files of a shot that its card shows
const LIST = /\b(?:shot|scene)\s*\d+\s*(?:[([][^)\]]*[)\]])?\s*[:.–-]/i;

const seconds = (count) => `${Math.max(0, count).toFixed(1)} s`;

export class Cards {
  constructor(film) {
    this.of = film;
    this.list = el("ol", { class: "film-cards", "aria-label": "Shots" });
    this.addButton = button("Add a shot", "plus", () => this.insert(this.of.film.shots.length), { words: true, class: "film-add", id: "film-add" });
    this.shelfButton = button("From the library", "use", () => this.fromLibrary(this.of.film.shots.length), { words: true, class: "film-add", id: "film-add-take" });
    this.listButton = button("All as one list", "recipe", () => this.asList(), { words: true, class: "film-add film-add-small", id: "film-as-list", title: "One card whose words list the shots: it is shot as one clip with cuts" });
    this.node = el("section", { class: "film-row", "aria-label": "Shots" }, this.list, el("div", { class: "film-adds" }, this.addButton, this.shelfButton, this.listButton));
    this.nodes = new Map();
  }

  show(film, told) {
    this.film = film;
    this.told = told;
    const wanted = film.shots.map((shot, index) => this.card(shot, index));
    const kept = new Set(film.shots.map((shot) => shot.id));
    for (const key of this.nodes.keys()) if (!kept.has(key)) this.nodes.delete(key);
    this.listButton.hidden = film.shots.length < 2;
    if (this.dragging) return;
    wanted.forEach((card, index) => { if (this.list.children[index] !== card) this.list.insertBefore(card, this.list.children[index] || null); });
    while (this.list.children.length > wanted.length) this.list.lastChild.remove();
  }

  current(index) {
    if (index === this.shown) return;
    this.shown = index;
    [...this.list.children].forEach((card, place) => card.setAttribute("data-current", String(place === index)));
    this.follow(this.list.children[index]);
  }

  // The row goes along with the line of time, unless a hand is in it.
  follow(card) {
    if (!card || this.dragging || this.list.contains(document.activeElement)) return;
    const [row, box] = [this.node.getBoundingClientRect(), card.getBoundingClientRect()];
    if (box.left >= row.left && box.right <= row.right) return;
    this.node.scrollTo({ left: this.node.scrollLeft + box.left - row.left - (row.width - box.width) / 2, behavior: calm() ? "auto" : "smooth" });
  }

  at(id) {
    return this.film.shots.findIndex((shot) => shot.id === id);
  }

  change(id, make, said, wait = 0) {
    this.of.change((film) => {
      const shot = film.shots.find((each) => each.id === id);
      if (shot) make(shot);
    }, `${said} of shot ${this.at(id) + 1}`, wait);
  }

  card(shot, index) {
    const card = this.nodes.get(shot.id) || this.made(shot.id);
    const state = this.told.shots.find((each) => each.id === shot.id) || {};
    const { parts } = card;
    card.dataset.state = state.job && this.of.alive(state.job) ? "working" : state.error ? "wrong" : !state.take ? "missing" : state.fits || state.chosen ? "there" : "stale";
    card.setAttribute("aria-label", `Shot ${index + 1}`);
    parts.number.textContent = String(index + 1);
    if (document.activeElement !== parts.prompt && parts.prompt.value !== shot.prompt) parts.prompt.value = shot.prompt;
    if (document.activeElement !== parts.seconds) parts.seconds.value = `${shot.seconds}`;
    parts.camera.value = shot.direction.camera || "";
    this.paintJoin(parts, shot, index);
    this.paintPicture(parts, state);
    this.paintCast(parts, shot, state);
    this.paintSaid(parts, state, shot);
    return card;
  }

  paintJoin(parts, shot, index) {
    parts.join.hidden = index === 0;
    const goes = shot.join === "continue";
    const how = goes ? "continue" : { none: "cut", dissolve: "dissolve", dip: "dip", "dip white": "dip white" }[shot.transition];
    parts.join.querySelector("span").textContent = how;
    parts.join.dataset.join = how;
    parts.join.setAttribute("aria-label", `Joins the shot before: ${how}`);
  }

  paintPicture(parts, state) {
    const { take, job } = state;
    const [width, height] = this.told.size;
    parts.picture.style.aspectRatio = `${width} / ${height}`;
    const preview = job && job.preview;
    const key = preview && this.of.alive(job) ? preview : take ? take.poster : "";
    if (parts.picture.dataset.key !== key) {
      parts.picture.dataset.key = key;
      parts.picture.replaceChildren(...(key ? [el("img", { src: key, alt: "", draggable: "false" })] : [el("span", { class: "film-blank" }, icon("play"))]));
      if (take && key === take.poster) playOnHover(parts.picture, parts.picture, take.clip);
    }
    const alive = job && this.of.alive(job);
    parts.bar.hidden = !alive;
    parts.bar.style.setProperty("--done", `${alive && job.steps ? (100 * job.step) / job.steps : 0}%`);
    const more = state.others && state.others.length ? `${state.others.length} more to come` : "";
    parts.badge.textContent = alive ? job.words : more ? more : take && !state.fits && !state.chosen ? "changed since" : state.chosen && !state.fits ? "chosen take" : "";
    parts.badge.hidden = !parts.badge.textContent;
  }

  paintCast(parts, shot, state) {
    const alike = Object.fromEntries((state.kept || []).filter((one) => one.alike !== null).map((one) => [one.member, one.alike.toFixed(2)]));
    const key = JSON.stringify([alike, ...GIVEN.map((name) => shot[name] && shot[name].id), this.film.cast.map((member) => [member.name, member.pictures.length ? member.pictures[0].picture : ""]), shot.prompt]);
    if (parts.cast.dataset.key === key) return;
    parts.cast.dataset.key = key;
    parts.cast.replaceChildren(...this.film.cast.map((member) => {
      const inside = new RegExp(`(^|[^\\w@])@${member.name}(?!\\w)`, "i").test(shot.prompt);
      const like = inside ? alike[member.name] : undefined;
      const words = !inside ? `Bring in @${member.name}` : like ? `@${member.name} is in this shot, and ${like} like in its other shots (1 is the same)` : `@${member.name} is in this shot`;
      return el("button", { type: "button", class: "film-chip", "aria-pressed": String(inside), title: words, onclick: () => this.bring(shot.id, member.name, inside) },
        member.pictures.length ? el("img", { src: member.pictures[0].picture, alt: "" }) : null, `@${member.name}`, like ? el("span", { class: "mono" }, like) : null);
    }));
    const given = GIVEN.filter((name) => shot[name]);
    parts.cast.append(...given.map((name) => el("button", { type: "button", class: "film-chip film-givenchip", title: `Its ${name}${["first", "last"].includes(name) ? " picture" : ""}: ${shot[name].name}`, onclick: () => shotDialog(this.of, shot.id) }, el("img", { src: shot[name].picture, alt: "" }), name)));
    parts.cast.hidden = !parts.cast.children.length;
  }

  bring(id, name, inside) {
    this.change(id, (shot) => {
      if (inside) shot.prompt = shot.prompt.replace(new RegExp(`(^|[^\\w@])@${name}(?!\\w)`, "gi"), "$1").replace(/\s+/g, " ").trim();
      else shot.prompt = `@${name} ${shot.prompt}`.trim();
    }, "Cast");
  }

  paintSaid(parts, state, shot) {
    const job = state.job && ["failed", "cancelled"].includes(state.job.state) && !state.take ? state.job : null;
    const lost = (state.kept || []).find((one) => one.lost);
    const listed = (shot.prompt.match(new RegExp(LIST, "gi")) || []).length > 1;
    const { seam } = state;
    const rough = seam && !seam.seamless;
    const brief = state.error || job ? "" : lost ? (lost.lost.includes("was lost") ? `@${lost.member} was lost` : `@${lost.member} looks different`) : rough ? "Join may be seen" : "";
    const words = state.error ? state.error.line : job ? job.error || "Stopped." : lost ? `${lost.lost}.` : rough ? `The join with the shot before may be seen (${seam.drop_db.toFixed(1)} dB rougher).` : "";
    const trimmed = state.take && (shot.trim_start || shot.trim_end) ? `${seconds(state.take.frames / state.take.fps - shot.trim_start - shot.trim_end)} of ${seconds(state.take.frames / state.take.fps)} are in the film` : "";
    const many = state.takes > 1 ? `${state.takes} takes to choose from` : "";
    const key = JSON.stringify([many, words, Boolean(lost), listed, Boolean(job), seam, trimmed]);
    if (parts.said.dataset.key === key) return;
    parts.said.dataset.key = key;
    const again = (lost || rough) && !state.error && !job;
    parts.said.replaceChildren(...[
      words && !brief ? el("p", { class: "film-error" }, words) : null,
      again ? el("div", { class: "film-warn" }, el("p", { class: "film-error", "data-tone": "warn", title: words }, brief, el("span", { class: "unseen" }, ` ${words}`)), button("Shoot again", null, () => this.of.again(shot), { words: true, class: "link" })) : null,
      job ? button("Try again", "again", () => this.of.shoot([shot.id]), { words: true, class: "link" }) : null,
      trimmed ? el("p", { class: "film-met" }, icon("split"), trimmed) : null,
      many ? button(many, "star", () => this.takes(shot.id), { words: true, class: "link film-many" }) : null,
      listed ? button("Turn this list into cards", "split", () => this.of.act(`studio/films/${this.told.id}/cards`, { shot: shot.id }), { words: true, class: "link" }) : null,
      seam && !rough && !state.error ? el("p", { class: "film-met", title: `How alike the two frames at the join are: ${seam.join_db.toFixed(1)} dB; the largest steps beside it: ${seam.around_db.toFixed(1)} dB` }, icon("chain"), "The join with the shot before cannot be seen") : null,
    ].filter(Boolean));
  }

  made(id) {
    const of = (make, said, wait) => this.change(id, make, said, wait);
    const parts = {};
    parts.grip = el("button", { type: "button", class: "film-grip", "aria-label": "Move this shot (Alt and arrows)", title: "Drag to move" }, icon("grip"));
    parts.number = el("b", { class: "film-number" });
    parts.join = menuButton("cut", null, () => this.joins(id), { class: "film-join" });
    parts.badge = el("span", { class: "film-badge", hidden: true });
    parts.bar = el("i", { class: "film-bar", hidden: true });
    parts.picture = el("button", { type: "button", class: "film-picture", "aria-label": "Show this shot", onclick: () => this.of.player.toShot(this.at(id)) });
    parts.prompt = el("textarea", { rows: "2", maxlength: "4000", placeholder: "What is seen in this shot?", "aria-label": "Words of this shot", oninput: () => of((shot) => { shot.prompt = parts.prompt.value; }, "Words", TYPING) });
    parts.seconds = el("input", { type: "number", min: "0.3", max: "60", step: "0.5", "aria-label": "Seconds", onchange: () => of((shot) => { shot.seconds = Number(parts.seconds.value) || shot.seconds; }, "Length") });
    const offered = this.of.page.start.directions.camera || [];
    parts.camera = el("select", { "aria-label": "Camera", onchange: () => of((shot) => { if (parts.camera.value) shot.direction.camera = parts.camera.value; else delete shot.direction.camera; }, "Camera") },
      el("option", { value: "" }, "Any camera"), ...offered.map((each) => el("option", { value: each.id }, each.label)));
    parts.cast = el("div", { class: "film-castline" });
    parts.said = el("div", { class: "film-said" });
    const menu = menuButton("", "more", () => this.acts(id), { class: "film-tool", title: "More for this shot" });
    menu.setAttribute("aria-label", "More for this shot");
    const node = el("li", { class: "film-shot", "data-shot": id },
      el("header", {}, parts.grip, parts.number, parts.join, el("span", { class: "film-gap" }), menu),
      el("div", { class: "film-frame" }, parts.picture, parts.badge, parts.bar),
      parts.prompt,
      el("div", { class: "film-row2" }, el("label", { class: "film-seconds" }, parts.seconds, el("span", {}, "s")), parts.camera),
      parts.cast, parts.said,
      button("Put a shot in between", "plus", () => this.insert(this.at(id) + 1), { class: "film-between" }));
    node.parts = parts;
    parts.grip.addEventListener("pointerdown", (event) => this.drag(event, node, id));
    node.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      this.move(this.at(id), this.at(id) + (event.key === "ArrowLeft" ? -1 : 1));
      parts.grip.focus();
    });
    this.nodes.set(id, node);
    return node;
  }

  joins(id) {
    const set = (join, transition, said) => () => this.change(id, (shot) => Object.assign(shot, { join, transition, after: join === "continue" ? shot.after : "" }), said);
    return [
      ["Cut", "split", set("cut", "none", "Cut")],
      ["Continue the movement", "chain", set("continue", "none", "Continue")],
      ["Dissolve", "compare", set("cut", "dissolve", "Dissolve")],
      ["Dip through black", "stop", set("cut", "dip", "Dip")],
      ["Dip through white", "stop", set("cut", "dip white", "Dip")],
    ];
  }

  acts(id) {
    const shot = this.film.shots[this.at(id)];
    const state = this.told.shots.find((each) => each.id === id) || {};
    return [
      ["Settings of this shot", "pen", () => shotDialog(this.of, id)],
      ["Say it in film language", "recipe", () => expandShot(this.of, id)],
      ["Shoot this one", "play", () => this.shoot(id)],
      ["Shoot again, another seed", "again", () => this.of.again(shot)],
      ["Four takes to choose from", "dice", () => this.of.vary(shot, 4)],
      ["Choose a take", "star", () => this.takes(id)],
      ...(state.take ? [
        ["Work on its take", "use", () => this.of.page.visit(state.take)],
        ["Picture for the cast", "use", () => this.of.panels.cast.fromTake(state.take)],
        ...(this.shown === this.at(id) ? [["Begin at the line (I)", "next", () => this.of.trimmer.mark("i")], ["End at the line (O)", "back", () => this.of.trimmer.mark("o")], ["Cut at the line (S)", "split", () => this.of.trimmer.mark("s")]] : []),
        ...(shot.trim_start || shot.trim_end ? [["Show the whole take", "undo", () => this.of.trimmer.whole(id)]] : []),
      ] : []),
      ["Duplicate", "copy", () => this.duplicate(id)],
      ["Split in two", "split", () => this.split(id)],
      ...(this.film.shots.length > 1 ? [["Remove", "bin", () => this.remove(id)]] : []),
    ];
  }

  // A take that was chosen, and was not made for these words, makes room for one that is.
  async shoot(id) {
    await this.of.saved(); // what fits is known of what is saved
    const shots = this.of.told ? this.of.told.shots : [];
    const state = shots.find((each) => each.id === id);
    if (!state) return undefined;
    if (state.made) return this.of.page.toasts.say("There is a take of just these words. For another one, shoot again with another seed.");
    if (state.chosen && !shots.some((each) => each.error)) this.change(id, (shot) => { shot.take = ""; }, "The take");
    await this.of.saved();
    return this.of.shoot([id]);
  }

  blank(more = {}) {
    return { id: `s${Math.random().toString(16).slice(2, 12)}`, prompt: "", seconds: 4, join: "cut", after: "", transition: "none", transition_seconds: 0.5, direction: {}, negative: "", seed: null, steps: null, guidance: null, block_cache: null, guided: null, first: null, last: null, frames: [], control: null, mask: null, outpaint: false, caption: "", take: "", trim_start: 0, trim_end: 0, name: "", ...more };
  }

  insert(place) {
    const shot = this.blank();
    this.of.change((film) => { film.shots.splice(place, 0, shot); }, "A new shot");
    const card = this.nodes.get(shot.id);
    if (card) { card.scrollIntoView({ block: "nearest", inline: "center" }); card.parts.prompt.focus({ preventScroll: true }); }
  }

  // One card whose words list the shots; the card offers the way back.
  async asList() {
    if (await this.of.act(`studio/films/${this.told.id}/list`)) this.of.page.toasts.say("The shots are one list.", { act: () => this.of.step("undo") });
  }

  fromLibrary(place) {
    chooseTakes({ title: "Takes for the film", many: true, done: (takes) => this.of.receive(takes, place) });
  }

  duplicate(id) {
    this.of.change((film) => {
      const place = film.shots.findIndex((shot) => shot.id === id);
      film.shots.splice(place + 1, 0, { ...structuredClone(film.shots[place]), id: this.blank().id, name: "" });
    }, "A second shot like it");
  }

  split(id) {
    this.of.change((film) => {
      const place = film.shots.findIndex((shot) => shot.id === id);
      const shot = film.shots[place];
      const half = Math.max(0.5, Math.round(shot.seconds * 8) / 16);
      const second = { ...structuredClone(shot), ...{ id: this.blank().id, name: "", seconds: half, join: "continue", transition: "none", first: null, frames: [], control: null, mask: null, outpaint: false, take: "", caption: "", trim_start: 0, trim_end: 0 } };
      Object.assign(shot, { seconds: half, last: null, take: "", trim_start: 0, trim_end: 0 });
      film.shots.splice(place + 1, 0, second);
    }, "The split");
  }

  remove(id) {
    this.of.change((film) => {
      film.shots = film.shots.filter((shot) => shot.id !== id);
      if (film.shots[0] && !film.shots[0].after) film.shots[0].join = "cut";
    }, "The removed shot");
    this.of.page.toasts.say("The shot is out of the film.", { act: () => this.of.step("undo") });
  }

  move(from, to) {
    if (from === to || to < 0 || to >= this.film.shots.length) return;
    this.of.change((film) => {
      const [shot] = film.shots.splice(from, 1);
      film.shots.splice(to, 0, shot);
      if (!film.shots[0].after) film.shots[0].join = "cut";
    }, "The order");
  }

  drag(event, node, id) {
    if (event.button !== 0) return;
    event.preventDefault();
    node.parts.grip.focus({ preventScroll: true });
    this.dragging = true;
    node.dataset.dragged = "true";
    const from = this.at(id);
    const begin = event.clientX;
    let to = from;
    const move = (each) => {
      const row = this.node.getBoundingClientRect();
      if (each.clientX > row.right - 60) this.node.scrollLeft += 14;
      if (each.clientX < row.left + 60) this.node.scrollLeft -= 14;
      const others = [...this.list.children].filter((card) => card !== node);
      to = others.filter((card) => { const box = card.getBoundingClientRect(); return box.left + box.width / 2 < each.clientX; }).length;
      // The others make way: a card that is taken out of the list would let go of the hand.
      while ([...this.list.children].indexOf(node) < to) this.list.insertBefore(node.nextSibling, node);
      while ([...this.list.children].indexOf(node) > to) this.list.insertBefore(node.previousSibling, node.nextSibling);
      node.style.setProperty("--lift", `${Math.max(-6, Math.min(6, (each.clientX - begin) / 30))}px`);
    };
    const end = () => {
      document.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) document.removeEventListener(name, end);
      delete node.dataset.dragged;
      this.dragging = false;
      this.move(from, to);
      this.of.paint();
    };
    document.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end);
  }

  async takes(id) {
    const told = await ask(`studio/films/${this.told.id}/shots/${id}/takes`).catch(() => ({ takes: [] }));
    const { take: now } = this.told.shots.find((each) => each.id === id) || {};
    if (now && !told.takes.some((take) => take.id === now.id)) told.takes.push(now); // made for another film, or in another tool
    const own = new Set([...told.takes.map((take) => take.id), this.film.shots[this.at(id)].take]);
    const worked = this.of.page.takes.filter((take) => !own.has(take.id) && take.parents.some((each) => own.has(each)));
    const choose = (take) => { dialog.close(); this.change(id, (shot) => { shot.take = take; }, "The take"); };
    const chosen = this.film.shots[this.at(id)].take;
    const tiles = [...worked, ...told.takes].map((take) => {
      const tile = el("button", { type: "button", class: "film-take", "aria-pressed": String(take.id === chosen), onclick: () => choose(take.id) }, el("img", { src: take.poster, alt: "" }), el("span", { class: "mono" }, take.tool || `seed ${take.seed}`));
      playOnHover(tile, tile, take.clip);
      return tile;
    });
    const other = () => { dialog.close(); chooseTakes({ title: `A take for shot ${this.at(id) + 1}`, many: false, done: ([take]) => this.instead(id, take) }); };
    const content = el("div", {}, tiles.length ? el("div", { class: "film-takes" }, ...tiles) : el("p", { class: "dim" }, "Nothing was shot for it yet."), el("div", { class: "dialog-tools" },
      button("Any take of the library", "use", other, { words: true, class: "plain", id: "film-any-take" }), chosen ? button("The newest that fits the words", null, () => choose(""), { words: true, class: "plain" }) : null));
    const dialog = openDialog(`Takes of shot ${this.at(id) + 1}`, content, "film-takes-dialog");
  }
  // Another take in its place: a shot without words of its own has those of the take.
  instead(id, take) {
    const given = asShot(take, this.of.page.start.directions);
    this.change(id, (shot) => Object.assign(shot, shot.prompt ? { take: take.id } : given, { trim_start: 0, trim_end: 0 }), "The take");
  }
}
