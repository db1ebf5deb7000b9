// A card's words in film language, beside what was written: names of the cast stay, and nothing changes until it is taken.
import { button, el, tell } from "./dom.js";
import { marked } from "./expand.js";
import { openDialog } from "./shell.js";

export function expandShot(film, id) {
  const { cards } = film;
  const shot = film.film.shots[cards.at(id)];
  const written = shot.prompt.trim().replace(/\s+/g, " ");
  const spoken = speak(written, film.film.cast);
  let turn = 0;
  const longer = el("p", { class: "expanded-text" });
  const said = el("p", { class: "dim", role: "status" });
  const act = (words, what, name, kind = "plain") => button(words, null, what, { words: true, class: kind, id: `film-expand-${name}` });
  const take = act("Take it", () => { dialog.close(); cards.change(id, (one) => { one.prompt = found.text; }, "Film language"); }, "take", "plain strong");
  const content = el("div", { class: "film-expand" },
    el("section", {}, el("h3", {}, "As you wrote it"), el("p", {}, written || "Nothing yet.")),
    el("section", {}, el("h3", {}, "In film language"), longer, said),
    el("div", { class: "dialog-tools" }, take, act("Another", () => { turn += 1; look(); }, "another"), act("Leave it", () => dialog.close(), "leave")));
  const dialog = openDialog(`Shot ${cards.at(id) + 1}`, content, "film-expand-dialog");
  let found = { text: written, added: [] };

  async function look() {
    const form = { prompt: spoken.text, direction: { ...film.film.look, ...shot.direction }, model: film.film.model };
    try {
      found = back(await tell("studio/expand", { form, turn }), spoken, written);
      longer.replaceChildren(...marked(found.text, found.added));
      said.textContent = found.added.length ? "" : "There is nothing to add: it says all that a shot needs.";
    } catch (error) {
      said.textContent = error.status ? error.message : "The studio does not answer; try again when it is back.";
    }
    take.disabled = !found.added.length;
  }

  look();
}

// The words with looks in place of @names, and where each sign of them stands in what was written.
export function speak(written, cast) {
  const signs = [...written];
  const text = [];
  const at = []; // of every sign of the text: its place in what was written
  for (let place = 0; place < signs.length;) {
    const name = signs[place] === "@" ? signs.slice(place + 1).join("").match(/^[\p{L}_][\p{L}\p{N}_]*/u) : null;
    const member = name && cast.find((one) => one.name.toLowerCase() === name[0].toLowerCase());
    const length = member ? 1 + [...name[0]].length : 1;
    const words = member ? [...(member.looks.trim().replace(/\.+$/, "") || member.name)] : [signs[place]];
    words.forEach((sign, index) => { text.push(sign); at.push(index ? place + length : place); }); // no word comes into a name
    place += length;
  }
  at.push(signs.length);
  return { text: text.join(""), at };
}

// What was added to the spoken words, put into those that were written.
function back({ text, added }, spoken, written) {
  const signs = [...text];
  const own = [...written];
  const parts = [];
  const marks = [];
  let [seen, taken, length] = [0, 0, 0];
  const put = (more) => { parts.push(...more); length += more.length; };
  for (const [start, end] of added) {
    const place = spoken.at[start - seen]; // as many signs of the spoken words come before it
    put(own.slice(taken, place));
    taken = place;
    marks.push([length, length + end - start]);
    put(signs.slice(start, end));
    seen += end - start;
  }
  const kept = signs.length - seen; // a stop at the very end may be gone
  put(own.slice(taken, spoken.at[kept]));
  return { text: parts.join(""), added: marks };
}
