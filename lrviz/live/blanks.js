// Blanks on the picture: where a link leaves a number out, it is typed in its place. Python judges
// what is typed (lrviz/practice/blanks.py), so that no answer has to be here.

import { during } from "./busy.js";
import { button, el, later } from "./dom.js";
import { keep, kept } from "./memory.js";
import { BLANK } from "./numbers.js";

/** @import { Figure } from "./figure.js" */
/** @import { BlankAnswer, BlanksSpec } from "./types.d.ts" */

/**
 * @typedef {object} BlankActions
 * @property {(key: string, typed: string) => Promise<BlankAnswer | null>} ask judge it
 * @property {() => string} state what an answer is right for: the inputs
 * @property {(part: string, line: number) => void} turn to a line of the derivation
 */

/** @typedef {{ node: HTMLElement, field: HTMLInputElement }} Place where one blank stands */
/** @typedef {{ typed: string, state: string, answer: BlankAnswer | null }} Filled */

const SLOTS = /\{\?([a-z][\w.-]*)\}/g;
const [WIDE, HIGH, LEAST, UP] = [62, 24, 16, 5]; // px of a field, and from a line to the middle of its letters

/**
 * How far one field lies above another, if they stand above each other.
 * @type {(one: [number, number], other: [number, number]) => number}
 */
const near = ([x, y], [left, top]) => (Math.abs(x - left) < WIDE ? Math.abs(y - top) : Infinity);

export class Blanks {
  spec = /** @type {BlanksSpec} */ (later);
  /** Whether anything is asked for. */
  asks = false;
  /** @type {Map<string, Place[]>} every place of a key */
  places = new Map();
  /** @type {Map<string, Place>} those on the picture */
  drawn = new Map();
  /** @type {Map<string, Filled>} */
  filled = new Map();
  layer = el("div", { class: "lv-blanks", role: "group", "aria-label": "To fill in on the picture" });
  count = el("strong", { class: "lv-fill-count" });
  formulas = el("div", { class: "lv-fill-formulas" });
  said = el("p", { class: "lv-fill-said", role: "status" });
  ways = el("div", { class: "lv-fill-ways" });
  /** On paper there is room to write. */
  room = el("div", { class: "lv-room", "aria-hidden": "true" }, ...Array.from({ length: 6 }, () => el("div")));
  node = el("section", { class: "lv-fill", "aria-label": "Fill in what is left out", hidden: true },
    el("div", { class: "lv-bar" }, this.count, this.formulas), this.said, this.ways);

