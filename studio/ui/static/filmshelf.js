// Takes of the library for a film: looked for by words, chosen one or several, and put in as shots.
import { ask, button, el, later } from "./dom.js";
import { openDialog } from "./shell.js";
import { playOnHover } from "./stage.js";

const LONGEST = 60; // seconds of a shot

// The library as a sheet; `done` is given the takes that were chosen, in the order of choosing.
export function chooseTakes({ title, many, done }) {
  const chosen = [];
  let last = null;
  const grid = el("div", { class: "film-takes", id: "film-shelf" });
  const said = el("p", { class: "dim", role: "status" });
  const more = button("More", null, () => look(last), { words: true, class: "plain", hidden: true });
  const put = button("Put in", "plus", () => finish(chosen), { words: true, class: "plain strong", id: "film-shelf-put", disabled: true });
  const search = el("input", { type: "search", id: "film-shelf-search", placeholder: "Search words, names, notes", "aria-label": "Search the takes", autocomplete: "off", spellcheck: "false", oninput: later(250, () => look()) });
  const node = openDialog(title, el("div", { class: "film-shelf" }, search, said, grid, more, many ? el("div", { class: "film-shelf-foot" }, put) : null), "film-shelf-dialog");

  function finish(takes) {
    node.close();
    done(takes);
  }

  function tile(take) {
    const node = el("button", { type: "button", class: "film-take", "aria-pressed": "false", "data-take": take.id, onclick: () => pick(take) },
      el("img", { src: take.poster, alt: "", loading: "lazy" }), el("span", { class: "film-take-words" }, take.title), el("span", { class: "mono" }, `${(take.frames / take.fps).toFixed(1)} s${take.tool ? ` · ${take.tool}` : ""}`));
    playOnHover(node, node, take.clip);
    return node;
  }

  function pick(take) {
    if (!many) return finish([take]);
    const at = chosen.findIndex((each) => each.id === take.id);
    if (at < 0) chosen.push(take);
    else chosen.splice(at, 1);
    dress();
    return null;
  }

  function dress() {
    for (const each of grid.children) {
      const at = chosen.findIndex((take) => take.id === each.dataset.take);
      each.setAttribute("aria-pressed", String(at >= 0));
      each.dataset.number = at < 0 ? "" : String(at + 1);
    }
    put.disabled = !chosen.length;
    put.querySelector("span").textContent = chosen.length > 1 ? `Put in ${chosen.length} shots` : "Put in";
  }

  async function look(before = null) {
    const asked = search.value;
    const parts = Object.entries({ search: asked, before: before || "" }).filter(([, value]) => value);
    const told = await ask(`studio/library?${new URLSearchParams(parts)}`).catch((error) => ({ error }));
    if (asked !== search.value) return;
    said.textContent = told.error ? told.error.message || "The studio does not answer." : before || told.takes.length ? (many && !before ? "Choose them in the order of the film." : said.textContent) : "No take is like that.";
    if (told.error) return;
    grid[before ? "append" : "replaceChildren"](...told.takes.map(tile));
    last = told.takes.length ? told.takes[told.takes.length - 1].id : last;
    more.hidden = !told.more;
    dress();
  }

  look();
}

// A take as a shot of a film: its words, its seed, its direction, and itself as the take that was chosen.
export function asShot(take, offered) {
  const recipe = JSON.parse(take.json);
  const direction = Object.entries(recipe.direction || {}).filter(([kind, id]) => (offered[kind] || []).some((each) => each.id === id));
  const seed = Number(take.seed);
  return {
    prompt: take.prompt,
    seconds: Math.min(LONGEST, recipe.work ? Math.round((100 * take.frames) / take.fps) / 100 : recipe.seconds),
    direction: Object.fromEntries(direction),
    negative: recipe.negative || "",
    seed: Number.isSafeInteger(seed) ? seed : null,
    take: take.id,
  };
}
