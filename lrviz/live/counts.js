// How the model decides at this step: accuracy and the four counts at a threshold that a hand can
// move, and one sentence on what they mean for the rarer class.

import { assign, el, later, put } from "./dom.js";
import { number } from "./numbers.js";

/** @typedef {{ accuracy: number, tp: number, fp: number, fn: number, tn: number }} Counts */

const RARE = 0.2; // of all: a class below it is called rare
const NAMES = /** @type {const} */ ([["tp", "fn"], ["fp", "tn"]]);

/** @param {number} share */
const percent = (share) => `${number(100 * share)} %`;

/**
 * What the counts say; true of them alone.
 * @param {Counts} counts @param {number} loss J
 */
export function verdict({ tp, fp, fn, tn }, loss) {
  const [ones, zeros] = [tp + fn, fp + tn];
  const all = ones + zeros;
  const rare = ones <= zeros ? 1 : 0;
  const [count, found] = rare ? [ones, tp] : [zeros, tn];
  if (count && count < RARE * all) {
    // A loss above that of always saying ½ is not low.
    const told = found < count / 2 && loss < Math.LN2
      ? `J is only ${number(loss)}, and yet of the ${count} with y = ${rare} the model finds ${found}`
      : `of the ${count} with y = ${rare} the model finds ${found}`;
    return `Always saying ${1 - rare} would be right for ${percent(1 - count / all)}; ${told}.`;
  }
  const wrong = fp + fn;
  if (!wrong) return `All ${all} are on their right side of the threshold.`;
  return `${wrong} of ${all} are misjudged: ${fn} with y = 1 and ${fp} with y = 0.`;
}

export class CountsView {
  threshold = 0.5;
  slider = el("input", {
    type: "range", step: 0.01, class: "lvt-range", "aria-label": "threshold",
    oninput: () => this.#moved(true), onchange: () => this.#moved(false),
  });
  shown = el("span", { class: "lvt-threshold" });
  accuracy = el("strong", {});
  said = el("p", { class: "lvt-caption lvt-verdict" });
  cells = NAMES.map((row) => row.map(() => el("td", {})));
  /** @type {HTMLElement[]} */
  heads = [1, 0].map((label) => el("th", { scope: "row", text: `y = ${label}` }));
  table = el("table", { class: "lv-table lvt-counts", "aria-label": "Counts" },
    el("caption", { class: "lv-unseen", text: "Counts" }),
    el("thead", {}, el("tr", {}, el("td", {}), ...[1, 0].map((label) =>
      el("th", { scope: "col", text: `says ${label}` })))),
    el("tbody", {}, ...this.cells.map((row, n) => el("tr", {}, this.heads[n], ...row))));
  node = el("div", { class: "lvt-judged" }, this.table,
    el("div", { class: "lvt-decide" },
      el("p", { class: "lvt-accuracy" }, "accuracy ", this.accuracy),
      el("div", { class: "lvt-control" },
        el("span", { class: "lvt-label", text: "says 1 from a ≥" }), this.slider, this.shown)),
    this.said);
  low = 0;
  high = 1;
  rare = false;
  changed = /** @type {(threshold: number, moving: boolean) => void} */ (later);

  constructor() {
    for (const [r, c] of [[0, 0], [1, 1]]) this.cells[r][c].className = "lvt-right";
    for (const [r, c] of [[0, 1], [1, 0]]) this.cells[r][c].className = "lvt-wrong";
    this.set(this.threshold);
  }

  /** @param {[low: number, high: number]} threshold */
  within([low, high]) {
    this.low = low;
    this.high = high;
    assign(this.slider, { min: String(low), max: String(high) });
    this.set(this.threshold);
  }

  /** @param {boolean} moving */
  #moved(moving) {
    this.set(Number(this.slider.value));
    this.changed(this.threshold, moving);
  }

  /** @param {number} threshold */
  set(threshold) {
    this.threshold = threshold;
    this.slider.value = String(threshold);
    this.slider.style.setProperty("--at", `${100 * (threshold - this.low) / (this.high - this.low)}%`);
    put(this.shown, threshold === 0.5 ? "½" : String(threshold));
    this.slider.setAttribute("aria-valuetext", String(threshold));
  }

  /** @param {Counts} counts @param {number} loss J */
  show(counts, loss) {
    NAMES.forEach((row, r) => row.forEach((name, c) => {
      const text = String(counts[name]);
      put(this.cells[r][c], text);
    }));
    const accuracy = percent(counts.accuracy);
    put(this.accuracy, accuracy);
    const said = verdict(counts, loss);
    put(this.said, said);
    const [ones, zeros] = [counts.tp + counts.fn, counts.fp + counts.tn];
    const rare = Math.min(ones, zeros) < RARE * (ones + zeros);
    if (rare !== this.rare) this.said.classList.toggle("lvt-two-lines", rare);
    this.rare = rare;
  }
}
