// Making room: what lies on the disk, and takes that nobody would miss. Nothing starred, named or used is ever touched.
import { ask, bytes, button, el } from "./dom.js";
import { plural } from "./library.js";

const AGES = [["0", "of any age"], ["7", "older than a week"], ["30", "older than a month"], ["180", "older than half a year"]];

export async function makeRoom(library) {
  const { page } = library;
  let disk;
  try {
    disk = await ask("studio/library/disk");
  } catch (error) {
    return page.toasts.say(error.message, { tone: "toast-stop" });
  }
  const said = el("p", { id: "spare-said", role: "status" }, "Looking…");
  const clear = button("Move them to the bin", "bin", () => act(), { words: true, class: "plain", id: "spare-clear", disabled: true });
  const age = el("select", { id: "spare-age", "aria-label": "How old", onchange: () => look() }, ...AGES.map(([days, words]) => el("option", { value: days }, words)));
  age.value = "30";
  const node = page.dialog("Room on the disk", el("div", { class: "dropped", id: "disk-room" }, page.settings.disk(disk),
    el("h3", {}, "Takes you may not need"), el("label", { class: "spare-line" }, el("span", {}, "Takes"), age), said,
    el("p", { class: "dim" }, "Never one with a star, a name or a note, one of a film, or one that another take goes on from. They wait in the bin until you empty it."),
    el("div", { class: "dialog-tools" }, clear)), "disk-dialog");

  async function look() {
    clear.disabled = true;
    const told = await ask(`studio/library/spare?days=${age.value}`).catch((error) => ({ error }));
    if (told.error) { said.textContent = told.error.message; return; }
    clear.disabled = !told.takes;
    said.textContent = told.takes ? `${plural(told.takes, "take")}, ${bytes(told.size)}.` : "None: everything else is starred, named or in use.";
  }

  async function act() {
    const told = await page.act("studio/library/clear", { days: Number(age.value) });
    node.close();
    if (!told) return;
    await page.loadTakes();
    if (page.view.kind === "take" && !page.find(page.view.id)) page.view = { kind: "empty", id: null };
    library.gone([], `${plural(told.takes, "take")} moved to the bin.`);
  }

  return look();
}
