// What is said about one step of a training: the update rule with its numbers, the examples'
// contributions to the gradient, and the steps around it. Built once, then only text changes.

import { math, typesets } from "./derivation.js";
import { choice, el, later, put } from "./dom.js";
import { fill, number } from "./numbers.js";
import { sigma } from "./expression.js";

/** @import { Playback } from "./playback.js" */

/**
 * A number as it is written, or why there is none.
 * @param {number} x
 */
export const write = (x) => (Number.isFinite(x) ? number(x) : "beyond float64");

/** Rows of cells whose text changes; the first cell of a row is its header. */
export class Grid {
  body = el("tbody");
  head = el("tr");
  /** @type {HTMLTableCellElement[][]} */
  cells = [];
  width = 0;

  /** @param {string} name @param {string[]} head */
  constructor(name, head) {
    const scrolls = { class: "lvt-scroll", tabindex: "0", role: "group", "aria-label": `${name}, scrolls sideways` };
    this.node = el("div", scrolls,
      el("table", { class: "lv-table lvt-table", "aria-label": name },
        el("caption", { class: "lv-unseen", text: name }), el("thead", {}, this.head), this.body));
    this.heads(head);
  }

  /** @param {string[]} head */
  heads(head) {
    this.width = head.length;
    this.head.replaceChildren(...head.map((text) => el("th", { scope: "col", text })));
  }

  /** @param {number} count */
  size(count) {
    for (const [first] of this.cells.splice(count)) first.parentElement?.remove();
    while (this.cells.length < count) {
      const cells = Array.from({ length: this.width }, (_, i) => el(i ? "td" : "th", i ? {} : { scope: "row" }));
      this.cells.push(cells);
      this.body.append(el("tr", {}, ...cells));
    }
  }

  /** @param {number} i */
  line(i) {
    return /** @type {HTMLTableRowElement} */ (this.cells[i][0].parentElement);
  }

  /**
   * Write a row; null leaves a cell as it is.
   * @param {number} i @param {(string | null)[]} texts
   */
  row(i, texts) {
    texts.forEach((text, c) => {
      if (text !== null) put(this.cells[i][c], text);
    });
  }
}

/** The rule that leads to the next step, with this step's numbers, for one parameter. */
export class Rule {
  parameter = 0;
  k = 0;
  playback = /** @type {Playback} */ (later);
  /** @type {[node: HTMLElement, template: string][]} */
  numbers = [];
  pick = choice({
    name: "parameter", label: "The update of", options: [[0, "w₁"], [1, "w₂"], [2, "b"]], value: 0,
  }, (value) => {
    this.parameter = Number(value);
    this.typeset();
    this.show(this.k);
  });
  lines = el("div", { class: "lvt-rule" });
  words = el("p", { class: "lvt-caption lvt-letters" });
  /** What is typeset: a run of the same rule needs it no second time. */
  set = "";
  title = el("h2", { text: "The next step" });
  node = el("section", { class: "lvt-section lvt-law", "aria-label": "The next step" },
    el("div", { class: "lv-bar" }, this.title, this.pick.node), this.lines, this.words);

  /** @param {Playback} playback */
  load(playback) {
    this.playback = playback;
    this.typeset();
  }

