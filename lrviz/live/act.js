// Two things to do with the chosen parameter: nudge it by Δ and see how rates carry the change to
// the loss, and take steps of gradient descent on this one example.

import { Bindings } from "./blocks.js";
import { button, choice, el, later, put, unique } from "./dom.js";
import { plain } from "./expression.js";
import { say } from "./sentence.js";

/** @import { GraphFields, NudgeSpec, OneStepSpec, Parameters, Read } from "./types.d.ts" */

/** @typedef {(changed: Partial<GraphFields>) => Read} Elsewhere the pass with some fields changed */

/**
 * What a node changed by: where a is near 1 by what is left of 1, in which no digit is lost.
 * @param {string} name @param {Read} here @param {Read} there
 */
function moved(name, here, there) {
  if (name !== "a" || plain(here("value.a")) < 0.5) {
    return plain(there(`value.${name}`)) - plain(here(`value.${name}`));
  }
  return plain(here("complement.a")) - plain(there("complement.a"));
}

/** Two losses that differ by less than this part of themselves differ by their rounding. */
const ROUNDING = 8 * Number.EPSILON;

/** Nudge the chosen parameter: true changes beside rate times change. */
export class Nudge {
  node = el("section", { class: "lv-nudge", "aria-label": "Nudge" });
  bind = new Bindings();
  spec = /** @type {NudgeSpec} */ (later);
  /** @type {number | null} */
  size = null;
  slider = el("input", { type: "range", min: 0, step: 1, value: 0, id: unique("nudge"), "aria-label": "nudge" });
  shown = el("span", { class: "lv-nudge-shown" });
  table = el("table", { class: "lv-table" });
  verdict = el("p", { class: "lv-note lv-verdict" });
  hint = el("p", { class: "lv-note" });

  /** @param {{ move: (size: number | null) => void, rest: () => void }} actions */
  constructor(actions) {
    this.slider.addEventListener("input", () => {
      const at = Number(this.slider.value);
      actions.move(at ? this.spec.sizes[at - 1] : null);
    });
    this.slider.addEventListener("change", actions.rest);
  }

  /** @param {NudgeSpec} spec */
  build(spec) {
    this.spec = spec;
    this.bind = new Bindings();
    this.slider.max = String(spec.sizes.length);
    this.hint.textContent = spec.hint;
    const head = el("tr", {}, ...spec.head.map((text) => el("th", { scope: "col", text })));
    const rows = spec.rows.map(({ symbol, change, guess }) => el("tr", {},
      el("th", { scope: "row", text: symbol }),
      this.bind.text("td", {}, change), this.bind.text("td", { class: "lv-role-rate" }, guess)));
    const ratio = el("tr", {},
      el("th", { scope: "row", text: spec.ratio.symbol }),
      this.bind.text("td", { class: "lv-role-gradient" }, spec.ratio.change),
      this.bind.text("td", { class: "lv-role-gradient" }, spec.ratio.guess));
    this.table.replaceChildren(el("caption", { class: "lv-unseen", text: spec.title }),
      el("thead", {}, head), el("tbody", {}, ...rows, ratio));
    this.node.replaceChildren(el("h2", { text: spec.title }),
      el("div", { class: "lv-range lv-nudge-range" },
        el("label", { for: this.slider.id, class: "lv-symbol", text: "Δ" }), this.slider, this.shown),
      // What is to come of a nudge takes the place of the words that lead to it.
      el("div", { class: "lv-nudge-place" }, this.hint, this.table), this.verdict);
    this.#swap();
  }

  /** @param {number | null} size */
  set(size) {
    this.size = size;
    const { sizes } = this.spec;
    /** @param {number} n */
    const off = (n) => Math.abs(Math.log(sizes[n] / (size ?? 1)));
    const nearest = size === null ? 0 : 1 + sizes.reduce((best, _, n) => (off(n) < off(best) ? n : best), 0);
    this.slider.value = String(nearest);
    this.slider.style.setProperty("--at", `${nearest / sizes.length * 100}%`);
    const text = size === null ? "none" : say([[[{}, "{nudge}"]]], () => size);
    this.shown.textContent = text;
    this.slider.setAttribute("aria-valuetext", text);
    this.#swap();
  }

