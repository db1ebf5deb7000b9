// The strip of takes: posters that play on hover, a tile for every shot still in the works, and a bin one can undo.
import { button, el } from "./dom.js";
import { playOnHover } from "./stage.js";

export class Takes {
  constructor(acts) {
    this.acts = acts; // showTake(id), showJob(id), bin(take), restore(take)
    this.list = el("ul", { id: "takes-list" });
    this.undo = el("div", { id: "takes-undo", role: "status" });
    this.node = el("section", { id: "takes", "aria-label": "Takes" }, this.undo, this.list);
    this.tiles = new Map();
  }

  show(takes, jobs, selected) {
    this.node.hidden = !takes.length && !jobs.length && !this.undo.childElementCount;
    const wanted = [...jobs.map((job) => this.jobTile(job)), ...takes.map((take) => this.takeTile(take))];
    const kept = new Set(wanted.map((tile) => tile.dataset.key));
    for (const key of this.tiles.keys()) if (!kept.has(key)) this.tiles.delete(key);
    wanted.forEach((tile, index) => {
      tile.firstChild.setAttribute("aria-current", String(tile.dataset.key === selected));
      if (this.list.children[index] !== tile) this.list.insertBefore(tile, this.list.children[index] || null);
    });
    while (this.list.children.length > wanted.length) this.list.lastChild.remove();
  }

  takeTile(take) {
    const key = `take-${take.id}`;
    if (this.tiles.has(key)) return this.tiles.get(key);
    const open = el(
      "button", { type: "button", class: "tile", title: take.prompt, "aria-label": `Take: ${take.prompt}`, onclick: () => this.acts.showTake(take.id) },
      el("img", { src: take.poster, alt: "", style: `aspect-ratio: ${take.width} / ${take.height}` }),
    );
    playOnHover(open, open, take.clip);
    const bin = button("Move to the bin", "bin", () => this.acts.bin(take), { class: "tile-bin" });
    const tile = el("li", { "data-key": key, "data-take": take.id }, open, bin);
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
    open.firstChild.textContent = job.state === "queued" ? "waiting" : `${job.step}/${job.steps || "…"}`;
    open.lastChild.style.width = `${job.steps ? (100 * job.step) / job.steps : 0}%`;
    return tile;
  }

  offerUndo(take) {
    clearTimeout(this.forget);
    const back = button("Undo", null, () => { this.clearUndo(); this.acts.restore(take); }, { words: true, class: "quiet", id: "undo-bin" });
    this.undo.replaceChildren(el("span", {}, "Take moved to the bin."), back);
    this.forget = setTimeout(() => this.clearUndo(), 20000);
  }

  clearUndo() {
    clearTimeout(this.forget);
    this.undo.replaceChildren();
  }
}
