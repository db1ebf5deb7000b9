// The Settings page: what is preferred, where things lie and how much, taking everything out, and ending it.
import { ask, button, bytes, choices, el, tell } from "./dom.js";
import { mayNotify } from "./bell.js";

const RATIOS = { landscape: "16:9", portrait: "9:16", square: "1:1" };
const PRIVACY = [
  ["full", "Everything", "The clip carries its whole recipe: words, seed, settings. Drop it here and all comes back."],
  ["no-prompt", "Not my words", "Seed and settings travel with the clip, your words stay here."],
  ["origin-only", "Origin only", "The clip says that a model made it, and which. Nothing of how."],
];

const LABELS = [
  ["off", "None", "Nothing is to be seen. The credential is in the clip all the same."],
  ["corner", "Corner", "“AI-generated” in the corner of every frame."],
  ["card", "Card", "“AI-generated” over the first two seconds; the clip is no longer for it."],
  ["eu", "EU", "The two letters that stand in for the EU’s common icon, in the corner."],
  ["aigc", "AIGC", "“AI生成” in the corner and the tag AIGC in the file, as China asks."],
];
const MARK = [
  ["off", "Off", "A clip that is encoded again is found by what it looks like, as far as that goes."],
  ["on", "On", "A number that nobody sees leads a clip that was encoded again back to its credential. It changes every pixel a little and the file grows by some per cent."],
];

export class Settings {
  constructor(page) {
    this.page = page;
    this.node = el("div", { class: "sheet-page", id: "settings" });
  }

  async mount(root) {
    root.replaceChildren(this.node);
    await this.load();
  }

  async load() {
    try {
      this.draw(await ask("studio/settings"));
    } catch (error) {
      this.node.replaceChildren(el("p", { class: "note" }, error.message));
    }
  }

  draw({ preferences, models, disk, typed, plans }) {
    this.error = el("p", { class: "field-error", role: "alert", hidden: true });
    const set = (name) => (value) => this.prefer({ [name]: value });
    const sizes = (models.find((each) => each.name === preferences.model) || models[0]).sizes;
    const seconds = el("input", { type: "text", inputmode: "decimal", value: String(preferences.seconds), id: "default-seconds", onchange: (event) => this.prefer({ seconds: Number(event.target.value.replace(",", ".")) }) });
    this.node.replaceChildren(
      el("header", { class: "page-top" }, el("h2", {}, "Settings")), this.error,
      group("A new shot", "What the form begins with.",
        models.length > 1 ? choices("prefer-model", "Model", models.map((each) => [each.name, each.title]), preferences.model, (name) => this.page.useModel(name)) : el("p", { class: "dim" }, `Shoots with ${models[0].title}. Other models appear here once they are installed.`),
        choices("prefer-size", "Picture", sizes.map((name) => [name, RATIOS[name] || name]), preferences.size, set("size")),
        el("label", { class: "field" }, el("span", {}, "Seconds"), seconds),
        choices("prefer-takes", "Takes", [[1, "1"], [2, "2"], [4, "4"]], preferences.takes, (value) => this.prefer({ takes: Number(value) }))),
      plans.length ? group("Large models", "How they are kept in memory, and what may be traded for speed.",
        this.plan(plans, preferences.plan),
        choices("prefer-develop", "Clips are developed", [["full", "In full"], ["fast", "Fast, a little softer"]], preferences.develop, set("develop")),
        choices("prefer-compile", "Compile", [["off", "No"], ["on", "Yes: pays back after some clips of one size"]], preferences.compile, set("compile"))) : "",
      group("The room", "",
        choices("prefer-theme", "Theme", [["dark", "Dark"], ["light", "Light"], ["system", "As the system"]], preferences.theme, set("theme")),
        choices("prefer-notify", "When a shot ends", [["off", "Nothing"], ["sound", "A sound"], ["notice", "A notice"], ["both", "Both"]], preferences.notify, (value) => this.notify(value))),
      group("What a clip tells", "Every clip says that a model made it. How much more is yours to say.", this.told("privacy", "Recipe in the clip", PRIVACY, preferences),
        this.told("label", "Visible label", LABELS, preferences), this.told("mark", "Invisible mark", MARK, preferences)),
      group("The studio’s folder", disk.home || "", this.disk(disk)),
      group("The bin", "Takes that were deleted, until it is emptied.", this.bin()),
      group("Everything of yours", "", this.everything(typed)),
    );
  }

