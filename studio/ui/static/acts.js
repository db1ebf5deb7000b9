// What can be done with a take or a shot: each is asked of the studio, shown, and can be taken back.
import { ask, tell } from "./dom.js";
import { goTo } from "./shell.js";

export class Acts {
  constructor(page) {
    this.page = page;
    this.binning = new Set(); // ids that are on their way to the bin
  }

  // For the stage and the strip.
  ofTakes() {
    const { page } = this;
    return {
      useExample: (example) => page.form.fill({ ...example.form, takes: page.form.data.takes }, { why: "The form is as it was" }),
      useTake: (take) => this.fillFrom(`studio/takes/${take.id}/form`, {}),
      use: (take, how, at) => this.fillFrom(`studio/takes/${take.id}/use`, { how, at }),
      drawOn: (picture) => page.drawRoom.open({ underlay: picture, place: "first" }),
      betweenPictures: () => page.form.frames.two.click(),
      shootAgain: (take) => this.shootAgain(take),
      compare: (take) => page.beginCompare(take),
      star: (take) => this.change(take, "star", { on: !take.starred }),
      name: (take, name) => this.change(take, "name", { name }),
      note: (take, note) => this.change(take, "note", { note }),
      bin: (take) => this.bin(take),
      takes: () => page.takes,
      shot: (jobs) => page.shot(jobs, null),
      pick: (take) => page.show("take", take.id),
      compareWith: (one, other, how) => page.showCompare(one, other, how),
      job: (what, job) => page.act(`studio/jobs/${job.id}/${what}`),
      queueOn: () => page.act("studio/queue/resume"),
      retry: (job) => page.act(`studio/jobs/${job.id}/retry`).then((made) => made && page.show("job", made.id)),
    };
  }

  async fillFrom(address, body) {
    const { page } = this;
    try {
      const { form } = await tell(address, body);
      page.form.fill({ ...form, takes: page.form.data.takes }, { why: "The form is as it was" });
      page.toasts.say("The form is filled.", { act: () => page.undos.undo() });
      if (matchMedia("(min-width: 900px)").matches) page.form.prompt.focus({ preventScroll: true });
    } catch (error) {
      page.toasts.say(error.message, { tone: "toast-stop" });
    }
  }

  // The same shot once more is another take: everything as it was, but the seed.
  async shootAgain(take) {
    const told = await this.page.act(`studio/jobs/${take.job}/again`);
    if (told) this.page.shot([told.id], null);
  }

  async editJob(job) {
    const { page } = this;
    try {
      const { form } = await ask(`studio/jobs/${job.id}/form`);
      page.form.fill({ ...form, seed: form.seed || job.seed }, { why: "The form is as it was" });
      page.form.edit(job.id);
      goTo("Shoot");
    } catch (error) {
      page.toasts.say(error.message, { tone: "toast-stop" });
    }
  }

  async change(take, what, body) {
    const { page } = this;
    const changed = await page.act(`studio/takes/${take.id}/${what}`, body);
    if (!changed) return;
    page.changed(changed);
    page.undos.add("server");
    page.tellTabs();
    page.paint();
  }

  async bin(take) {
    const { page } = this;
    if (this.binning.has(take.id)) return; // a key that is held
    this.binning.add(take.id);
    const binned = await page.act(`studio/takes/${take.id}/bin`);
    this.binning.delete(take.id);
    if (!binned) return;
    const at = page.takes.findIndex((each) => each.id === take.id);
    page.lose([take.id]);
    if (page.view.id === take.id) {
      const next = page.takes[Math.min(at, page.takes.length - 1)];
      page.view = next ? { kind: "take", id: next.id } : { kind: "empty", id: null };
    }
    page.undos.add("server", null, take.id);
    page.toasts.say("Take moved to the bin.", { act: () => this.restore(take), id: "undo-bin", last: false });
    page.tellTabs();
    page.paint();
  }

  async restore(take) {
    const { page } = this;
    const restored = await page.act(`studio/takes/${take.id}/restore`);
    if (!restored) return;
    page.visited = restored; // the strip may not reach back so far
    page.undos.forget(take.id);
    await page.loadTakes();
    page.tellTabs();
    page.show("take", take.id);
  }
}
