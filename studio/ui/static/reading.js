// Under the prompt: what the model understood, what it cannot draw, and what the policy says.
import { button, el } from "./dom.js";

export function words(found, prompt, model) {
  if (!prompt.trim()) return [];
  const cannot = row("Can’t draw", found.cannot, "cannot");
  if (!found.english) {
    const line = `This does not read like English. ${model} reads English only.`;
    const can = found.can.length ? row("Will film", found.can, "can") : null;
    return [el("p", { class: "note note-warn", role: "status" }, line), can].filter(Boolean);
  }
  if (!found.can.length) {
    const line = `${model} finds nothing here that it can draw. It reads English and knows its own small world.`;
    return [el("p", { class: "note note-warn", role: "status" }, line), cannot].filter(Boolean);
  }
  return [row("Will film", found.can, "can"), cannot].filter(Boolean);
}

function row(title, pairs, kind) {
  if (!pairs.length) return null;
  const items = pairs.map(([word, what, face, nearest]) => {
    const title = nearest ? `${what}: ${nearest} comes nearest to it` : what;
    const drawn = nearest ? [el("small", { class: "word-nearest" }, `drawn as ${nearest}`)] : [];
    return el("li", {}, el("mark", { class: "word", title }, ...portrait(face), word, ...drawn));
  });
  return el("div", { class: `words words-${kind}` }, el("span", { class: "words-title" }, title), el("ul", {}, ...items));
}

// Who is meant, as the model will have them; gone where this studio has no picture.
function portrait(face) {
  if (!face) return [];
  const image = el("img", { class: "word-face", src: face, alt: "", width: 22, height: 22, decoding: "async" });
  image.addEventListener("error", () => image.remove());
  return [image];
}

export class PolicyPanel {
  constructor(acts) {
    this.acts = acts; // accept(), consent(), put(text), appeal(remark)
    this.node = el("div", { id: "policy", hidden: true });
    this.back = button("Back to what I wrote", "undo", () => this.goBack(), { words: true, class: "link", id: "policy-undo", hidden: true });
  }

  show(policy, form) {
    const typed = policy.field === "negative" ? form.negative : form.prompt;
    const parts = [el("p", { class: "policy-why", role: "alert" }, policy.message)];
    if (policy.field && policy.spans.length) parts.push(el("p", { class: "policy-words" }, ...marked(typed, policy.spans)));
    if (policy.offered) parts.push(el("p", { class: "policy-offer" }, policy.offered));
    const accept = policy.offered ? button("Shoot this version", null, () => this.acts.accept(), { words: true, class: "plain", id: "policy-accept" }) : null;
    const agree = policy.consent ? button("It is me, or I have permission", null, () => this.acts.consent(), { words: true, class: "plain", id: "policy-consent" }) : null;
    const edit = policy.consent ? null : button(policy.offered ? "Edit" : "Edit my words", null, () => this.edit(policy, form), { words: true, class: "plain", id: "policy-edit" });
    const cancel = button("Cancel", null, () => this.hide(), { words: true, class: "link", id: "policy-cancel" });
    const wrong = button("Report a mistake", null, () => this.askWhy(wrong), { words: true, class: "link", id: "policy-report" });
    this.node.replaceChildren(...parts, el("div", { class: "policy-buttons" }, ...[accept, agree, edit, cancel, wrong].filter(Boolean)));
    this.node.hidden = false;
    this.back.hidden = true;
  }

  // A remark for whoever runs this studio; the words stay out of it unless the host keeps them.
  askWhy(opener) {
    const remark = el("textarea", { id: "policy-remark", rows: 2, maxlength: 1000, placeholder: "It is a scene of a fairy tale: nobody is harmed" });
    const line = el("p", { class: "policy-noted", role: "status" });
    const send = button("Write it down", null, async () => {
      try {
        await this.acts.appeal(remark.value);
        asked.replaceChildren(line);
        line.textContent = "Written down in this studio’s own log. Nothing was sent anywhere.";
      } catch (error) {
        line.textContent = error.status ? error.message : "The studio does not answer. Try again when it is back.";
        remark.focus();
      }
    }, { words: true, class: "plain", id: "policy-send" });
    const label = el("label", { class: "policy-ask", for: "policy-remark" }, "What is wrong with this answer?");
    const asked = el("div", { class: "policy-appeal" }, label, remark, send, line);
    this.node.append(asked);
    opener.hidden = true;
    remark.focus();
  }

  edit(policy, form) {
    this.original = form.prompt;
    this.hide();
    this.back.hidden = !policy.offered || policy.offered === form.prompt;
    this.acts.put(policy.offered || form.prompt);
  }

  goBack() {
    this.back.hidden = true;
    this.acts.put(this.original);
  }

  // What was said was said of other words; the way back to them stays.
  typed() {
    this.node.hidden = true;
    this.node.replaceChildren();
  }

  hide() {
    this.typed();
    this.back.hidden = true;
  }
}

// The words with some stretches marked. The studio counts characters, a browser counts halves of some.
function marked(text, spans) {
  const signs = [...text];
  const parts = [];
  let at = 0;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (start < at || end <= start || end > signs.length) continue;
    parts.push(signs.slice(at, start).join(""), el("mark", {}, signs.slice(start, end).join("")));
    at = end;
  }
  return [...parts, signs.slice(at).join("")];
}
