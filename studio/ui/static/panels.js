// What is known of a take, under it: who signed it, and what it was made of, beside another take's where one asks.
import { ask, button, el, rows } from "./dom.js";

export function credentialPanel(take) {
  const { credential } = take;
  const problems = credential.problems.map((problem) => el("li", {}, problem));
  return [
    el("h3", { id: "credential", "data-verdict": credential.verdict }, credential.line),
    el("p", { class: "panel-lead" }, "The credential travels inside the file. Any C2PA reader can check it."),
    rows(credential.rows.filter(([name]) => name !== "Seal")),
    problems.length ? el("ul", { class: "problems" }, ...problems) : null,
  ].filter(Boolean);
}

export function recipePanel(take, others, acts) {
  const copySeed = button("Copy seed", "copy", () => copy(take.seed, copySeed), { words: true, class: "quiet", id: "copy-seed" });
  const copyAll = button("Copy all settings", "copy", () => copy(take.json, copyAll), { words: true, class: "quiet", id: "copy-all" });
  const load = button("Load into the form", "use", () => acts.useTake(take), { words: true, class: "quiet", id: "load-take" });
  const table = el("div", { id: "difference" });
  const choose = el("select", { id: "difference-to", "aria-label": "Show the difference to another take", onchange: () => difference(take, others.find((each) => each.id === choose.value), table) },
    el("option", { value: "" }, "no other take"), ...others.filter((each) => each.id !== take.id).slice(0, 30).map((each) => el("option", { value: each.id }, `${short(each.title)} · ${each.seed}`)));
  return [
    el("h3", { id: "recipe" }, "The recipe of this take"), rows(take.recipe),
    el("label", { class: "difference-line" }, el("span", {}, "Difference to"), choose), table,
    el("div", { class: "panel-tools" }, copySeed, copyAll, load),
  ];
}

const short = (text) => (text.length > 46 ? `${text.slice(0, 45)}…` : text);

export async function difference(one, other, table, titles = ["This take", "The other"]) {
  table.replaceChildren();
  if (!other) return;
  let found;
  try {
    found = (await ask(`studio/takes/${one.id}/difference/${other.id}`)).rows;
  } catch (error) {
    table.replaceChildren(el("p", { class: "note" }, error.message));
    return;
  }
  if (!found.length) {
    table.replaceChildren(el("p", { class: "note" }, "Nothing is different: the same recipe."));
    return;
  }
  const head = el("tr", {}, el("th", { scope: "col" }, "What"), ...titles.map((each) => el("th", { scope: "col" }, each)));
  const lines = found.map(([label, a, b]) => el("tr", {}, el("th", { scope: "row" }, label), el("td", {}, a || "none"), el("td", {}, b || "none")));
  table.replaceChildren(el("table", { class: "difference" }, el("thead", {}, head), el("tbody", {}, ...lines)));
}

export async function copy(text, node) {
  const words = node.querySelector("span");
  const before = words.dataset.words || words.textContent;
  words.dataset.words = before;
  try {
    await navigator.clipboard.writeText(text);
    words.textContent = "Copied";
  } catch {
    words.textContent = text.length < 40 ? text : "Copying is not allowed here";
  }
  setTimeout(() => { words.textContent = before; }, 1600);
}
