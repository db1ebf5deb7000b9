// The Models page: what the studio shoots with, and what else there is: fetched, checked, removed, or pointed to.
import { ask, button, bytes, clock, el, rows, tell } from "./dom.js";
import { openDialog } from "./shell.js";

const LOOK = 1000; // milliseconds between looks while something is on its way
const BUSY = ["waiting", "asking", "fetching"];
const STANDING = { ready: "Ready", partly: "Partly here", absent: "Not here" };

export class Models {
  constructor(page) {
    this.page = page;
    this.cards = new Map();
    this.node = el("div", { class: "sheet-page", id: "models" });
  }

  async mount(root) {
    root.replaceChildren(this.node);
    await this.load();
  }

  async load() {
    try {
      this.draw(await ask("studio/models"));
    } catch (error) {
      this.node.replaceChildren(el("p", { class: "note" }, error.message));
    }
  }

  draw({ own, published, loras, chosen, mine, progress }) {
    this.mine = mine;
    this.chosen = chosen;
    this.seen = new Map(progress.map((one) => [one.model, one]));
    this.cards.clear();
    this.said = el("p", { class: "field-error", role: "alert", hidden: true });
    this.node.replaceChildren(
      el("header", { class: "page-top" }, el("h2", {}, "Models")),
      el("p", { class: "models-lead" }, "What the studio shoots with. Storybook comes along; open weights that others published are fetched when you say so, and lie in the Hugging Face cache of this machine."),
      this.said,
      el("section", { class: "models-list" }, ...own.map((model) => this.own(model))),
      el("h3", {}, "Open weights"),
      el("p", { class: "models-warning note" }, "None of these has yet been run with its real weights by those who wrote this studio. Their files are fetched and checked in full; how the code meets them is tested on small random weights only." + (published.some((model) => model.runs) ? "" : " This version does not shoot with them yet.")),
      el("section", { class: "models-list" }, ...published.map((model) => this.published(model))),
      ...(loras.length ? [el("h3", {}, "LoRA"), el("ul", { class: "rows-list lora-list" }, ...loras.map((laid) => this.lora(laid)))] : []),
      mine ? this.pointing() : el("p", { class: "dim" }, "Whoever runs this studio fetches models, with python -m studio models download."),
    );
    this.show(progress);
  }

  own(model) {
    const ready = model.ready;
    return el("article", { class: "model-card", "data-state": ready ? "ready" : "partly", "data-model": model.name },
      el("div", { class: "model-side" }, head(model.title, ready ? "Ready" : "Files are missing", ready ? "good" : "stop"),
        el("p", { class: "model-summary" }, "The house’s own: small, quick, an animated storybook."), el("p", { class: "model-by" }, "Comes with the studio"), ready ? el("div", { class: "page-tools model-tools" }, this.use(model.name)) : null),
      rows([["Pictures", `${model.pictures}, up to ${model.seconds} s`], ["Begins with", model.trained.join(", ")], ["Licence", model.licence], ["On disk", bytes(model.size)], ...(ready ? [] : [["Missing", model.lacks.join(", ")]])]));
  }

  published(model) {
    const card = el("article", { class: "model-card", "data-model": model.name });
    this.cards.set(model.name, { card, model });
    this.fill(model);
    return card;
  }

