// Up to three runs on the same data: the first is the one that the controls set, the others
// are kept beside it. A kept run is a row [opt, lr, momentum, batch, seed, w1, w2, b].

import { button, el, later } from "./dom.js";
import { Grid, write } from "./tables.js";

/** @import { Playback, Run } from "./playback.js" */
/** @import { ComparisonRow, RunStyle, TrainingFields } from "./types.d.ts" */

const NOTE = "All start at step 0 together. The surface is run A’s slice, and the other paths are "
  + "projections onto it, so a path can seem to cross its own level. A run that ended stays at its end. "
  + "Near the best: the first step whose J is within 1 % of the least J of all the runs.";

const NEAR = 1.01; // times the least loss of all runs

/**
 * The run that the fields describe, as a row.
 * @param {TrainingFields} fields
 * @returns {ComparisonRow}
 */
const rowOf = ({ opt, lr, momentum, batch, seed, start }) => [opt, lr, momentum, batch, seed, ...start];

/**
 * The fields that a row describes.
 * @param {ComparisonRow} row
 * @returns {Partial<TrainingFields>}
 */
const fieldsOf = ([opt, lr, momentum, batch, seed, ...start]) => ({ opt, lr, momentum, batch, seed, start });

/**
 * A run's line and marker, as they are on the surface.
 * @param {RunStyle} style @param {string} letter
 */
function glyph({ outline, dasharray }, letter) {
  const host = el("span", { class: `lvt-glyph lvt-run-${letter.toLowerCase()}`, "aria-hidden": "true" });
  const line = `<path class="lvt-dash" d="M-18,0H18" stroke-dasharray="${dasharray}"/>`;
  host.innerHTML = `<svg viewBox="-18 -10 36 20">${line}<path d="${outline}"/></svg>`;
  return host;
}

export class Runs {
  keep = button("Keep run to compare", () => this.#keep(), { class: "lv-button lvt-keep" });
  bar = el("div", { class: "lvt-runs", role: "group", "aria-label": "Runs compared" });
  grid = new Grid("Runs", ["Run", "", "Step", "J", "w₁", "w₂", "b", "Near the best at step", ""]);
  node = el("section", { class: "lvt-section lvt-wide", "aria-label": "The runs side by side" },
    el("h2", { text: "The runs side by side" }),
    el("p", { class: "lv-note", text: NOTE }),
    this.grid.node);
  playback = /** @type {Playback} */ (later);
  /** @type {{ letter: string, label: string }[]} */
  all = [];
  /** @type {number[]} the first step near the best, or -1 */
  near = [];

  /**
   * @param {(fields: Partial<TrainingFields>) => void} changed runs were kept, exchanged or let go
   * @param {() => TrainingFields} read
   */
  constructor(changed, read) {
    this.changed = changed;
    this.read = read;
  }

  #keep() {
    const { comparisons } = this.read();
    this.changed({ comparisons: [...comparisons, rowOf(this.read())] });
    this.bar.querySelector("button")?.focus();
  }

  /** @param {number} n */
  #exchange(n) {
    const fields = this.read();
    const comparisons = fields.comparisons.map((row, i) => (i === n ? rowOf(fields) : row));
    this.changed({ ...fieldsOf(fields.comparisons[n]), comparisons });
  }

  /** @param {number} n */
  #drop(n) {
    this.changed({ comparisons: this.read().comparisons.filter((_, i) => i !== n) });
  }

  /** @param {Playback} playback @param {number} most @param {RunStyle[]} styles */
  load(playback, most, styles) {
    this.playback = playback;
    const all = [{ letter: "A", label: playback.spec.label }, ...playback.comparisons];
    this.all = all;
    const alone = all.length === 1;
    this.node.hidden = alone;
    this.keep.disabled = all.length > most;
    this.keep.title = this.keep.disabled ? "Three runs at most: remove one first"
      : "It stays as it is while you change the controls; up to three runs play together";
    const chips = alone ? [] : all.map(({ letter, label }, n) => {
      /** @type {(text: string, name: string, act: () => void) => HTMLElement} */
      const chip = (text, name, act) =>
        button(text, act, { class: "lvt-chip-button", "aria-label": name, title: name });
      return el("span", { class: "lvt-chip" }, glyph(styles[n], letter),
        el("strong", { text: letter }), el("span", { class: "lvt-chip-label", text: label }),
        n ? chip("⇄", `Exchange with A: set run ${letter} by the controls`, () => this.#exchange(n - 1))
          : el("span", { class: "lvt-label", text: "set by the controls" }),
        n ? chip("×", `Remove run ${letter}`, () => this.#drop(n - 1)) : null);
    });
    this.bar.replaceChildren(...chips);
    const losses = [playback, ...playback.comparisons].map((run) => run.losses);
    let least = Infinity;
    for (const column of losses) for (const J of column) least = Math.min(least, J);
    this.near = losses.map((column) => column.findIndex((J) => J <= NEAR * least));
    this.bar.hidden = alone;
  }

  /**
   * The runs at step k, in the table.
   * @param {number} k
   */
  show(k) {
    if (this.all.length === 1) return;
    this.grid.size(this.all.length);
    this.all.forEach(({ letter, label }, n) => {
      const run = n ? this.playback.comparisons[n - 1] : this.playback;
      const at = Math.min(k, run.taken);
      const { stopped } = n ? this.playback.comparisons[n - 1] : this.playback.spec;
      const parameters = this.playback.at(run.params, at).map(write);
      this.grid.row(n, [letter, label, String(at), write(run.losses[at]), ...parameters,
        this.near[n] < 0 ? "–" : String(this.near[n]),
        at === run.taken && stopped ? stopped : ""]);
    });
  }

  /**
   * The losses in one line, for the player.
   * @param {number} k
   */
  line(k) {
    /** @param {Run} run */
    const said = (run) => `${run.letter}: J = ${write(run.losses[Math.min(k, run.taken)])}`;
    return this.playback.comparisons.map(said).join("   ");
  }
}
