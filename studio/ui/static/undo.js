// Undo, in the order things were done: what the form forgot is kept here, what the studio did the studio takes back.
const MOST = 60;

export class Undos {
  constructor(page) {
    this.page = page;
    this.list = [];
  }

  // act: a function, or "server"; mark: the take it was done to.
  add(act, text = null, mark = null) {
    this.page.toasts.outdate();
    this.list.push({ act, text, mark });
    if (this.list.length > MOST) this.list.shift();
  }

  forget(mark = null) {
    this.list = mark ? this.list.filter((each) => each.mark !== mark) : [];
  }

  async undo() {
    const { page } = this;
    const last = this.list.pop();
    page.toasts.clear();
    if (last && last.act !== "server") {
      last.act();
      return page.toasts.say(`${last.text}.`);
    }
    const told = await page.act("studio/undo");
    if (!told) return null;
    await page.loadTakes();
    if (told.take && page.find(told.take) && told.kind === "delete") page.show("take", told.take);
    page.tellTabs();
    page.paint();
    return page.toasts.say(told.text ? `${told.text.replace(/\.$/, "")}.` : "There is nothing to take back.");
  }
}