  fill(model) {
    const { card } = Object.assign(this.cards.get(model.name), { model });
    card.dataset.state = model.state;
    const problems = model.parts.filter((part) => part.problem).map((part) => `${part.title}: ${part.problem === true ? "broken" : part.problem}`);
    const pointed = model.parts.filter((part) => part.pointed && part.place).map((part) => part.place);
    const facts = [["Pictures", `${model.pictures}, up to ${model.seconds} s at once`], ["Trained for", model.trained.join(", ")]];
    if (model.takes.length) facts.push(["Also takes", `${model.takes.join(", ")}. Not trained for this.`]);
    facts.push(["Licence", model.licence], ["Size", `${bytes(model.size)}${model.missing && model.missing < model.size ? `, ${bytes(model.missing)} not here yet` : ""}`]);
    if (pointed.length) facts.push(["Your folder", [...new Set(pointed)].join("\n")]);
    if (problems.length) facts.push(["To mend", problems.join("\n")]);
    const waits = !model.runs && [...this.cards.values()].some((one) => one.model.runs);
    const side = el("div", { class: "model-side" }, ...[
      head(model.title, STANDING[model.state], model.state === "ready" ? "good" : model.state === "partly" ? "warn" : ""),
      el("p", { class: "model-summary" }, model.summary),
      waits ? el("p", { class: "note model-waits" }, "This version does not shoot with it yet.") : null,
      el("p", { class: "model-by" }, "Published by ", el("a", { href: model.link, target: "_blank", rel: "noopener noreferrer" }, model.publisher)),
      this.mine ? this.tools(model) : null,
    ].filter(Boolean));
    const note = model.note ? el("p", { class: "note note-warn" }, model.note) : null;
    card.replaceChildren(side, el("div", {}, ...[rows(facts), note].filter(Boolean)), el("div", { class: "model-progress", hidden: true }));
  }

  tools(model) {
    const tools = el("div", { class: "page-tools model-tools" });
    if (model.state === "ready" && model.runs) tools.append(this.use(model.name));
    if (model.missing || model.state !== "ready") tools.append(button(model.state === "partly" ? "Fetch the rest" : "Fetch", "download", () => this.offer(model), { words: true, class: "plain model-fetch" }));
    if (model.state !== "absent" && model.parts.some((part) => part.here && !part.pointed)) tools.append(button("Check the files", null, (event) => this.check(model, event.currentTarget), { words: true, class: "plain model-check" }));
    if (model.state !== "absent") tools.append(button(model.parts[0].pointed ? "Forget the folder" : "Remove", "bin", () => this.remove(model), { words: true, class: "plain model-remove" }));
    return tools;
  }

  // The model that the Shoot page shoots with.
  use(name) {
    if (name === this.chosen) return el("p", { class: "model-chosen" }, "The page shoots with it");
    return button("Shoot with it", "play", () => this.page.useModel(name), { words: true, class: "plain model-use" });
  }

  lora(laid) {
    const said = laid.problem ? (laid.problem === true ? "Its file is missing" : laid.problem) : `over ${laid.base}, strength ${laid.strength}`;
    return el("li", { class: "job-row lora-row", "data-lora": laid.name, "data-state": laid.problem ? "failed" : "done" },
      el("div", {}, el("p", { class: "row-title", title: laid.file }, laid.title), el("p", { class: "row-said" }, said)),
      el("div", { class: "page-tools" }, laid.problem ? null : this.use(laid.name), this.mine ? button("Forget", "bin", async () => {
        await this.doing(() => tell(`studio/models/${encodeURIComponent(laid.name)}/remove`));
        this.load();
      }, { words: true, class: "plain model-remove" }) : null));
  }

  // Over which model, and how strongly.
  lay(path, told) {
    const which = el("select", { class: "pick", id: "lora-base", "aria-label": "Over which model" }, ...told.bases.map((one) => el("option", { value: one.name }, one.title)));
    const shown = el("output", { class: "mono" }, "1");
    const strength = el("input", { type: "range", id: "lora-strength", min: "-2", max: "2", step: "0.05", value: "1", oninput: () => { shown.textContent = strength.value; } });
    const wrong = el("p", { class: "field-error", role: "alert", hidden: true });
    const node = openDialog(`LoRA: ${told.lora}`, el("div", { class: "sheet model-offer" },
      el("p", {}, "Both together become a model of their own, with a name that every recipe can hold."),
      el("label", { class: "field" }, el("span", {}, "Over which model"), which),
      el("label", { class: "field" }, el("span", {}, "Strength ", shown), strength), wrong,
      button("Lay it over", "plus", async () => {
        try {
          const done = await tell("studio/models/lora", { path, base: which.value, strength: strength.value });
          node.close();
          this.page.toasts.say(`${done.lora.title}: ${done.what}.`);
          this.load();
        } catch (error) {
          wrong.textContent = error.message;
          wrong.hidden = false;
        }
      }, { words: true, class: "plain strong", id: "lora-lay" })), "model-lora");
  }

