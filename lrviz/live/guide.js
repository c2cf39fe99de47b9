// The guide: a card on the page that asks before it shows. What it says, asks and judges by are
// the tables of lrviz/text/guide.py, read for the numbers that are on screen.

import { during } from "./busy.js";
import { button, el, later, put, unique } from "./dom.js";
import { plain } from "./expression.js";
import { scroller } from "./internals.js";
import { number } from "./numbers.js";
import { holds, say } from "./sentence.js";
import { parse } from "./typed.js";

/** @import { GuideAmount, GuideCard, GuideSpec, Read } from "./types.d.ts" */

/**
 * @typedef {{
 *   fields: () => Record<string, any>,
 *   put: (fields: Record<string, any>) => void,
 *   hand: (fields: Record<string, any>) => Promise<unknown>,
 *   read: () => Read,
 *   known: () => boolean,
 *   light: () => void,
 *   root: () => HTMLElement,
 *   part: (name: string) => HTMLElement | null,
 * }} Guided what the guide knows of the page it stands on; known, whether what is read is of the fields
 */

/** What was done, and whether the offer was closed: kept in this browser, told to nobody. */
const STORE = "lrviz-guide";
/** @type {Map<string, Record<string, any>>} what the learner had before the guide, by page */
const before = new Map();
/** @type {string | null} the card that the next page is to open */
let wanted = null;

/** @returns {{ done: string[], closed: boolean }} */
function memory() {
  try {
    const { done = [], closed = false } = JSON.parse(localStorage.getItem(STORE) ?? "{}");
    return { done: Array.isArray(done) ? done : [], closed: Boolean(closed) };
  } catch {
    return { done: [], closed: false };
  }
}

/** @param {{ done?: string[], closed?: boolean }} news */
function remember(news) {
  try {
    localStorage.setItem(STORE, JSON.stringify({ ...memory(), ...news }));
  } catch {
    // A browser that keeps nothing offers the guide again.
  }
}

/**
 * @param {GuideAmount} amount @param {Read} read
 */
export const amountOf = ({ keys, how, by }, read) => {
  const numbers = keys.map((key) => plain(read(key)));
  return by * numbers.reduce((so, x) => (how === "product" ? so * x : so + x), how === "product" ? 1 : 0);
};

/** Of a wrong number that nothing is known about; and of every first one. */
const WRONG = "Not quite.";
const AGAIN = "Try once more, or have it shown.";
/** Characters of an answer: it is said again in the verdict. */
const LONGEST = 40;
/**
 * A number as people type it, or null; beyond float64 there is none.
 * @param {string} text
 */
export function typed(text) {
  const found = text.trim().length > LONGEST ? NaN : parse(text);
  return Number.isFinite(found) ? found : null;
}

export class Guide {
  spec = /** @type {GuideSpec} */ (later);
  /** The card that is open, and whether it has been answered. */
  name = /** @type {string | null} */ (null);
  answered = false;
  /** What was wrong with the answer: nothing where it was right. */
  reason = "";
  given = "";
  /** What was right as a typed answer missed it for the first time: the next one counts. */
  missed = /** @type {number | null} */ (null);
  /** @type {HTMLElement | null} */
  marked = null;
  /** Whether the page may have to be drawn anew for the card, and what it speaks of is elsewhere then. */
  opening = false;
  /** Whether its words would be of what was there before. */
  waits = false;
  node = el("section", { class: "lv-guide", "aria-label": "Guide", hidden: true });
  heading = el("h1", { class: "lv-guide-title", tabindex: -1 });
  count = el("span", { class: "lv-guide-count" });
  says = el("p", {});
  question = el("p", { class: "lv-guide-question" });
  answers = el("div", { class: "lv-guide-answers" });
  verdict = el("p", { class: "lv-guide-verdict", role: "status" });
  back = button("Back", () => this.#turn(-1));
  next = button("Next", () => this.#turn(1));
  /** Where the guide is begun: offered in words once, later a plain button. */
  offer = el("div", { class: "lv-guide-offer" });

  /** @param {string} page @param {Guided} guided */
  constructor(page, guided) {
    this.page = page;
    this.guided = guided;
    const leave = button("Leave", () => this.#leave(), { "aria-label": "Leave the guide" });
    this.node.append(
      el("div", { class: "lv-guide-head" }, this.count, this.heading),
      el("div", { class: "lv-guide-body" },
        this.says, el("div", { class: "lv-guide-asked" }, this.question, this.answers, this.verdict)),
      el("div", { class: "lv-guide-foot" }, this.back, this.next, leave));
    // What lies above the sheet of a phone has to know how high it is.
    const { style } = document.documentElement;
    new ResizeObserver(() => style.setProperty("--lv-sheet", `${this.node.offsetHeight}px`)).observe(this.node);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.#leave();
    });
  }

  /** @returns {GuideCard | null} */
  get card() {
    return this.name === null ? null : this.spec.cards[this.name] ?? null;
  }

  /** Hide, or show again, what would give the answer away. */
  #veil() {
    const { card } = this;
    const names = card ? [...card.hides, ...(this.answered ? [] : card.veil)] : [];
    this.guided.root().dataset.veil = names.join(" ");
  }

