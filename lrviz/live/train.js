// A run from any start, computed here while a hand moves the start: the rules are the statements
// of training/optimizers.py, the gradient is the mean of σ(u)·s·(x₁, x₂, 1) as in
// training/model.py, which never subtracts a from 1. Python is the authority; a test holds the two equal.

import { compile } from "./expression.js";

/** @import { Playback, Column } from "./playback.js" */
/** @import { Triple } from "./types.d.ts" */

/** Steps times rows that are computed within a frame. */
export const MOST = 1_000_000;
/** A product of (1 + e) as large as this is taken to its logarithm. */
const FULL = 1e200;

/**
 * Whether this run can be computed here in time: a rule of the whole data's gradient, few rows.
 * @param {Playback} playback @param {number} steps
 */
export const trainable = ({ spec, rows }, steps) => spec.program !== null && rows * steps <= MOST;

/**
 * Mean loss and gradient at w.
 * @param {Playback} playback @param {ArrayLike<number>} w @param {Float64Array} g is written on
 */
export function evaluate({ X, y, rows, spec }, w, g) {
  const [w1, w2, b] = [w[0], w[1], w[2]];
  let [total, product, g1, g2, g3] = [0, 0, 0, 0, 0];
  for (let i = 0; i < rows; i += 1) {
    const sign = y[i] === 1 ? -1 : 1;
    const [s1, s2] = [sign * X[2 * i], sign * X[2 * i + 1]];
    const e = Math.exp(w1 * s1 + w2 * s2 + b * sign);
    // (1 + p)(1 + e) − 1: all terms are positive, so no digit is lost before the logarithm.
    product += e + product * e;
    if (product > FULL) {
      total += Math.log1p(product);
      product = 0;
    }
    const p = e / (1 + e);
    g1 += p * s1;
    g2 += p * s2;
    g3 += p * sign;
  }
  total += Math.log1p(product);
  if (!Number.isFinite(total + g1 + g2 + g3)) {
    [total, g1, g2, g3] = [0, 0, 0, 0];
    for (let i = 0; i < rows; i += 1) {
      const sign = y[i] === 1 ? -1 : 1;
      const u = sign * (w1 * X[2 * i] + w2 * X[2 * i + 1] + b);
      const e = Math.exp(-Math.abs(u));
      total += Math.max(u, 0) + Math.log1p(e);
      const p = u >= 0 ? 1 / (1 + e) : e / (1 + e);
      g1 += p * sign * X[2 * i];
      g2 += p * sign * X[2 * i + 1];
      g3 += p * sign;
    }
  }
  const decay = spec.l2 ?? 0;
  g[0] = g1 / rows + decay * w1;
  g[1] = g2 / rows + decay * w2;
  g[2] = g3 / rows;
  return { plain: total / rows, loss: total / rows + (decay / 2) * (w1 * w1 + w2 * w2) };
}

/**
 * The place alone, for a run that is not computed here: where it leads is not known.
 * @param {Playback} playback @param {Triple} start
 */
export function stay(playback, start) {
  /** @type {(list: ArrayLike<number>) => Column} */
  const one = (list) => {
    const column = /** @type {Column} */ (Float64Array.from(list));
    column.shape = list.length === 3 ? [1, 3] : [1];
    return column;
  };
  const g = new Float64Array(3);
  const { loss, plain } = evaluate(playback, start, g);
  const unknown = one([NaN, NaN, NaN]);
  return {
    taken: 0,
    params: one(start),
    losses: one([loss]),
    plain: one([plain]),
    gradients: one(g),
    following: unknown,
    used: unknown,
    terms: Object.fromEntries(Object.entries(playback.terms).map(([name, { shape }]) =>
      [name, shape.length === 2 ? unknown : one([NaN])])),
  };
}

/**
 * A run of the playback's rule on its data from another start, in the playback's own terms.
 * @param {Playback} playback @param {Triple} start @param {number} steps at most
 */
export function train(playback, start, steps) {
  const { spec } = playback;
  if (!spec.program) throw new Error("this rule is not computed here");
  const { keeps } = spec.program;
  const lines = spec.program.lines.map(([name, right]) => ({ name, compute: compile(right) }));
  const three = () => new Float64Array(3 * (steps + 1));
  const [params, gradients, following] = [three(), three(), three()];
  const [losses, plain] = [new Float64Array(steps + 1), new Float64Array(steps + 1)];
  const names = Object.keys(playback.terms);
  const terms = Object.fromEntries(names.map((name) =>
    [name, playback.terms[name].shape.length === 2 ? three() : new Float64Array(steps + 1)]));
  // The letters of each parameter; those of the rule's own are kept from step to step.
  const scopes = start.map(() => /** @type {Record<string, number>} */ ({ ...spec.constants }));
  for (const scope of scopes) for (const name of keeps) scope[name] = 0;
  const now = Float64Array.from(start);
  const g = new Float64Array(3);
  let taken = 0;
  ({ loss: losses[0], plain: plain[0] } = evaluate(playback, now, g));
  params.set(now);
  gradients.set(g);
  for (let k = 0; k <= steps; k += 1) {
    scopes.forEach((scope, p) => {
      scope.w = now[p];
      scope.g = g[p];
      scope.t = k + 1;
      for (const name of keeps) scope[`${name}_before`] = scope[name];
      for (const { name, compute } of lines) scope[name] = Number(compute((letter) => scope[letter]));
      following[3 * k + p] = scope.w;
      for (const name of names) {
        const own = terms[name];
        if (own.length === following.length) own[3 * k + p] = scope[name];
        else own[k] = scope[name];
      }
    });
    taken = k;
    if (k === steps) break;
    const still = now.every((v, p) => v === following[3 * k + p]);
    if (still && (!keeps.length || g.every((v) => v === 0))) break;
    now.set(following.subarray(3 * k, 3 * k + 3));
    const { loss, plain: own } = evaluate(playback, now, g);
    if (!Number.isFinite(loss + now[0] + now[1] + now[2] + g[0] + g[1] + g[2])) break;
    params.set(now, 3 * k + 3);
    gradients.set(g, 3 * k + 3);
    losses[k + 1] = loss;
    plain[k + 1] = own;
  }
  /** @type {(array: Float64Array, wide: number) => Column} */
  const cut = (array, wide) => {
    const column = /** @type {Column} */ (array.slice(0, wide * (taken + 1)));
    column.shape = wide === 1 ? [taken + 1] : [taken + 1, wide];
    return column;
  };
  return {
    taken,
    params: cut(params, 3),
    losses: cut(losses, 1),
    plain: cut(plain, 1),
    gradients: cut(gradients, 3),
    following: cut(following, 3),
    used: cut(gradients, 3),
    terms: Object.fromEntries(names.map((name) =>
      [name, cut(terms[name], terms[name].length === following.length ? 3 : 1)])),
  };
}