  /** The table keeps its room: nothing below it jumps when a nudge begins. */
  #swap() {
    this.table.classList.toggle("lv-not-yet", this.size === null);
    this.hint.classList.toggle("lv-not-yet", this.size !== null);
    if (this.size === null) this.verdict.textContent = "";
  }

  /**
   * The numbers of the nudge, and how near its ratio comes among all sizes.
   * @param {Read} here @param {Elsewhere} elsewhere @param {number} from the parameter's value
   */
  paint(here, elsewhere, from) {
    if (this.size === null) return;
    const { of, path, sizes } = this.spec;
    const slope = plain(here(`adjoint.${of}`));
    const L = plain(here("value.L"));
    /** @type {(size: number) => number} */
    const loss = (size) => plain(elsewhere({ [of]: from + size })("value.L"));
    const losses = new Map([...sizes, this.size].map((size) => [size, loss(size)]));
    /** @param {number} size */
    const off = (size) => Math.abs(((losses.get(size) ?? NaN) - L) / (from + size - from) - slope);
    const there = elsewhere({ [of]: from + this.size });
    /** @type {Record<string, number>} */
    const numbers = { "nudge.size": this.size };
    path.forEach((name, n) => {
      numbers[`change.${name}`] = moved(name, here, there);
      if (n) {
        const before = path[n - 1];
        numbers[`guess.${name}`] = plain(here(`local.${before}-${name}`)) * numbers[`change.${before}`];
      }
    });
    numbers["change.ratio"] = numbers["change.L"] / numbers[`change.${of}`];
    numbers["guess.ratio"] = slope;
    const all = sizes.map(off);
    const best = all.indexOf(Math.min(...all));
    const near = off(this.size);
    const lost = [...losses.values()].every((other) => Math.abs(other - L) <= ROUNDING * Math.max(other, L));
    numbers["nudge.lost"] = Number(lost && slope !== 0);
    numbers["nudge.best"] = sizes[best];
    numbers["nudge.place"] = near <= all[best] ? 0 : Math.sign(this.size - sizes[best]);
    /** @type {Read} */
    const read = (key) => numbers[key] ?? here(key);
    this.bind.paint(read);
    put(this.verdict, say(this.spec.verdict, read));
  }
}

/** Take steps of gradient descent on the example, and take them back. */
export class OneStep {
  node = el("section", { class: "lv-onestep", "aria-label": "One step of gradient descent" });
  bind = new Bindings();
  spec = /** @type {OneStepSpec} */ (later);
  eta = 1;
  rates = /** @type {ReturnType<typeof choice>} */ (later);
  /** @type {Parameters[]} where each step began */
  taken = [];
  /** @type {number | null} the loss before the first of them */
  first = null;
  note = el("p", { class: "lv-note", role: "status" });
  go = button("Take one step", () => this.#step());
  undo = button("Undo", () => this.#undo());
  /** @type {Read | null} */
  read = null;

  /** @param {{ move: (parameters: Parameters) => void, rate: (eta: number) => void }} actions */
  constructor(actions) {
    this.actions = actions;
  }

  /** @param {OneStepSpec} spec */
  build(spec) {
    this.spec = spec;
    this.bind = new Bindings();
    const options = spec.rates.map((rate) => /** @type {[number, string]} */ ([rate, String(rate)]));
    this.rates = choice({ name: "eta", label: spec.label, options, value: this.eta }, this.actions.rate);
    const [before, link, href] = spec.onward;
    this.node.replaceChildren(el("h2", { text: spec.title }), this.bind.text("p", { class: "lv-math" }, spec.rule),
      el("div", { class: "lv-bar" }, el("span", { class: "lv-label", text: spec.label }), this.rates.node),
      ...spec.lines.map((line) => this.bind.text("p", { class: "lv-math" }, line)),
      el("div", { class: "lv-bar" }, this.go, this.undo), this.note,
      el("p", { class: "lv-note" }, before, el("a", { href, target: "_self", text: link }), "."));
  }

  /** @param {number} eta the learning rate */
  set(eta) {
    this.eta = eta;
    this.rates.set(eta);
  }

  /** @param {Read} here */
  #next(here) {
    /** @type {(name: keyof Parameters) => number} */
    const next = (name) => plain(here(`value.${name}`)) - this.eta * plain(here(`adjoint.${name}`));
    return { w1: next("w1"), w2: next("w2"), b: next("b") };
  }

  /** @param {Read} here */
  paint(here) {
    this.read = here;
    const next = this.#next(here);
    /** @type {Read} */
    const read = (key) => {
      if (key === "eta") return this.eta;
      return key.startsWith("next.") ? next[/** @type {keyof Parameters} */ (key.slice(5))] : here(key);
    };
    this.bind.paint(read);
    this.undo.disabled = !this.taken.length;
    const { high, beyond, after } = this.spec;
    const out = Object.values(next).some((v) => Math.abs(v) > high);
    this.go.disabled = out;
    /** @type {Record<string, number>} */
    const numbers = { "step.count": this.taken.length, "step.first": this.first ?? 0 };
    put(this.note, out ? beyond
      : this.taken.length ? say(after, (key) => numbers[key] ?? read(key)) : "");
  }

  #step() {
    if (!this.read || this.go.disabled) return;
    const here = this.read;
    this.first ??= plain(here("value.L"));
    this.taken.push({ w1: plain(here("value.w1")), w2: plain(here("value.w2")), b: plain(here("value.b")) });
    this.actions.move(this.#next(here));
  }

  #undo() {
    const before = this.taken.pop();
    if (!this.taken.length) this.first = null;
    if (before) this.actions.move(before);
  }

  /** Something else moved: steps that led elsewhere are no longer to be taken back. */
  forget() {
    this.taken = [];
    this.first = null;
  }
}
