// What the Training page says of one step in its own words. Everything here is read off the run;
// a test holds it to Python's own runs.

import { write } from "./tables.js";

/** @import { Playback } from "./playback.js" */

const ROUNDED = 1 + 1e-13; // a mean of many rounded losses is off by less

/** @type {(v: ArrayLike<number>) => number} */
const length = (v) => Math.hypot(v[0], v[1], v[2]);

/**
 * How the step to k was made, by the optimizer's rule.
 * @param {Playback} playback @param {number} k
 */
function made(playback, k) {
  const { opt, batch, constants: { eta: lr } } = playback.spec;
  if (opt === "gd") {
    const g = length(playback.at(playback.gradients, k - 1));
    return `the step was η times the gradient, ${write(lr)} × ${write(g)} ≈ ${write(lr * g)} long`;
  }
  const rows = playback.batch(k - 1)?.length ?? Math.min(batch, playback.rows);
  if (opt === "sgd") {
    return rows < playback.rows
      ? `the step was η times the gradient of ${rows} of the ${playback.rows} examples`
      : `the step was η times the gradient of all ${rows} examples`;
  }
  if (opt === "momentum") return "the step was η times the velocity";
  if (opt === "nesterov") return "the step was η times the sum of the gradient and μ times the velocity";
  if (opt === "newton") {
    return playback.terms.delta?.[k - 1] > 0 ? "the step was Newton’s, kept short by the damping δ"
      : "the step went to the bottom of the parabola that fits there";
  }
  return "each parameter took a step of its own size";
}

/**
 * From one loss to the next, in so many digits that the change shows.
 * @param {number} before @param {number} after
 */
function change(before, after) {
  if (!Number.isFinite(after)) return "J left the range of float64";
  const [from, to] = [write(before), write(after)];
  if (before === after) return `J stayed at ${to}`;
  if (after > before && after <= before * ROUNDED) return `J stayed at ${to} but for rounding`;
  const verb = after < before ? "fell" : "rose";
  return from === to ? `J ${verb} by ${write(Math.abs(after - before))}, to ${to}` : `J ${verb} from ${from} to ${to}`;
}

/**
 * What happened at step k of this run. The controls may be set to another, which is under way.
 * @param {Playback} playback @param {number} k
 */
export function happened(playback, k) {
  if (k === 0) {
    const start = `Step 0, the start: J = ${write(playback.losses[0])}.`;
    const { settled_start: settled } = playback.spec;
    if (settled && !playback.taken) return `${start} ${settled.why}`;
    if (!playback.taken) return playback.spec.taken ? start : `${start} The run ends here.`;
    return `${start} Play, or drag along the loss curve.`;
  }
  const [before, after] = [playback.losses[k - 1], playback.losses[k]];
  // A convex loss that has risen along −g was lower on the way; the last digits flicker.
  const rose = after > before * (1 + playback.spec.flicker);
  const passed = playback.spec.opt === "gd" && rose ? ", past the lowest point on its way" : "";
  return `Step ${k}: ${change(before, after)}; ${made(playback, k)}${passed}.`;
}

/**
 * What a whole run comes to, as it is heard.
 * @param {Playback} playback
 */
export function ran({ losses, taken, comparisons, spec: { stopped, onward } }) {
  const steps = `${comparisons.length ? "A: " : ""}${taken} ${taken === 1 ? "step" : "steps"}`;
  const to = taken ? change(losses[0], losses[taken]) : `J = ${write(losses[0])}`;
  return [`${steps}: ${to}.`, stopped, onward].filter(Boolean).join(" ");
}

/**
 * Which slice the surface is, and what lies on it.
 * @param {Playback} playback @param {number} k
 */
export function sliceOf(playback, k) {
  const { plane, symbols, minimum } = playback.spec;
  const at = playback.sliceStep(k);
  const third = symbols[plane[2]];
  const slice = `The slice at ${third} = ${write(playback.at(playback.params, at)[plane[2]])}`;
  const faint = minimum ? "; a faint + is a minimum on another slice" : "";
  return at === k ? `${slice}, this step’s own. The path is a projection onto it, along ${third}${faint}.`
    : `${slice}, of step ${at}: this run moves too far to keep every slice.`;
}

/**
 * What the lines and colours of the data plane are.
 * @param {Playback} playback @param {number} k @param {boolean} seen whether the line crosses it
 */
export function sidesOf(playback, k, seen = true) {
  const [w1, w2, b] = playback.at(playback.params, k);
  if (w1 === 0 && w2 === 0) return `w = 0: no boundary yet, a = ${write(1 / (1 + Math.exp(-b)))} everywhere.`;
  if (playback.single) return "One class only: add the other, and there is something to part.";
  const line = seen ? "On the bold line z = 0 and a = ½." : "The line where z = 0 and a = ½ lies out of view.";
  const rows = playback.batch(k)?.length ?? playback.rows;
  const batch = rows < playback.rows ? `; plain rings: the ${rows} of the next step` : "";
  return `${line} Colour: how sure; halo: |a − y|, outlined where misjudged; red rings: who pulls hardest${batch}.`;
}

/**
 * J and the parameters, for the player.
 * @param {Playback} playback @param {number} k
 */
export function statusOf(playback, k) {
  const w = playback.at(playback.params, k);
  const long = playback.spec.minimum ? "" : `,  ‖w‖ = ${write(Math.hypot(w[0], w[1]))}`;
  return `J = ${write(playback.losses[k])},  w₁ = ${write(w[0])},  w₂ = ${write(w[1])},  b = ${write(w[2])}${long}`;
}

/**
 * The line where z = 0, for the features in their own units.
 * @param {Playback} playback @param {number} k @param {[string, string]} features
 * @param {(key: string, x: number) => string} slot
 */
export function boundaryOf(playback, k, [first, second], slot) {
  const raw = playback.raws(playback.at(playback.params, k));
  return `${write(raw[0])}·${first} + ${slot("(", raw[1])}·${second} + ${slot("(", raw[2])} = 0`;
}
