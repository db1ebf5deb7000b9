// The strip of takes: posters that play on hover, a tile for every shot still in the works, stars, and a bin one can undo.
import { button, calm, el } from "./dom.js";
import { playOnHover } from "./stage.js";
import { toolName } from "./workbench.js";

export class Takes {
  constructor(acts) {
    this.acts = acts; // showTake(id), showJob(id), bin(take), star(take), compare(take), more()
    this.list = el("ul", { id: "takes-list" });
    this.more = button("Earlier takes", "plus", () => this.acts.more(), { class: "tile tile-more", hidden: true });
    this.asking = el("p", { id: "takes-asking", role: "status" });
    this.node = el("section", { id: "takes", "aria-label": "Takes" }, this.asking, el("div", { class: "takes-row" }, this.list, this.more));
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.tiles = new Map();
  }

  show(takes, jobs, selected, more) {
    this.node.hidden = !takes.length && !jobs.length;
    this.more.hidden = !more;
    const wanted = [...jobs.map((job) => this.jobTile(job)), ...takes.map((take) => this.takeTile(take))];
    const kept = new Set(wanted.map((tile) => tile.dataset.key));
    for (const key of this.tiles.keys()) if (!kept.has(key)) this.tiles.delete(key);
    // What is gone goes first: a tile that is moved in its place would lose the focus.
    for (const tile of [...this.list.children]) if (!wanted.includes(tile)) tile.remove();
    wanted.forEach((tile, index) => {
      tile.firstChild.setAttribute("aria-current", String(tile.dataset.key === selected));
      if (this.list.children[index] !== tile) this.list.insertBefore(tile, this.list.children[index] || null);
    });
    const shown = wanted.find((tile) => tile.dataset.key === selected);
    if (shown && this.followed !== selected) this.follow(shown);
    if (shown) this.followed = selected; // a shot is on the stage a little before it is in the queue
  }

  // What has just come to the stage is seen in the strip as well; the page itself stays where it is.
  follow(tile) {
    const [row, box] = [this.list.getBoundingClientRect(), tile.getBoundingClientRect()];
    const by = box.left < row.left ? box.left - row.left - 8 : box.right > row.right ? box.right - row.right + 8 : 0;
    if (by) this.list.scrollBy({ left: by, behavior: calm() ? "auto" : "smooth" });
  }

  ask(words) {
    this.asking.textContent = words;
    this.node.dataset.choosing = String(Boolean(words));
  }

  takeTile(take) {
    const key = `take-${take.id}`;
    const tile = this.tiles.get(key) || this.newTile(key, take);
    tile.take = take;
    const [open, star] = [tile.firstChild, tile.querySelector(".tile-star")];
    open.title = take.tool ? `${take.title} (${toolName(take.tool)})` : take.title;
    open.setAttribute("aria-label", `Take: ${take.title}${take.starred ? ", starred" : ""}`);
    star.setAttribute("aria-pressed", String(take.starred));
    return tile;
  }

  newTile(key, take) {
    const open = el(
      "button", { type: "button", class: "tile", onclick: (event) => (event.shiftKey ? this.acts.compare(tile.take) : this.acts.showTake(take.id)) },
      el("img", { src: take.poster, alt: "", style: `aspect-ratio: ${take.width} / ${take.height}` }),
    );
    playOnHover(open, open, take.clip);
    const star = button("Star", "star", () => this.acts.star(tile.take), { class: "tile-act tile-star", "aria-pressed": "false" });
    const bin = button("Move to the bin", "bin", () => this.acts.bin(tile.take), { class: "tile-act tile-bin" });
    const tile = el("li", { "data-key": key, "data-take": take.id }, open, star, bin);
    this.tiles.set(key, tile);
    return tile;
  }

  jobTile(job) {
    const key = `job-${job.id}`;
    let tile = this.tiles.get(key);
    if (!tile) {
      tile = el("li", { "data-key": key, "data-job": job.id }, el("button", { type: "button", class: "tile tile-job", onclick: () => this.acts.showJob(job.id) }, el("span"), el("i")));
      this.tiles.set(key, tile);
    }
    const open = tile.firstChild;
    open.style.aspectRatio = `${job.width} / ${job.height}`;
    open.title = job.prompt;
    open.setAttribute("aria-label", `${job.words}: ${job.prompt}`);
    open.firstChild.textContent = job.state === "queued" ? "waiting" : job.state === "paused" ? "paused" : job.steps ? `${job.step}/${job.steps}` : "starting";
    open.lastChild.style.width = `${job.steps ? (100 * job.step) / job.steps : 0}%`;
    return tile;
  }

  onKey(event) {
    const item = event.target.closest("li");
    const to = { ArrowLeft: item.previousSibling, ArrowRight: item.nextSibling, Home: this.list.firstChild, End: this.list.lastChild }[event.key];
    if (event.key === "Delete" && event.repeat) return; // a key that is held must not empty the strip
    if (event.key === "Delete" && item.take) {
      const beside = item.nextSibling || item.previousSibling; // whoever works by keys stays in the strip
      if (beside) beside.firstChild.focus();
      this.acts.bin(item.take);
    }
    else if (to) to.firstChild.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
