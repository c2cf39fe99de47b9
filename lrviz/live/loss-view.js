// The loss at every step.

import { dress, markers, points, shape, View } from "./view.js";

/** @import { Playback, Run } from "./playback.js" */
/** @import { RunStyle } from "./types.d.ts" */

/** The loss by step, and where we are. */
export class LossView extends View {
  cursor = shape("path", { class: "lvt-cursor" }, this.layer);
  ends = markers(this.layer);
  dot = shape("circle", { class: "lvt-marker", r: 5 }, this.layer);
  shown = false;
  /** The curve of a run that the browser computes while a hand chooses its start. */
  again = shape("path", { class: "lvt-again" }, this.layer);
  held = false;

  constructor() {
    super("loss");
  }

  /** @param {Playback} playback @param {RunStyle[]} styles */
  load(playback, styles) {
    this.play(playback);
    this.shown = this.held = false;
    dress([], this.ends, styles);
  }

  /** @param {number} k */
  show(k, all = k) {
    this.stand(k, all);
    this.shown = true;
    this.move();
  }

  /** @override */
  move() {
    if (!this.xs || !this.shown) return;
    /** @param {{ losses: ArrayLike<number> }} run @param {number} k */
    const at = (run, k) => this.px(k, Math.max(run.losses[k], 1e-12));
    const { losses, taken } = this.playback;
    this.again.setAttribute("d", this.held
      ? `M${points(Array.from({ length: taken + 1 }, (_, k) => at({ losses }, k)))}` : "");
    this.cursor.setAttribute("d", `M${this.xs(this.all)},${this.box.y}v${this.box.h}`);
    this.dot.setAttribute("transform", `translate(${at(this.playback, this.k)})`);
    this.ends.forEach(({ end }, n) => {
      /** @type {Run | undefined} */
      const other = this.playback.comparisons[n];
      end.style.display = other ? "" : "none";
      if (other) end.setAttribute("transform", `translate(${at(other, Math.min(this.all, other.taken))})`);
    });
  }
}
