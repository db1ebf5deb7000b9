// Files that come from outside: dropped anywhere (a clip of ours brings its settings; any clip can be worked on), or pasted.
import { ask, button, el } from "./dom.js";
import { goTo, openDialog } from "./shell.js";
import { Workbench } from "./workbench.js";

const ELSEWHERE = "#verify, #film-root, dialog"; // they take files in their own way

export function listenForFiles(page) {
  const veil = el("div", { id: "veil", "aria-hidden": "true" }, el("p", {}, "Drop it here: a clip of ours brings its settings back"));
  document.body.append(veil);
  let inside = 0;
  const dragging = (on) => { document.body.dataset.dragging = String(on); };
  const files = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const ours = (event) => files(event) && !event.target.closest?.(ELSEWHERE);
  document.addEventListener("dragenter", (event) => { if (ours(event)) { inside += 1; dragging(true); } });
  document.addEventListener("dragleave", (event) => { if (ours(event) && --inside <= 0) { inside = 0; dragging(false); } });
  document.addEventListener("dragover", (event) => {
    if (!files(event) || event.defaultPrevented) return;
    event.preventDefault(); // a file dropped beside a place for it would take the page's place
    if (!ours(event)) event.dataTransfer.dropEffect = "none";
  });
  document.addEventListener("drop", (event) => {
    inside = 0;
    dragging(false);
    if (event.defaultPrevented || !files(event)) return;
    event.preventDefault();
    if (!ours(event) || !event.dataTransfer.files.length) return;
    goTo("Shoot");
    dropped(page, [...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length || !page.onShootPage()) return;
    event.preventDefault();
    page.form.frames.receive(files, page.form.frames.next());
    page.toasts.say("The picture from the clipboard is in the shot.");
  });
}

export async function dropped(page, files) {
  if (files.length > 1) return page.form.frames.receive(files, "between");
  const [file] = files;
  page.toasts.say(`Reading ${file.name}…`);
  let told;
  try {
    told = await ask(`studio/dropped?name=${encodeURIComponent(file.name)}`, "POST", file);
  } catch (error) {
    return page.toasts.say(error.message, { tone: "toast-stop" });
  }
  page.toasts.clear();
  if (!told.form && told.given.kind !== "clip") return place(page, told);
  return offer(page, file, told);
}

// A picture that is no clip of ours, or whose recipe cannot be read, is taken as what it is.
function place(page, { given }) {
  page.form.frames.take([given], page.form.frames.next());
  page.toasts.say("The picture is in the shot.", { act: () => page.undos.undo() });
}

function offer(page, file, told) {
  const { name } = file;
  const proven = told.proven ? "Verified: its settings are as they were signed." : "Its settings are what the file claims: not proven.";
  const act = (words, what, kind, id) => button(words, null, () => { dialog.close(); what(); }, { words: true, class: kind, id, autofocus: kind.includes("strong") });
  const parts = [
    el("p", { class: `verdict-line tone-${told.tone}`, "data-verdict": told.verdict }, told.line),
    ...(told.form ? [el("p", { class: "dim" }, proven), el("blockquote", {}, told.form.prompt || "A shot without words.")] : [el("p", { class: "dim" }, "It can be gone on from, blended or drawn anew, or be the frames of a shot.")]),
  ];
  const clip = told.given && told.given.kind === "clip";
  const tools = [
    told.form && act("Load its settings", () => page.form.fill({ ...told.form, takes: page.form.data.takes }, { why: "The form is as it was" }), "plain strong", "dropped-load"),
    clip && act("Use it as frames", () => page.form.frames.take([told.given], "between"), "plain", "dropped-frames"),
    told.film && act("Open the film", () => page.films.openHere(file), "plain strong", "dropped-film"),
    clip && act("Work on it", () => workOn(page, file, told), told.form || told.film ? "plain" : "plain strong", "dropped-work"),
  ].filter(Boolean);
  const content = el("div", { class: "dropped" }, ...parts, el("div", { class: "dialog-tools" }, ...tools));
  const dialog = openDialog(name, content, "dropped");
}

// The tools on a clip that is no take. It plays from the visitor's own file: the studio never sends it back.
function workOn(page, file, told) {
  const address = URL.createObjectURL(file);
  const video = el("video", { src: address, class: "outside-clip", controls: true, muted: true, playsinline: true, "aria-label": file.name });
  const { id, seconds } = told.given;
  const clip = { id, title: file.name, outside: true, recipe: Boolean(told.form), prompt: told.form ? told.form.prompt : "", frames: Math.round(seconds * 16), fps: 16, parents: [], seams: [], group: "" };
  const bench = new Workbench({
    ...page.acts.ofTakes(), marks: () => null, moment: () => (video.currentTime > 0 ? video.currentTime : null),
    shot: (jobs) => { dialog.close(); page.shot(jobs, null); },
  });
  const dialog = openDialog(file.name, el("div", { class: "outside" }, video, ...bench.panel(clip)), "work-outside");
  dialog.addEventListener("close", () => URL.revokeObjectURL(address));
}
