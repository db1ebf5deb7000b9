// The drawing as it stands, kept in this browser: a closed tab loses no stroke.
import { sheet } from "./drawing.js";

const [BASE, STORE, KEY] = ["auteur", "drawings", "current"];

function store(mode, act) {
  return new Promise((done, fail) => {
    const opening = indexedDB.open(BASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
      const deal = opening.result.transaction(STORE, mode);
      const asked = act(deal.objectStore(STORE));
      deal.oncomplete = () => { opening.result.close(); done(asked.result); };
      deal.onerror = deal.onabort = () => { opening.result.close(); fail(deal.error); };
    };
  });
}

const png = (canvas) => new Promise((done) => { canvas.toBlob(done, "image/png"); });

export async function keepDrawing(drawing) {
  const layers = await Promise.all(drawing.layers.map(async ({ canvas, ...facts }) => ({ ...facts, png: await png(canvas) })));
  const { width, height, paper, at, count, underlay } = drawing;
  const under = underlay && { opacity: underlay.opacity, kept: underlay.kept, png: await png(underlay.picture) };
  await store("readwrite", (all) => all.put({ width, height, paper, at, count, layers, underlay: under }, KEY));
}

// Into a drawing of the same shape; whether there was one.
export async function recallDrawing(drawing) {
  const kept = await store("readonly", (all) => all.get(KEY)).catch(() => null);
  if (!kept || !kept.layers.length) return false;
  drawing.reset(kept.width, kept.height);
  Object.assign(drawing, { paper: kept.paper, count: kept.count, at: Math.min(kept.at, kept.layers.length - 1) });
  drawing.layers = await Promise.all(kept.layers.map(async ({ png: data, ...facts }) => ({ ...facts, canvas: await canvasOf(data, kept.width, kept.height) })));
  if (kept.underlay) drawing.underlay = { ...kept.underlay, picture: await canvasOf(kept.underlay.png) };
  return true;
}

async function canvasOf(data, width = 0, height = 0) {
  const picture = await createImageBitmap(data);
  const canvas = sheet(width || picture.width, height || picture.height);
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas;
}