  /** What the card lights up. */
  get lit() {
    return this.card?.lit ?? null;
  }

  /** Quantities that the card shows although the walk has not come so far. */
  get seen() {
    const { card } = this;
    return card ? [...card.seen, ...(this.answered ? card.told : [])] : [];
  }

  /** Mark the part of the page that is spoken of, where it is not the picture. */
  #mark() {
    const { card } = this;
    const part = card && card.part !== "picture" ? this.guided.part(card.part) : null;
    if (part === this.marked) return;
    this.marked?.classList.remove("lv-guide-part");
    part?.classList.add("lv-guide-part");
    this.marked = part;
  }

  /**
   * Keep room for the longest that the card may come to say: what stands below it does not jump.
   * @param {GuideCard} card
   */
  #reserve({ ask, because }) {
    const { node, verdict, answers } = this;
    node.style.minHeight = "";
    if (!ask) return;
    const asking = node.offsetHeight;
    const options = ask.kind === "choose" ? ask.options.map(({ meaning, label }) => said(label, meaning)) : [];
    const whys = ask.kind === "type" ? [WRONG, ...ask.mistakes.map((one) => one.why)] : [];
    const why = whys.map((one) => said("−0.0000", one));
    /** @param {string[]} texts */
    const longest = (texts) => texts.reduce((so, one) => (one.length > so.length ? one : so), "");
    // Which words it will be depends on numbers that are still to come.
    const reasons = because.map((table) => longest(table.map(([, text]) => text.replace(/\{~.*?\}/g, "≈"))));
    const answer = ask.kind === "type" ? "It is −0.0000, to four digits. " : "";
    put(verdict, longest(why) && longest(why) + AGAIN);
    const missed = node.offsetHeight;
    put(verdict, longest([...options, ...why]) + answer + reasons.join("").replace(/\{.*?\}/g, "−0.0000"));
    answers.hidden = true;
    node.style.minHeight = `${Math.max(asking, missed, node.offsetHeight)}px`;
    put(verdict, "");
    answers.hidden = false;
  }

  /**
   * Why it is so, after the number that was asked for.
   * @param {GuideCard["ask"]} ask @param {GuideCard["because"]} because @param {Read} read
   */
  #because(ask, because, read) {
    const known = ask?.kind === "type" && (!this.given || this.reason);
    const answer = known ? amountOf(ask.right, read) : NaN;
    // What was computed from numbers in the question is rounded by nothing but float64.
    const whole = Math.abs(answer - Number(answer.toPrecision(4))) <= 1e-12 * Math.abs(answer);
    const digits = whole ? "" : ", to four digits";
    return (known ? `It is ${number(answer)}${digits}. ` : "") + say(because, read);
  }

  get #place() {
    return this.spec.order.findIndex(({ name }) => name === this.name);
  }

  /** @param {GuideSpec} spec */
  build(spec) {
    this.spec = spec;
    this.#offer();
  }

  #offer() {
    const { done, closed } = memory();
    const [first] = [...this.spec.order.filter(({ name }) => !done.includes(name)), ...this.spec.order];
    const start = () => this.open(first.name);
    const fresh = !closed && !done.length;
    this.offer.classList.toggle("lv-guide-fresh", fresh);
    this.offer.replaceChildren(
      button(fresh ? "New here? Take the guide" : "Guide", start, { title: `${this.spec.order.length} short cards` }));
    if (!fresh) return;
    this.offer.append(button("×", () => {
      remember({ closed: true });
      this.#offer();
    }, { "aria-label": "No guide, thanks", title: "No guide, thanks" }));
  }

  /** The page has come, or has new fields from Python: open what they name. */
  arrive() {
    const fields = this.guided.fields();
    const name = wanted;
    if (name !== null && name in this.spec.cards) {
      wanted = null;
      // First the page has to have its own link again, which would undo what is set meanwhile.
      during(this.guided.hand({}).then(() => this.open(name)));
    } else if (fields.guide !== this.name) this.#show(fields.guide);
  }

  /**
   * Open a card: the page goes to its state, wherever the card stands.
   * @param {string} name
   */
  open(name) {
    const card = this.spec.order.find((one) => one.name === name);
    if (!card) return;
    if (card.page !== this.page) {
      this.#away(card);
      return;
    }
    if (!before.has(this.page)) before.set(this.page, { ...this.guided.fields(), guide: null });
    this.#show(name);
    // What a link leaves out stays left out.
    this.guided.put({ ...this.spec.cards[name].state, hide: this.guided.fields().hide });
    this.waits = true;
    this.paint();
    this.heading.focus({ preventScroll: true });
  }

  /**
   * To a card of another page; this one gets back what the learner had.
   * @param {{ name: string, page: string }} card
   */
  async #away({ name, page }) {
    wanted = name;
    await this.guided.hand(this.#had());
    this.#go(`${this.spec.home}${page === "graph" ? "" : page}`, `?guide=${name}`);
  }

  /**
   * Leave the guide for another page.
   * @param {string} page
   */
  async #onward(page) {
    remember({ closed: true });
    await this.guided.hand(this.#had());
    this.#go(`${this.spec.home}${page}`, "");
  }

  /**
   * To a page: the way of the navigation keeps the session; an address alone begins another one.
   * @param {string} path @param {string} query
   */
  #go(path, query) {
    const links = [...document.querySelectorAll("header a, nav a")];
    const link = links.find((one) => one instanceof HTMLAnchorElement && one.pathname === path);
    if (link instanceof HTMLElement) link.click();
    else location.assign(`${path}${query}`);
  }

  /** @param {string | null} name */
  #show(name) {
    this.name = name !== null && name in this.spec.cards ? name : null;
    this.answered = false;
    this.given = this.reason = "";
    this.missed = null;
    const { card } = this;
    this.node.hidden = !card;
    put(this.verdict, "");
    this.#veil();
    this.#mark();
    if (!card) {
      this.#offer();
      this.guided.light();
      return;
    }
    const at = this.#place;
    this.count.textContent = `${at + 1} of ${this.spec.order.length}`;
    this.heading.textContent = this.spec.order[at].title;
    this.back.disabled = at === 0;
    this.#ask(card);
    if (!card.ask) this.#done(this.spec.order[at].name);
    this.paint();
    this.#reserve(card);
    this.guided.light();
    this.opening = true;
    this.#view(card);
  }

  /** The page has been drawn anew. */
  drawn() {
    const { card, opening } = this;
    this.opening = false;
    if (card && opening) this.#view(card);
  }

  /**
   * Bring into view what a card speaks of, from the top of the page: what is wanted most comes last. That
   * is the part to be tried, or that an answer speaks of, if it stands elsewhere; in the picture, the
   * first thing that is lit.
   * @param {GuideCard} card
   */
  #view({ ask, part, lit }) {
    const apart = part !== "picture" && (this.answered || ask?.kind === "try");
    const names = apart ? [...lit].reverse().concat(part) : ["picture", ...[...lit].reverse()];
    const nodes = names.map((name) => this.guided.part(name));
    // In the frame after the next the page knows how high the card is.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      scroller()?.scrollTo(0, 0);
      for (const node of nodes) node?.scrollIntoView({ block: "nearest" });
    }));
  }

  /** @param {GuideCard} card */
  #ask({ ask }) {
    if (!ask) {
      const { onward } = this.spec.cards[String(this.name)];
      this.answers.replaceChildren(...(onward ? [button("Go on to problems", () => this.#onward(onward))] : []));
    }
    else if (ask.kind === "choose") {
      this.answers.replaceChildren(...ask.options.map(({ label }) => button(label, () => this.#chose(label))));
    } else if (ask.kind === "type") {
      const id = unique("answer");
      const field = el("input", {
        id, type: "text", inputmode: "text", class: "lv-number", autocomplete: "off", "aria-label": "Your answer",
      });
      const form = el("form", { class: "lv-guide-form" }, field, el("button", { class: "lv-button", text: "Check" }));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (!this.#wrote(field.value)) field.select();
      });
      this.answers.replaceChildren(form, button("Show me", () => this.#reveal("", "")));
    } else {
      const { does } = ask;
      this.answers.replaceChildren(button("Show me", () => {
        this.guided.put({ ...this.guided.fields(), ...does });
        // What was asked for holds now, and that alone may have shown it.
        if (!this.answered) this.#reveal("", "");
      }));
    }
  }

  /** @param {string} label */
  #chose(label) {
    const { card } = this;
    if (card?.ask?.kind !== "choose") return;
    const read = this.guided.read();
    const right = card.ask.options.find(({ when }) => holds(when, read));
    const picked = card.ask.options.find((option) => option.label === label);
    this.#reveal(label, picked === right ? "" : picked?.meaning ?? "");
  }

  /**
   * Judge a typed answer; says whether that is the end of it. Who was wrong once has another try.
   * @param {string} text
   */
  #wrote(text) {
    const { card } = this;
    if (card?.ask?.kind !== "type") return true;
    const answer = typed(text);
    if (answer === null) {
      put(this.verdict, "Type a number, such as −0.25.");
      return false;
    }
    const read = this.guided.read();
    /** @param {GuideAmount} amount */
    const near = (amount) => {
      const x = amountOf(amount, read);
      return Math.abs(answer - x) <= this.spec.tolerance * Math.abs(x);
    };
    const { right, mistakes } = card.ask;
    const why = near(right) ? "" : mistakes.find(near)?.why ?? WRONG;
    if (why && this.missed === null) {
      this.missed = amountOf(right, read);
      this.reason = why;
      this.paint();
      put(this.verdict, said(text.trim(), why) + AGAIN);
      return false;
    }
    this.#reveal(text.trim(), why);
    return true;
  }

  /**
   * What was said of a typed answer is not said of other numbers.
   * @param {Read} read
   */
  #stale(read) {
    const ask = this.card?.ask;
    if (this.answered || this.missed === null || ask?.kind !== "type") return;
    if (amountOf(ask.right, read) === this.missed) return;
    put(this.verdict, "");
    this.reason = "";
  }

  /**
   * Show what was asked for, and say why it is so.
   * @param {string} given @param {string} reason
   */
  #reveal(given, reason) {
    const { card, name } = this;
    if (!card || name === null) return;
    this.answered = true;
    this.given = given;
    this.reason = reason;
    this.#done(name);
    this.#veil();
    if (Object.keys(card.shown).length) this.guided.put({ ...this.guided.fields(), ...card.shown });
    this.paint();
    this.guided.light();
    this.#view(card);
    this.next.focus({ preventScroll: true });
  }

  /** @param {string} name */
  #done(name) {
    const { done } = memory();
    if (!done.includes(name)) remember({ done: [...done, name] });
  }

  /** The words for the numbers as they are; what is to be tried may have been done. */
  paint() {
    const { card } = this;
    if (!card) return;
    this.waits &&= !this.guided.known();
    this.node.classList.toggle("lv-guide-waits", this.waits);
    const read = this.guided.read();
    if (!this.answered && card.ask?.kind === "try" && holds(card.ask.until, read)) {
      this.#reveal("", "");
      return;
    }
    put(this.says, say(card.says, read));
    put(this.question, card.ask ? say(card.ask.question, read) : "");
    this.answers.hidden = this.answered;
    this.#stale(read);
    const judged = !this.given ? "" : this.reason ? said(this.given, this.reason) : "Right. ";
    if (this.answered) put(this.verdict, judged + this.#because(card.ask, card.because, read));
    this.node.classList.toggle("lv-guide-wrong", Boolean(this.reason));
    this.node.classList.toggle("lv-guide-done", this.answered);
    const last = this.#place === this.spec.order.length - 1;
    put(this.next, last ? "Done" : this.answered || !card.ask ? "Next" : "Skip");
  }

  /** @param {number} by */
  #turn(by) {
    const next = this.spec.order[this.#place + by];
    if (next) this.open(next.name);
    else this.#leave();
  }

  /** Leave: the page is as it was before the guide. */
  #leave() {
    remember({ closed: true });
    const fields = this.#had();
    this.#show(null);
    this.guided.put(fields);
  }

  /** What the learner had on this page; given back once. */
  #had() {
    const fields = before.get(this.page) ?? { ...this.guided.fields(), guide: null };
    before.delete(this.page);
    return fields;
  }
}

/** @param {string} given @param {string} reason */
const said = (given, reason) => `You said “${given}”. ${reason} `;