  // Size and licence first; nothing is fetched before both were agreed to.
  async offer(model) {
    let found;
    try {
      found = await ask(`studio/models/${model.name}/offer`);
    } catch (error) {
      return this.wrong(error);
    }
    const about = found.exact ? "" : "about ";
    const agree = el("input", { type: "checkbox", id: "model-agree" });
    const begin = button("Fetch", "download", () => { node.close(); this.fetch(model); }, { words: true, class: "plain strong", id: "model-begin", disabled: true });
    agree.addEventListener("change", () => { begin.disabled = !agree.checked || !found.fits; });
    const node = openDialog(`Fetch ${model.title}`, el("div", { class: "sheet model-offer" },
      rows([["To fetch", `${about}${bytes(found.needed)}${found.needed < found.total ? ` of ${about}${bytes(found.total)}; the rest is here` : ""}`], ["From", found.host], ["Where to", found.place], ["Free there", bytes(found.free)], ["Licence", model.licence]]),
      model.note ? el("p", { class: "note note-warn" }, model.note) : null,
      found.offline ? el("p", { class: "field-error" }, "This studio was started offline (HF_HUB_OFFLINE): nothing can be fetched.") : null,
      found.fits ? null : el("p", { class: "field-error", role: "alert" }, `There is no room for it: ${bytes(found.needed)} are needed. Make room, or set HF_HOME to another disk.`),
      el("label", { class: "model-agreed" }, agree, el("span", {}, model.licence === "not stated" ? "I know that no licence is stated, and agree to the size" : `I agree to the licence (${model.licence}) and the size`)),
      begin), "model-offer");
    return node;
  }

  async fetch(model) {
    await this.doing(() => tell(`studio/models/${model.name}/fetch`, { agreed: true }).then((told) => this.show(told.progress)));
  }

  async check(model, node) {
    node.disabled = true;
    node.querySelector("span").textContent = "Checking";
    await this.doing(async () => {
      const told = await tell(`studio/models/${model.name}/check`);
      this.page.toasts.say(told.wrong.length ? `${told.wrong.join(", ")}: not as published, thrown away. Fetch the rest.` : told.model.missing ? "Some files are not here." : `${model.title} is whole.`);
    });
    this.load();
  }

  remove(model) {
    const folder = model.parts[0].pointed;
    const words = folder ? "The folder stays as it is; the studio only forgets it." : "What was fetched is deleted from the Hugging Face cache, which other programs may use too. Parts that another model here needs stay.";
    const node = openDialog(folder ? "Forget the folder" : `Remove ${model.title}`, el("div", { class: "sheet model-offer" }, el("p", {}, words),
      button(folder ? "Forget it" : "Remove", "bin", async () => {
        node.close();
        await this.doing(async () => {
          const told = await tell(`studio/models/${model.name}/remove`);
          this.page.toasts.say(told.freed ? `${model.title} was removed: ${bytes(told.freed)} are free again.` : `${model.title} was let go.`);
        });
        this.load();
      }, { words: true, class: "plain danger", id: "model-gone" })), "model-remove");
  }

