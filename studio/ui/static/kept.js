// The form as a plain object: what this tab remembers of it, and its shape.

const TAB = "auteur.form";

// This tab's own form comes first: two tabs may hold two shots. It goes with the tab; the studio keeps the newest.
export function remember(data) {
  try {
    sessionStorage.setItem(TAB, JSON.stringify(data));
  } catch {
    // storage is off: the studio keeps the form all the same
  }
}

export function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(TAB));
  } catch {
    return null;
  }
}

// What of some data fits a shape; the rest is another version's.
export function pick(data, shape) {
  return Object.fromEntries(Object.keys(shape).filter((name) => data[name] !== undefined && data[name] !== null).map((name) => [name, data[name]]));
}

export function sizeOf(text) {
  const [width, height] = String(text).split("x").map(Number);
  return width > 0 && height > 0 ? [width, height] : [16, 9];
}