  /** Formulas are typeset once; from step to step only the text of the numbers changes. */
  typeset() {
    const { rule, letters } = this.playback.spec;
    const lines = rule[this.parameter];
    const wanted = JSON.stringify([lines, letters, typesets()]);
    if (this.set === wanted) return;
    this.set = wanted;
    this.numbers = [];
    this.lines.replaceChildren(...lines.map(([symbols, template, latex]) => {
      const digits = el("span", { class: "lvt-digits" });
      this.numbers.push([digits, template]);
      return el("p", { class: "lvt-line" }, this.#formula(symbols, latex, true), " ", digits);
    }));
    // η alone is said by its slider.
    this.words.hidden = letters.length < 2;
    this.words.replaceChildren(...letters.flatMap(([letter, meaning, latex], i) =>
      [i ? "; " : "", this.#formula(letter, latex), `: ${meaning}`]), ".");
  }

  /**
   * A formula; in Unicode where what typesets it did not load.
   * @param {string} symbols @param {string} latex
   */
  #formula(symbols, latex, display = false) {
    return typesets() ? math(latex, { display }) : el("span", { class: "lvt-symbols", text: symbols });
  }

  /** @param {number} k */
  show(k) {
    this.k = k;
    const own = this.playback.reader(k, this.parameter);
    const { losses, gradients } = this.playback;
    /** @param {string} key */
    const read = (key) => (key === "loss" ? losses[k] : key === "slope" ? gradients[3 * k + this.parameter] : own(key));
    for (const [node, template] of this.numbers) {
      const text = fill(template, read);
      put(node, text);
    }
    const { taken, spec } = this.playback;
    const ended = spec.stopped ? " (not taken: the run ended here)" : " (not taken)";
    const last = k === taken ? ended : "";
    const title = `From step ${k} to step ${k + 1}${last}`;
    put(this.title, title);
  }
}

const MOST = 5;

/** The largest contributions to the gradient, that of the example chosen, and the mean of all. */
export class Contributions {
  grid = new Grid("Contributions", ["Example", "y", "a", "a − y", "(a − y)·x₁", "(a − y)·x₂", "(a − y)·1"]);
  said = el("p", { class: "lv-note" });
  node = el("section", { class: "lvt-section", "aria-label": "From one example to the batch" },
    el("h2", { text: "Which examples pull hardest" }), this.said, this.grid.node);
  /** @type {HTMLButtonElement[]} */
  buttons = [];
  playback = /** @type {Playback} */ (later);

  /** @param {(row: number) => void} onChoose */
  constructor(onChoose) {
    this.onChoose = onChoose;
  }

  /** @param {Playback} playback */
  load(playback) {
    this.playback = playback;
    const decay = playback.spec.l2 ? ", and λ·w for the decay of the weights beside it," : "";
    this.said.textContent = "Each example adds (a − y)·x to the gradient; "
      + `the mean of all ${playback.rows}${decay} is ∂J/∂w. `
      + `Here stand the ${Math.min(MOST, playback.rows)} with the longest pull at this step, all three numbers `
      + "taken together, and your example; rings mark them in the data plane. Choose one to see its graph.";
  }

  /**
   * Returns the rows with the largest contributions.
   * @param {number} k @param {number} example
   */
  show(k, example) {
    const { playback } = this;
    const residuals = playback.residuals(k);
    const w = playback.at(playback.params, k);
    const hardest = playback.hardest(residuals, Math.min(MOST, playback.rows));
    const rows = hardest.includes(example) ? hardest : [...hardest, example];
    this.grid.size(rows.length + 1);
    rows.forEach((i, n) => {
      const r = residuals[i];
      const y = playback.y[i];
      const x = [playback.X[2 * i], playback.X[2 * i + 1], 1];
      const a = sigma(x.reduce((z, v, c) => z + v * w[c], 0));
      this.#button(n, i, i === example);
      this.grid.row(n, [null, String(y), number(a), number(r), ...x.map((v) => write(r * v))]);
    });
    const g = playback.at(playback.gradients, k);
    const last = this.grid.cells[rows.length];
    if (last[0].firstElementChild) last[0].replaceChildren();
    const decay = playback.spec.l2 ? " + λ·w" : "";
    this.grid.row(rows.length, [`mean of ${playback.rows}${decay} = ∂J`, "", "", "", ...g.map(write)]);
    this.grid.line(rows.length).classList.add("lvt-mean");
    return hardest;
  }

  /** @param {number} n @param {number} i @param {boolean} chosen */
  #button(n, i, chosen) {
    const cell = this.grid.cells[n][0];
    this.grid.line(n).classList.remove("lvt-mean");
    let button = this.buttons[n];
    if (!button) {
      const made = el("button", { type: "button", class: "lvt-pick" });
      made.addEventListener("click", () => this.onChoose(Number(made.dataset.row)));
      this.buttons[n] = button = made;
    }
    if (cell.firstElementChild !== button) cell.replaceChildren(button);
    const text = `example ${i}`;
    if (button.dataset.row !== String(i)) {
      button.dataset.row = String(i);
      button.textContent = text;
    }
    button.setAttribute("aria-pressed", String(chosen));
  }
}

const AROUND = 3;

/** The steps around the one shown. */
export class History {
  playback = /** @type {Playback} */ (later);
  grid = new Grid("History", ["Step", "w₁", "w₂", "b", "J", "∂J/∂w₁", "∂J/∂w₂", "∂J/∂b"]);
  node = el("section", { class: "lvt-section lvt-wide", "aria-label": "The steps around this one" },
    el("h2", { text: "The steps around this one" }), this.grid.node);

  /** @param {Playback} playback */
  load(playback) {
    this.playback = playback;
  }

  /** @param {number} k */
  show(k) {
    const { playback } = this;
    const count = Math.min(2 * AROUND + 1, playback.taken + 1);
    const from = Math.max(0, Math.min(k - AROUND, playback.taken + 1 - count));
    this.grid.size(count);
    for (let n = 0; n < count; n += 1) {
      const at = from + n;
      this.grid.row(n, [String(at), ...playback.at(playback.params, at).map(write), write(playback.losses[at]),
        ...playback.at(playback.gradients, at).map(write)]);
      const row = this.grid.line(n);
      row.classList.toggle("lvt-now", at === k);
      if (at === k) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    }
  }
}
