// A run as the guide asks for it: quantities by name.

/** @import { Playback } from "./playback.js" */
/** @import { Read } from "./types.d.ts" */

/**
 * @param {Playback} playback @param {number} k the step that is shown
 * @returns {Read}
 */
export function runReader(playback, k) {
  const { losses, params, taken, rows, spec } = playback;
  const steps = Array.from({ length: taken }, (_, n) => n);
  /** @type {Record<string, () => number>} */
  const quantities = {
    rows: () => rows,
    rate: () => spec.constants.eta,
    "step.now": () => k,
    "step.last": () => taken,
    "loss.start": () => losses[0],
    "loss.now": () => losses[k],
    "loss.last": () => losses[taken],
    "start.size": () => Math.hypot(params[0], params[1], params[2]),
    "run.rises": () => steps.filter((n) => losses[n + 1] > losses[n]).length,
    "run.moves": () => steps.filter((n) => [0, 1, 2].some((i) => params[3 * n + i] !== params[3 * n + 3 + i])).length,
    "minimum.there": () => Number(spec.minimum !== null),
  };
  return (key) => quantities[key]();
}