  // A choice, and under it what the chosen one means.
  told(name, title, choice, preferences) {
    const said = el("p", { class: "dim" });
    const explain = (value) => { said.textContent = choice.find(([id]) => id === value)[2]; };
    explain(preferences[name]);
    return el("div", {}, choices(`prefer-${name}`, title, choice.map(([id, words]) => [id, words]), preferences[name], (value) => { explain(value); this.prefer({ [name]: value }); }), said);
  }

  // How a large model is kept in memory; small ones are always whole.
  plan(plans, chosen) {
    const pick = el("select", { id: "prefer-plan", class: "pick", onchange: (event) => this.prefer({ plan: event.target.value }) },
      ...plans.map(([name, words]) => el("option", { value: name, selected: name === chosen }, `${name}: ${words}`.replace("auto: ", ""))));
    return el("label", { class: "field" }, el("span", {}, "Memory"), pick);
  }

  disk(disk) {
    const most = Math.max(1, disk.total);
    const lines = disk.parts.map(([name, size]) => el("div", { class: "disk-line" }, el("span", {}, name), el("i", { style: `--part: ${(100 * size) / most}%` }), el("span", { class: "mono" }, bytes(size))));
    return el("div", { id: "disk" }, ...lines, el("p", { class: "dim" }, `${bytes(disk.total)} in all, ${bytes(disk.free)} free on this disk.`));
  }

  // The bin gives takes back until it is emptied.
  bin() {
    const list = el("ul", { class: "bin-list" });
    const empty = button("Empty the bin", "bin", () => this.emptyBin(), { words: true, class: "plain", id: "empty-bin", hidden: true });
    const said = el("p", { class: "dim" }, "Empty.");
    ask("studio/bin").then(({ takes }) => {
      said.hidden = takes.length > 0;
      empty.hidden = !takes.length;
      list.append(...takes.map((take) => el("li", {}, el("span", {}, take.title), button("Restore", "undo", () => this.restore(take), { words: true, class: "link" }))));
    }, () => {});
    return el("div", { id: "bin" }, said, list, empty);
  }

  async restore(take) {
    await this.page.acts.restore(take);
    this.load();
  }

  everything(typed) {
    const field = el("input", { type: "text", id: "delete-typed", autocomplete: "off", placeholder: typed, "aria-label": `Type “${typed}” to delete everything` });
    const gone = button("Delete everything", "bin", () => this.deleteAll(field.value), { words: true, class: "plain danger", id: "delete-everything", disabled: true });
    field.addEventListener("input", () => { gone.disabled = field.value.trim().toLowerCase() !== typed; });
    return el("div", { class: "everything" },
      el("a", { class: "plain", id: "export", href: "studio/export.zip", download: "" }, el("span", {}, "Export everything")),
      el("p", { class: "dim" }, "One zip: clips, posters, recipes, and the pictures you gave."),
      el("div", { class: "delete-line" }, field, gone),
      el("p", { class: "dim" }, `Deletes every take, shot and picture of yours, for good. Type “${typed}” to allow it.`));
  }

  async prefer(changes) {
    this.error.hidden = true;
    try {
      const told = await tell("studio/settings", changes);
      this.page.preferred(told.preferences);
    } catch (error) {
      this.error.textContent = error.message;
      this.error.hidden = false;
    }
  }

  async notify(value) {
    if (value === "notice" || value === "both") {
      if (!(await mayNotify())) this.page.toasts.say("This browser does not allow notices; the sound works all the same.");
    }
    this.prefer({ notify: value });
  }

  async emptyBin() {
    const { deleted } = await tell("studio/bin/empty").catch(() => ({ deleted: 0 }));
    this.page.toasts.say(deleted ? `${deleted} ${deleted === 1 ? "take is" : "takes are"} gone for good.` : "The bin was empty.");
    this.load();
  }

  async deleteAll(typed) {
    try {
      const gone = await tell("studio/delete-everything", { typed });
      this.page.deleted();
      this.page.toasts.say(`Deleted: ${gone.takes} takes, ${gone.jobs} shots, ${gone.inputs} pictures.`);
      this.load();
    } catch (error) {
      this.error.textContent = error.message;
      this.error.hidden = false;
    }
  }
}

function group(title, lead, ...content) {
  return el("section", { class: "settings-group" }, el("div", { class: "settings-head" }, el("h3", {}, title), lead ? el("p", { class: "dim" }, lead) : null), el("div", { class: "settings-body" }, ...content));
}
