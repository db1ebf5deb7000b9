// Everything else about one shot: direction, words under the picture, how long a transition takes, given pictures, seed.
import { ask, button, el } from "./dom.js";
import { steering, tuning, typed } from "./filmhow.js";
import { openDialog } from "./shell.js";

const MOST_BETWEEN = 16;

export function shotDialog(film, id) {
  const { cards } = film;
  const index = cards.at(id);
  const shot = film.film.shots[index];
  const set = (make, said, wait = 0) => cards.change(id, make, said, wait);
  const field = (label, control, hint = null) => el("label", { class: "film-field" }, el("span", {}, label), control, hint ? el("small", {}, hint) : null);
  const kinds = Object.entries(film.page.start.directions).filter(([, offered]) => offered.length);
  const directions = kinds.map(([kind, offered]) => {
    const select = el("select", { onchange: () => set((one) => { if (select.value) one.direction[kind] = select.value; else delete one.direction[kind]; }, kind) }, el("option", { value: "" }, "As the film"), ...offered.map((each) => el("option", { value: each.id }, each.label)));
    select.value = shot.direction[kind] || "";
    return field(kind[0].toUpperCase() + kind.slice(1), select);
  });
  const text = (value, change, more = {}) => {
    const input = el("input", { type: "text", autocomplete: "off", ...more, onchange: () => change(input.value) });
    input.value = value ?? "";
    return input;
  };
  const content = el("div", { class: "film-settings" },
    el("div", { class: "film-grid" }, ...directions),
    field("Caption", text(shot.caption, (value) => set((one) => { one.caption = value; }, "Caption"), { maxlength: "400" }), "Words under the picture while this shot is seen"),
    el("div", { class: "film-grid" },
      field("Transition, seconds", text(shot.transition_seconds, (value) => set((one) => { one.transition_seconds = Number(value.replace(",", ".")) || 0.5; }, "Transition"), { inputmode: "decimal" })),
      typed("Seed", shot.seed, { range: [0, Number.MAX_SAFE_INTEGER], whole: true, placeholder: `${film.film.seed}, as the film` }, (value) => set((one) => { one.seed = value; }, "Seed")),
      field("Name", text(shot.name, (value) => set((one) => { one.name = value; }, "Name"), { maxlength: "60" }), "What another shot can call it by"),
      field("Goes on after", afterSelect(film, id, shot, set), "For a shot that continues")),
    field("Not to be seen", text(shot.negative, (value) => set((one) => { one.negative = value; }, "Keep out"), { maxlength: "1000" })),
    el("div", { class: "film-grid" }, given(film, id, "first", "First picture", set), given(film, id, "last", "Last picture", set)),
    between(film, id, set),
    steering(film, id, set, { given }),
    tuning(film, shot, (name, value, said) => set((one) => { one[name] = value; }, said), film.film));
  openDialog(`Shot ${index + 1}`, content, "film-shot-dialog");
}

function afterSelect(film, id, shot, set) {
  const named = film.film.shots.filter((each) => each.name && each.id !== id);
  const select = el("select", { disabled: shot.join !== "continue", onchange: () => set((one) => { one.after = select.value; }, "Order") }, el("option", { value: "" }, "The shot before"), ...named.map((each) => el("option", { value: each.name }, each.name)));
  select.value = shot.after;
  return select;
}

// One given file of a shot. `moving`: a clip will do as well, which is not drawn on; `then` is told what there is now.
function given(film, id, name, label, set, { moving = false, then = () => {} } = {}) {
  const slot = el("div", { class: "film-given", "data-given": name });
  const file = el("input", { type: "file", accept: `image/png,image/jpeg,image/webp,image/gif${moving ? ",video/*" : ""}`, hidden: true, "aria-label": label, onchange: () => receive() });
  const put = (found) => { set((one) => { one[name] = found; }, label); show(found); then(found); };
  const show = (value) => slot.replaceChildren(
    value ? el("img", { src: value.picture, alt: value.name }) : el("span", { class: "dim" }, "none"),
    button(value ? "Another" : "Choose", null, () => file.click(), { words: true, class: "plain" }),
    ...(moving ? [] : [button("Draw", "brush", () => draw(film, [[name, `Use as ${label.toLowerCase()}`]], put, value), { words: true, class: "plain" })]),
    ...(value ? [button(`Remove the ${label.toLowerCase()}`, "close", () => put(null), { class: "film-tool" })] : []), file);
  const receive = async () => {
    const found = await upload(film, file);
    if (found) put(found);
  };
  show(film.film.shots[film.cards.at(id)][name]);
  return el("div", { class: "film-field" }, el("span", {}, label), slot);
}

// Pictures that are spread over the shot, in their order.
function between(film, id, set) {
  const slot = el("div", { class: "film-given" });
  const file = el("input", { type: "file", accept: "image/png,image/jpeg,image/webp,image/gif", multiple: true, hidden: true, onchange: () => receive([...file.files]) });
  const change = (make) => { set((one) => { make(one.frames); }, "Pictures in between"); show(); };
  const show = () => {
    const { frames } = film.film.shots[film.cards.at(id)];
    const room = frames.length < MOST_BETWEEN;
    slot.replaceChildren(...frames.map((value, place) => el("span", { class: "cast-picture" }, el("img", { src: value.picture, alt: value.name }), button(`Remove ${value.name}`, "close", () => change((all) => all.splice(place, 1)), { class: "cast-remove" }))),
      button("Add", null, () => file.click(), { words: true, class: "plain", disabled: !room }),
      button("Draw", "brush", () => draw(film, [["between", "Use in between"]], (given) => change((all) => all.push(given))), { words: true, class: "plain", disabled: !room }), file);
  };
  const receive = async (files) => {
    file.value = "";
    for (const each of files.slice(0, MOST_BETWEEN - film.film.shots[film.cards.at(id)].frames.length)) {
      const given = await upload(film, { files: [each], value: "" });
      if (given) change((all) => all.push(given));
    }
  };
  show();
  return el("div", { class: "film-field" }, el("span", {}, "Pictures in between"), slot, el("small", {}, "Spread over the shot; several make a sequence"));
}

// A drawing in the film's shape, on nothing or on the picture that is there.
export async function draw(film, uses, take, underlay = null) {
  const [width, height] = film.told.size;
  const target = { ratio: width / height, uses, take };
  let picture = null;
  if (underlay) {
    picture = new Image();
    picture.src = underlay.picture;
    await picture.decode().catch(() => { picture = null; });
  }
  return film.page.drawRoom.open({ underlay: picture, target });
}

export async function upload(film, input, address = "studio/given") {
  const [file] = input.files;
  input.value = "";
  if (!file) return null;
  try {
    return await ask(`${address}?name=${encodeURIComponent(file.name)}`, "POST", file);
  } catch (error) {
    film.page.toasts.say(error.message, { tone: "toast-stop" });
    return null;
  }
}
