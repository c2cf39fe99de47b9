// The model for the features in their own units: both weights and b in full, and what they do to
// the odds a : (1 − a) of class 1.

import { el, later } from "./dom.js";
import { Grid } from "./tables.js";

/** @import { Playback } from "./playback.js" */

export class Weights {
  grid = new Grid("Weights", ["", "In raw units, all digits", "Odds of class 1"]);
  said = el("p", { class: "lv-note" });
  node = el("div", {}, this.said, this.grid.node);
  playback = /** @type {Playback} */ (later);
  /** @type {string[]} what one unit more of each feature is called */
  names = [];

  /** @param {Playback} playback @param {[string, string]} features @param {string} one what class 1 is called */
  load(playback, features, one) {
    this.playback = playback;
    this.names = features;
    this.said.textContent = `One unit more of a feature multiplies the odds a : (1 − a) of class 1${
      one === "1" ? "" : ` (${one})`} by e to the power of its weight.`;
  }

  /** @param {number} k */
  show(k) {
    const rows = this.playback.weights(k);
    this.grid.size(rows.length);
    rows.forEach(({ letter, digits, odds }, i) => {
      const name = this.names[i];
      this.grid.row(i, [letter, digits, name ? `× ${odds} for one more of ${name}` : `${odds} where both are 0`]);
    });
  }
}