  /** Where what is typed is kept until the visit ends: by all that is asked for. */
  get #place() {
    return `blanks-${[...Object.keys(this.spec.names), ...this.spec.formulas.map(({ key }) => key)].join()}`;
  }

  /** @param {BlankActions} actions */
  constructor(actions) {
    this.actions = actions;
  }

  /** @param {BlanksSpec} spec */
  build(spec) {
    this.spec = spec;
    this.places.clear();
    this.drawn.clear();
    this.layer.replaceChildren();
    this.formulas.replaceChildren(...spec.formulas.map(({ key, mark, symbol }) =>
      el("label", {}, `${mark} ${symbol} = `, this.field(key, `${symbol}, the formula`))));
    this.ways.replaceChildren();
    this.said.textContent = "";
    this.asks = spec.formulas.length + Object.keys(spec.names).length > 0;
    this.node.hidden = this.room.hidden = this.layer.hidden = !this.asks;
  }

  /**
   * A new field for a key; what is typed into one of them stands in all.
   * @param {string} key
   */
  field(key, name = this.spec.names[key]) {
    return this.#field(this.#one(key), name);
  }

  /** @param {string} key @param {string} name */
  #field(key, name) {
    const field = el("input", {
      type: "text", class: "lv-blank-field", autocomplete: "off", spellcheck: "false",
      "aria-label": `${name}, to fill in`,
    });
    const node = el("span", { class: "lv-blank" }, field);
    field.addEventListener("change", () => this.#typed(key, field.value));
    field.addEventListener("keydown", (event) => {
      const one = this.filled.get(key);
      // The same again, for other inputs; what has changed is told by itself.
      const again = one?.typed === field.value && one.state !== this.actions.state();
      if (event.key === "Enter" && again) this.#typed(key, field.value);
    });
    this.places.set(key, [...this.places.get(key) ?? [], { node, field }]);
    this.#mark(key);
    return node;
  }

  /**
   * Of quantities that are called the same, ① and what comes back to a, the first.
   * @param {string} key
   */
  #one(key) {
    const { names } = this.spec;
    return Object.keys(names).find((other) => other === key || names[other] === names[key]) ?? key;
  }

  /**
   * Put a field over every blank of the picture; the first place of a quantity has it.
   * @param {Figure} figure
   */
  place(figure) {
    if (!this.asks) return; // on every frame of a drag, mostly
    const { templates } = figure.labels;
    /** @type {Map<string, [x: number, y: number]>} */
    const found = new Map();
    templates.forEach((template, i) => {
      const node = figure.texts[i];
      if (!node || node.classList.contains("lv-not-yet")) return;
      let from = 0;
      for (const [, key] of template.matchAll(SLOTS)) {
        const at = node.textContent?.indexOf(BLANK, from) ?? -1;
        if (at < 0) return;
        from = at + BLANK.length;
        const matrix = node.getCTM();
        if (!matrix || found.has(key) || !(key in this.spec.names)) continue;
        const start = node.getStartPositionOfChar(at);
        const point = new DOMPoint(start.x, start.y).matrixTransform(matrix);
        const [x, y] = [Math.max(0, Math.min(point.x, figure.host.clientWidth - WIDE)), point.y];
        // Where two would lie on each other, a line stands for the second.
        if (![...found.values()].some((other) => near(other, [x, y]) < LEAST)) found.set(key, [x, y]);
      }
    });
    for (const [key, { node }] of this.drawn) {
      if (found.has(key)) continue;
      node.remove();
      this.drawn.delete(key);
      const own = this.#one(key);
      this.places.set(own, (this.places.get(own) ?? []).filter((one) => one.node !== node));
    }
    for (const [key, [x, y]] of [...found].sort(([, a], [, b]) => a[0] - b[0] || a[1] - b[1])) {
      const node = this.drawn.get(key)?.node ?? this.#draw(key);
      const rest = [...found.values()].filter((other) => other[0] !== x || other[1] !== y);
      const high = Math.min(HIGH, ...rest.map((other) => near(other, [x, y]) - 1));
      node.style.cssText = `left:${x.toFixed(1)}px;top:${(y - UP - high / 2).toFixed(1)}px;height:${high}px`;
    }
    this.layer.hidden = !found.size;
    this.paint();
  }

  /** @param {string} key */
  #draw(key) {
    const node = this.field(key);
    const place = this.places.get(this.#one(key))?.at(-1);
    if (place) this.drawn.set(key, place);
    this.layer.append(node);
    return node;
  }

  /** @param {string} key @param {string} typed */
  #typed(key, typed) {
    const state = this.actions.state();
    /** @type {Filled} */
    const one = { typed, state, answer: null };
    this.filled.set(key, one);
    this.#mark(key);
    const all = [...this.filled].map(([name, filled]) => [name, [filled.typed, filled.state]]);
    keep("sessionStorage", this.#place, Object.fromEntries(all));
    if (!typed.trim()) {
      this.#say(null);
      return;
    }
    during(this.#ask(key, one).then((asked) => {
      if (!asked) return;
      this.#say(one.answer);
      // It stays at the foot of the picture; where that is out of view, it is brought.
      const { top, bottom } = this.said.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) this.said.scrollIntoView({ block: "nearest" });
    }));
  }

  /** What is known of an answer, unless another came meanwhile. @param {string} key @param {Filled} one */
  async #ask(key, one) {
    const answer = await this.actions.ask(key, one.typed);
    if (this.filled.get(key) !== one) return false;
    one.answer = answer;
    this.#mark(key);
    return true;
  }

  /** What was filled in before the page was loaded anew, for the inputs that stand: one after another. */
  async recall() {
    if (!this.asks || this.filled.size) return;
    const state = this.actions.state();
    for (const [key, one] of Object.entries(kept("sessionStorage", this.#place))) {
      if (!this.places.has(key) || !Array.isArray(one) || one[1] !== state) continue;
      this.filled.set(key, { typed: String(one[0]), state, answer: null });
      this.#mark(key);
    }
    // What is typed meanwhile is newer, and asks for itself.
    for (const [key, one] of [...this.filled]) {
      if (one.typed.trim() && this.filled.get(key) === one) await this.#ask(key, one);
    }
    this.#counted();
  }

  /**
   * Show what stands in a blank, and what is known of it: an answer holds for its inputs alone.
   * @param {string} key
   */
  #mark(key) {
    const one = this.filled.get(key);
    const fresh = one?.state === this.actions.state();
    const right = fresh ? one?.answer?.right : null;
    for (const { node, field } of this.places.get(key) ?? []) {
      if (one && document.activeElement !== field && field.value !== one.typed) field.value = one.typed;
      node.dataset.judged = right === true ? "right" : right === false ? "wrong" : "";
      field.setAttribute("aria-invalid", String(right === false));
    }
  }

  /** @param {BlankAnswer | null} answer */
  #say(answer) {
    this.#counted();
    this.said.textContent = answer?.said ?? "";
    this.ways.replaceChildren(...(answer?.lines ?? []).map(({ said, part, line }) => el("p", {}, `${said} `,
      part ? button("The line that settles it", () => this.actions.turn(part, line), { class: "lv-quiet lv-extreme" })
        : null)));
  }

  #counted() {
    const state = this.actions.state();
    const asked = [...this.places].filter(([, places]) => places.length).map(([key]) => key);
    const right = asked.filter((key) => {
      const one = this.filled.get(key);
      return one?.state === state && one.answer?.right;
    });
    this.node.hidden = this.room.hidden = !asked.length;
    this.count.textContent = `Fill in what is left out: ${right.length} of ${asked.length} right`;
  }

  /** The inputs may have changed: what was right is to be found anew. */
  paint() {
    for (const key of this.places.keys()) this.#mark(key);
    const stale = [...this.filled.values()].every(({ state }) => state !== this.actions.state());
    if (stale) this.#say(null);
    else this.#counted();
  }
}
