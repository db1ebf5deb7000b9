// The door: waits for the studio, builds the page, and moves it into the places that Gradio keeps for it.
import { ask, tell } from "./dom.js";
import { listenForFiles } from "./drop.js";
import { closeFloating } from "./menu.js";
import { Page } from "./page.js";
import { listenForKeys, listenForTheme, setTheme, showModel } from "./shell.js";

const LOST = 2000; // milliseconds between looks while the studio does not answer

// Gradio draws the tabs and gives each its place when it is first shown; the page moves in where there is one.

const rooms = new Map();

function moveIn() {
  for (const [name, root] of Object.entries({ films: "film-root", library: "library-root", queue: "queue-root", models: "models-root", settings: "settings-root" })) {
    const node = document.getElementById(root);
    if (!node || !window.auteur || rooms.get(name) === node) continue;
    rooms.set(name, node);
    window.auteur[name].mount(node);
  }
}

async function mount() {
  const root = document.getElementById("room");
  if (!root || window.auteur || mount.begun) return moveIn();
  mount.begun = true;
  const start = await begin();
  const page = new Page(start);
  window.auteur = page;
  listenForKeys(page);
  listenForFiles(page);
  listenForTheme((theme) => {
    setTheme(theme);
    tell("studio/settings", { theme }).then((told) => page.preferred(told.preferences), () => {}); // away: the tab knows it
  });
  setTheme(start.preferences.theme);
  showModel(page);
  document.addEventListener("click", (event) => {
    if (event.target.closest('[role="tab"]')) { closeFloating(); setTimeout(moveIn, 50); }
  });
  await page.open(root);
  if (matchMedia("(min-width: 900px)").matches) page.form.prompt.focus({ preventScroll: true });
  return moveIn();
}

async function begin() {
  for (;;) {
    try {
      return await ask("studio/start");
    } catch {
      await new Promise((wake) => { setTimeout(wake, LOST); });
    }
  }
}

window.addEventListener("auteur:room", mount);
mount();
