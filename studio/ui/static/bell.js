// Told when a shot ends, for whoever looks elsewhere: a sound made here, a notice of the system, or neither.

export function ring(how, words) {
  if (how === "sound" || how === "both") sound();
  if ((how === "notice" || how === "both") && document.hidden) notice(words);
}

// Notices need a yes, which a browser only asks for after a click.
export async function mayNotify() {
  if (!("Notification" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}

function notice(words) {
  if ("Notification" in window && Notification.permission === "granted") new Notification("Auteur", { body: words, tag: "auteur" });
}

function sound() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  const context = new Context();
  [659.3, 987.8].forEach((pitch, index) => {
    const [tone, volume] = [context.createOscillator(), context.createGain()];
    const at = context.currentTime + 0.14 * index;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.65);
    if (index) tone.onended = () => context.close();
  });
}