  pointing() {
    const path = el("input", { type: "text", id: "model-path", autocomplete: "off", spellcheck: "false", placeholder: "/models/Wan2.2-TI2V-5B-Diffusers", "aria-label": "Folder or file of weights" });
    const which = el("div", { class: "model-which" });
    const point = async (name) => {
      this.said.hidden = true;
      try {
        const told = await tell("studio/models/point", { path: path.value, ...(name ? { name } : {}) });
        if (told.lora) return this.lay(path.value, told);
        const lacking = told.model.missing ? " Some parts are not in it: fetch the rest." : "";
        const pickles = told.refused.length ? ` ${told.refused.join(", ")}: pickles are not opened.` : "";
        this.page.toasts.say(`${told.model.title}: ${told.what}.${pickles}${lacking}`);
        if (!name && told.others.length > 1) this.ask(told);
        await this.load();
      } catch (error) {
        which.replaceChildren(el("p", { class: "field-error", role: "alert" }, error.message));
      }
    };
    path.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); point(); } });
    this.point = point;
    return el("section", { class: "settings-group", id: "model-point" },
      el("div", { class: "settings-head" }, el("h3", {}, "Weights of your own"), el("p", { class: "dim" }, "A folder that Diffusers or the original repository wrote, or one safetensors file, a LoRA too. It is read where it lies.")),
      el("div", { class: "settings-body" }, el("div", { class: "delete-line" }, path, button("Use it", null, () => point(), { words: true, class: "plain" })), which));
  }

  // Weights of one shape can be of several models: only their owner knows.
  ask(told) {
    const node = openDialog("Which model is it?", el("div", { class: "sheet model-offer" }, el("p", {}, "Several models have these shapes."),
      ...told.others.map((one) => button(one.title, null, async () => {
        node.close();
        if (one.name === told.model.name) return;
        await tell(`studio/models/${told.model.name}/remove`).catch(() => {});
        this.point(one.name);
      }, { words: true, class: "plain" }))), "model-kind");
  }

  // What is on its way

  show(progress) {
    const before = this.seen;
    this.seen = new Map(progress.map((one) => [one.model, one]));
    for (const one of progress) {
      const known = this.cards.get(one.model);
      if (known) this.line(known.card, one);
    }
    const ended = progress.some((one) => !BUSY.includes(one.stage) && BUSY.includes(before.get(one.model)?.stage));
    clearTimeout(this.timer);
    if (progress.some((one) => BUSY.includes(one.stage))) this.timer = setTimeout(() => this.look(), LOOK);
    if (ended) this.load();
  }

  async look() {
    if (!this.node.isConnected) return;
    try {
      this.show((await ask("studio/models/progress")).progress);
    } catch {
      this.timer = setTimeout(() => this.look(), 2 * LOOK); // the studio is away: what it fetches goes on when it is back
    }
  }

  line(card, one) {
    const place = card.querySelector(".model-progress");
    const busy = BUSY.includes(one.stage);
    const tools = card.querySelector(".model-tools");
    if (tools) tools.hidden = busy;
    place.hidden = one.stage === "done";
    if (one.stage === "failed" || one.stage === "stopped") return place.replaceChildren(el("p", { class: one.error ? "field-error" : "note", role: "status" }, one.error ? sentence(one.error) : "Stopped. What has come is kept."));
    const share = one.total ? Math.min(100, (100 * one.done) / one.total) : 0;
    const said = one.stage === "waiting" ? "Waits for the one before it" : one.stage === "asking" ? "Asking the hub" : [`${bytes(one.done)} of ${bytes(one.total)}`, one.speed ? `${(one.speed / 1e6).toFixed(1)} MB/s` : "", one.left_s !== null ? `${clock(Math.ceil(one.left_s))} left` : "", one.file].filter(Boolean).join(" · ");
    return place.replaceChildren(
      el("div", { class: "model-bar", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(share)), "aria-label": `Fetching ${one.title}` }, el("i", { style: `width: ${share}%` })),
      el("div", { class: "model-said" }, el("span", {}, said), this.mine ? button("Stop", "stop", () => this.doing(() => tell(`studio/models/${one.model}/stop`).then((told) => this.show(told.progress))), { words: true, class: "link model-stop" }) : null));
  }

  async doing(act) {
    this.said.hidden = true;
    try {
      await act();
    } catch (error) {
      this.wrong(error);
    }
  }

  wrong(error) {
    this.said.textContent = error.message;
    this.said.hidden = false;
    this.said.scrollIntoView({ block: "center" });
  }
}

function head(title, standing, tone) {
  return el("header", { class: "model-head" }, el("h3", {}, title), el("span", { class: `model-standing ${tone}` }, standing));
}

const sentence = (line) => line.charAt(0).toUpperCase() + line.slice(1);
