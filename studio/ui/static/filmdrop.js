// Files dropped on the Film page: a picture on somebody of the cast or on a shot, a sound, captions, or a whole film.
import { upload } from "./filmshot.js";

const SOUND = /\.(wav|mp3|m4a|flac|ogg)$/i;
const STILL = /\.(png|jpe?g|webp|gif)$/i;
const FILM = /\.(ya?ml|zip|mp4|webm|gif|webp)$/i;

export function listenForFilmFiles(film) {
  const { node } = film;
  const over = (target) => {
    for (const each of node.querySelectorAll("[data-drop]")) if (each !== target) delete each.dataset.drop;
    if (target) target.dataset.drop = "true";
  };
  node.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    over(event.target.closest(".cast-member, .film-shot, .side-group:has(.sound-name)"));
  });
  node.addEventListener("dragleave", (event) => { if (!node.contains(event.relatedTarget)) over(null); });
  node.addEventListener("drop", (event) => {
    over(null);
    const [file] = event.dataTransfer.files;
    if (event.defaultPrevented || !file) return;
    event.preventDefault();
    dropped(film, file, event.target);
  });
}

async function dropped(film, file, target) {
  const member = target.closest(".cast-member");
  const card = target.closest(".film-shot");
  if (film.film && (member || card) && STILL.test(file.name)) return picture(film, file, member, card);
  if (film.film && SOUND.test(file.name)) return sound(film, file, target.closest("[data-sound=voice]") ? "voice" : "music");
  if (film.film && /\.srt$/i.test(file.name)) return film.panels.titles.captions(one(file));
  if (FILM.test(file.name)) return film.open(one(file));
  return film.page.toasts.say(STILL.test(file.name) ? "Drop a picture on somebody of the cast, or on a shot that is to begin with it." : `${file.name} is no film, picture, sound or SRT file.`);
}

async function picture(film, file, member, card) {
  const given = await upload(film, one(file));
  if (!given) return;
  if (card) film.cards.change(card.dataset.shot, (shot) => { shot.first = given; }, "First picture");
  else film.panels.cast.change([...member.parentElement.children].indexOf(member), (each) => { each.pictures.push(given); }, "Pictures");
}

async function sound(film, file, name) {
  await film.panels.titles[name].receive(one(file));
  film.side("titles");
}

const one = (file) => ({ files: [file], value: "" });
