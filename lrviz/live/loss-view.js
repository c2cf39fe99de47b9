// The loss at every step: drawn as far as the run has come, with what is to come as a faint ghost.
// The curve is the scrubber: a hand that is drawn along it chooses the step.

import { assign, el } from "./dom.js";
import { beside, cover, dress, markers, shape, View } from "./view.js";

/** @import { Playback, Run } from "./playback.js" */
/** @import { FigureSpec, RunStyle } from "./types.d.ts" */

/** @typedef {{ losses: ArrayLike<number>, taken: number }} Curve */

const LEAST = 1e-12; // of the axis, see figures/loss.py
const FAINT = 0.55; // of what is to come: 3 to 1 against either ground
const NEAR = 0.4; // px: what moves less than that is not drawn
const SCALE = 22; // px below the curve, where its steps stand: a hand there draws along it too
const DOT = 14; // px that the last point's marker may stand out of the part that is drawn

/** The loss by step, and where we are. */
export class LossView extends View {
  past = shape("g", {}, this.layer);
  others = beside(this.past, "lvt-curve");
  curve = shape("path", { class: "lvt-curve" }, this.past);
  cursor = shape("path", { class: "lvt-cursor" }, this.layer);
  ends = markers(this.layer);
  dot = shape("circle", { class: "lvt-marker", r: 5.5 }, this.layer);
  /** What has been of the run, as a window over the curves. */
  gone = shape("rect", {}, shape("clipPath", { id: `${this.clip}-past` }, this.defs));
  shown = false;
  /** @type {((k: number, rest: boolean) => void) | null} told which step a hand is at */
  scrubbed = null;
  pad = el("div", { class: "lvt-pad", "aria-hidden": "true" });
  /** The curve of a run that the browser computes while a hand chooses its start. */
  again = shape("path", { class: "lvt-again" }, this.layer);
  held = false;

  constructor() {
    super("loss");
    this.past.setAttribute("clip-path", `url(#${this.clip}-past)`);
    this.node.append(this.pad);
    this.pad.addEventListener("pointerdown", (event) => this.#grab(event));
  }

  /** @param {PointerEvent} down */
  #grab(down) {
    if (down.button !== 0 || !this.xs) return;
    const { pad } = this;
    pad.setPointerCapture(down.pointerId);
    /** @param {PointerEvent} event */
    const at = (event) => {
      const { left } = this.node.getBoundingClientRect();
      const [k] = this.read(event.clientX - left, 0);
      return Math.max(0, Math.min(this.playback.steps, Math.round(k)));
    };
    const ended = new AbortController();
    /** @type {(name: "pointermove" | "pointerup" | "pointercancel", act: (event: PointerEvent) => void) => void} */
    const on = (name, act) => pad.addEventListener(name, act, { signal: ended.signal });
    /** @param {number} k */
    const end = (k) => {
      ended.abort();
      this.scrubbed?.(k, true);
    };
    on("pointermove", (event) => this.scrubbed?.(at(event), false));
    on("pointerup", (event) => end(at(event)));
    on("pointercancel", () => end(this.all));
    this.scrubbed?.(at(down), false);
  }

  /** @param {Playback} playback @param {RunStyle[]} styles */
  load(playback, styles) {
    this.play(playback);
    this.shown = this.held = false;
    dress(this.others, this.ends, styles);
  }

  /** @override @param {FigureSpec} figure */
  fill(figure) {
    for (const trace of figure.data) assign(trace, { opacity: FAINT, hoverinfo: "skip", hovertemplate: null });
  }

  /** @param {number} k */
  show(k, all = k) {
    this.stand(k, all);
    this.shown = true;
    this.move();
  }

  /** @override */
  place() {
    super.place();
    const { x, y, w, h } = this.box;
    const [left, wide] = [x - DOT, w + 2 * DOT];
    assign(this.pad.style, { left: `${left}px`, top: `${y}px`, width: `${wide}px`, height: `${h + SCALE}px` });
    if (!this.xs) return;
    this.curve.setAttribute("d", this.#whole(this.playback));
    this.others.forEach((node, n) => {
      /** @type {Run | undefined} */
      const other = this.playback.comparisons[n];
      node.setAttribute("d", other ? this.#whole(other) : "");
    });
  }

  /**
   * The curve of a whole run; the window cuts it.
   * @param {Curve} run
   */
  #whole({ losses, taken }) {
    let [d, fromX, fromY] = ["", -Infinity, -Infinity];
    for (let k = 0; k <= taken; k += 1) {
      const [x, y] = this.px(k, Math.max(losses[k], LEAST));
      if (k < taken && Math.abs(x - fromX) < NEAR && Math.abs(y - fromY) < NEAR) continue;
      d += `${d ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
      [fromX, fromY] = [x, y];
    }
    return d;
  }

  /** @override */
  move() {
    if (!this.xs || !this.shown) return;
    /** @param {{ losses: ArrayLike<number> }} run @param {number} k */
    const at = (run, k) => this.px(k, Math.max(run.losses[k], LEAST));
    const { box } = this;
    const { losses, taken } = this.playback;
    this.again.setAttribute("d", this.held ? this.#whole({ losses, taken }) : "");
    this.past.style.display = this.held ? "none" : "";
    const here = this.xs(this.all);
    cover(this.gone, { ...box, w: here - box.x });
    this.cursor.setAttribute("d", `M${here},${box.y}v${box.h}`);
    this.dot.setAttribute("transform", `translate(${at(this.playback, this.k)})`);
    this.ends.forEach(({ end }, n) => {
      /** @type {Run | undefined} */
      const other = this.playback.comparisons[n];
      end.style.display = other ? "" : "none";
      if (other) end.setAttribute("transform", `translate(${at(other, Math.min(this.all, other.taken))})`);
    });
  }
}
