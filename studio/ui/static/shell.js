// Around the pages: keys and the sheet that lists them, the theme, and which page is shown.
import { button, el } from "./dom.js";
import { closeFloating, menuButton } from "./menu.js";

const SHEET = [
  ["Anywhere", [["Ctrl Enter", "Shoot"], ["Esc", "Stop the shot, or close what is open"], ["Ctrl Z", "Take back what was done last"], ["Ctrl V", "Give the picture on the clipboard"], ["Alt E", "Say the prompt in film language"], ["Alt S", "Styles"], ["?", "This list"]]],
  ["The take", [["Space", "Play or pause"], ["J  K  L", "Back, stop, on; again is faster"], ["← →", "One frame back, one frame on"], ["I  O", "Mark a part: it plays alone, Use gives it on"], ["Shift I", "Take the marks away"]]],
  ["The strip", [["← →", "The take before, the take after"], ["Shift click", "Compare with the take on the stage"], ["Delete", "Move to the bin"]]],
  ["The film", [["Space", "Play or pause the film"], ["J  K  L", "Back, stop, on; again is faster"], ["← →", "One frame back, one frame on"], ["Home End", "To its begin, to its end"], ["I  O", "The shot begins here, ends here"], ["Shift I", "The whole take again"], ["S", "Cut the shot here"], ["F", "Full screen"], ["Alt ← →", "Move a shot"], ["Ctrl Z", "Take an edit back"], ["Ctrl Y", "Do it again"], ["Ctrl Enter", "Shoot what is missing"]]],
  ["Pictures in time", [["← →", "Move a key frame, a handle or the crop"], ["+ −", "Size the crop"], ["Delete", "Remove the key frame"]]],
  ["Drawing", [["B", "Brush"], ["S", "Soft brush"], ["E", "Eraser"], ["G", "Fill"], ["I", "Pick a colour (or Alt)"], ["[  ]", "Thinner, thicker"], ["Shift click", "A straight line from the last stroke"], ["Ctrl Z", "Undo; with Shift, redo"]]],
  ["The library", [["← ↑ → ↓", "From take to take"], ["X", "Choose"], ["S", "Star"], ["Shift click", "Choose all up to here"], ["Delete", "Move to the bin"]]],
  ["The queue", [["Alt ↑ ↓", "Move a shot up or down"]]],
];

export function listenForKeys(page) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (document.querySelector("dialog[open]")) return; // nothing is shot from behind a sheet
      event.preventDefault();
      event.stopPropagation();
      page.form.shoot(false);
    } else if (event.code === "KeyE" && event.altKey && !event.ctrlKey && page.onShootPage()) {
      event.preventDefault();
      page.form.expand.ask(0);
    } else if (event.code === "KeyS" && event.altKey && !event.ctrlKey && page.onShootPage() && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      page.form.styles.show();
    } else if (event.key === "Escape" && !busyElsewhere(event.target)) page.escape();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const typing = event.target.closest("input:not([type=range], [type=radio]), textarea, select, [contenteditable=true]");
    const undoing = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
    if (typing && !(undoing && typing === page.form.prompt && !page.form.touched)) return; // the field's own undo comes first
    if (undoing && !event.shiftKey) {
      event.preventDefault();
      page.undos.undo();
    } else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === "?") showSheet();
    else if (!event.target.closest("button, a, input, [role=slider], [role=listbox], dialog") || /^[jklio]$/i.test(event.key) || (event.key === " " && event.target.closest(".wipe, .scrub"))) {
      if (page.onShootPage() && page.playKey(event.key)) event.preventDefault();
    }
  });
}

// Escape first closes what is open: a list of choices, a sheet, a full screen.
function busyElsewhere(target) {
  return Boolean(document.fullscreenElement || document.querySelector("dialog[open], .floating") || (target.closest && target.closest("[role=listbox], dialog, #title-line, [role=slider]")));
}

export function showSheet() {
  closeFloating();
  const groups = SHEET.map(([title, keys]) => el("section", {}, el("h3", {}, title), el("dl", {}, ...keys.map(([key, words]) => el("div", {}, el("dt", {}, ...key.split(/ (?=[^ ])/).map((one) => el("kbd", {}, one.trim()))), el("dd", {}, words))))));
  openDialog("Keys", el("div", { class: "sheet" }, ...groups), "sheet");
}

export function openDialog(title, content, id) {
  const close = button("Close", "close", () => node.close(), { class: "tool" });
  const node = el("dialog", { id, "aria-label": title }, el("header", {}, el("h2", {}, title), close), content);
  node.addEventListener("close", () => setTimeout(() => node.remove())); // what stands in it for a while moves out first
  node.addEventListener("click", (event) => { if (event.target === node) node.close(); });
  document.body.append(node);
  node.showModal();
  return node;
}

// Which model shoots stands in the header; where there are several it is a choice.
export function showModel(page) {
  const { models, model } = page.start;
  const line = document.querySelector("#masthead .model-line");
  if (!line) return;
  line.textContent = model.title;
  if (models.length < 2) return;
  line.replaceWith(menuButton(model.title, "fold", () => models.map((each) => [each.title, null, () => each.name !== model.name && page.useModel(each.name)]), { class: "model-line model-choice", id: "model-switch", title: "The model that shoots" }));
}

export function setTheme(theme) {
  const light = theme === "light" || (theme === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
  document.body.classList.toggle("dark", !light); // Gradio's own few rules
  try {
    localStorage.setItem("auteur.theme", theme); // known before the first paint of the next visit
  } catch {
    // storage is off: the studio knows it all the same
  }
  const node = document.getElementById("theme-switch");
  if (node) node.setAttribute("aria-label", `Change to the ${light ? "dark" : "light"} theme`);
}

export function listenForTheme(change) {
  const node = document.getElementById("theme-switch");
  if (node) node.addEventListener("click", () => change(document.documentElement.dataset.theme === "light" ? "dark" : "light"));
  document.getElementById("keys-switch")?.addEventListener("click", showSheet);
}

export function goTo(name) {
  const tab = [...document.querySelectorAll('#pages button[role="tab"]')].find((each) => each.textContent.trim() === name);
  if (tab && tab.getAttribute("aria-selected") !== "true") tab.click();
}
