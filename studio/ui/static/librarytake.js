// One take of the library, large: it plays, and its name, note and star are written here.
import { button, el } from "./dom.js";
import { goTo } from "./shell.js";

export function openTake(library, id) {
  const { page } = library;
  const video = el("video", { muted: true, loop: true, playsinline: true, controls: true, id: "shelf-video" });
  const star = button("Star", "star", () => page.acts.change(take(), "star", { on: !take().starred }).then(draw), { class: "tool", id: "shelf-star" });
  const name = el("input", { type: "text", maxlength: "120", autocomplete: "off", id: "shelf-name", placeholder: "A name", "aria-label": "Name", onchange: () => page.acts.change(take(), "name", { name: name.value.trim() }).then(draw) });
  const note = el("textarea", { rows: "2", maxlength: "2000", id: "shelf-note", placeholder: "A note", "aria-label": "Note", onchange: () => page.acts.change(take(), "note", { note: note.value.trim() }).then(draw) });
  const prompt = el("p", { class: "shelf-prompt" });
  const facts = el("p", { class: "dim" });
  const tools = el("div", { class: "dialog-tools" });
  const step = (by) => () => {
    const at = library.takes.findIndex((each) => each.id === id) + by;
    if (!library.takes[at]) return;
    id = library.takes[at].id;
    draw();
    if (at > library.takes.length - 5) library.further();
  };
  const sides = el("div", { class: "shelf-sides" }, button("The take before", "back", step(-1), { class: "tool", id: "shelf-before" }), button("The take after", "next", step(1), { class: "tool", id: "shelf-after" }));
  const node = page.dialog("Take", el("div", { class: "shelf-take" }, video, el("div", { class: "shelf-words" }, el("div", { class: "shelf-line" }, star, name, sides), note, prompt, facts, tools)), "shelf-dialog");
  const take = () => library.find(id);
  const leave = (act) => () => { node.close(); act(take()); };

  function draw() {
    const shown = take();
    if (!shown) return node.close();
    const binned = library.asked.bin;
    const clip = binned ? `${shown.clip}?bin=1` : shown.clip;
    if (video.getAttribute("src") !== clip) {
      video.poster = binned ? `${shown.poster}?bin=1` : shown.poster;
      video.style.setProperty("--ratio", shown.width / shown.height);
      video.style.aspectRatio = `${shown.width} / ${shown.height}`;
      video.src = clip;
      if (!matchMedia("(prefers-reduced-motion: reduce)").matches) video.play().catch(() => {});
    }
    star.setAttribute("aria-pressed", String(shown.starred));
    for (const field of [star, name, note]) field.disabled = binned;
    if (document.activeElement !== name) name.value = shown.name;
    if (document.activeElement !== note) note.value = shown.note;
    prompt.textContent = shown.prompt || "No words.";
    facts.textContent = `${shown.width} × ${shown.height} · ${(shown.frames / shown.fps).toFixed(1)} s · seed ${shown.seed} · ${shown.when}`;
    const act = (words, shape, done, more = {}) => button(words, shape, done, { words: true, class: "plain", ...more });
    tools.replaceChildren(...(binned ? [act("Restore", "undo", leave((each) => library.restore([each.id])), { id: "shelf-restore" })] : [
      act("Open on the stage", "use", leave((each) => page.visit(each)), { class: "plain strong", id: "shelf-stage" }),
      act("Put in the film", "use", leave((each) => page.films.receive([each])), { id: "shelf-film" }),
      act("Use its settings", "copy", leave((each) => { goTo("Shoot"); page.acts.ofTakes().useTake(each); })),
      el("a", { class: "plain", href: shown.download, download: "" }, el("span", {}, "Download")),
      act("Move to the bin", "bin", leave((each) => library.bin([each.id])), { id: "shelf-bin" }),
    ]));
    return null;
  }

  node.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, video")) return event.stopPropagation();
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return null;
    event.preventDefault();
    return step(by)();
  });
  draw();
}
