// The training as the browser reads it: arrays by step, the slice of the loss at a step, the
// boundary, and what each example adds to the gradient. Nothing here touches the page.

import { number, ten } from "./numbers.js";

/** @import { ComparisonSpec, Packed, PlaybackSpec, Read, RowsSpec, SlicesSpec } from "./types.d.ts" */

/** @typedef {(Float32Array | Float64Array | Uint8Array | Uint16Array | Uint32Array) & { shape: number[] }} Column */
/** @typedef {ComparisonSpec<Column>} Run a run beside the first */
/** @typedef {{ digest: string, raw: Column, y: Column }} Rows */
/** @typedef {[number, number]} Place */

const TYPES = { f4: Float32Array, f8: Float64Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };

/**
 * {type, shape, base64} as a typed array with its shape.
 * @param {Packed} packed
 * @returns {Column}
 */
function unpack({ type, shape, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const column = /** @type {Column} */ (new TYPES[type](bytes.buffer));
  column.shape = shape;
  return column;
}

/** What Float32 still holds above zero: the logarithm of a loss needs something to hold. */
const LEAST = 1e-38;

/**
 * The examples of a data set: features in their own units, and labels.
 * @param {RowsSpec} spec
 * @returns {Rows}
 */
export const readRows = ({ digest, raw, y }) => ({ digest, raw: unpack(raw), y: unpack(y) });

/** Of these the exponential is an ordinary float64 number; see text/odds.py. */
const [LOWEST, HIGHEST] = [Math.log(2 ** -1022), Math.log(Number.MAX_VALUE)];

/**
 * exp(w) as it is shown, as a power of ten where it leaves float64.
 * @param {number} w
 */
export function oddsRatio(w) {
  if (!Number.isFinite(w)) return "beyond float64";
  return w >= LOWEST && w <= HIGHEST ? number(Math.exp(w)) : ten(w / Math.log(10));
}

/**
 * A number with all its digits.
 * @param {number} x
 */
const full = (x) => (Number.isFinite(x) ? String(x === 0 ? 0 : x).replaceAll("-", "−") : "beyond float64");

/** Two lengths whose ratio is less than this are equal within rounding. */
const TIE = 1 + 1e-12;

export class Playback {
  /** @param {PlaybackSpec} spec @param {Rows} rows */
  constructor(spec, { raw, y }) {
    this.spec = spec;
    this.params = unpack(spec.params);
    this.losses = unpack(spec.losses);
    this.plain = unpack(spec.plain);
    this.gradients = unpack(spec.gradients);
    this.following = unpack(spec.following);
    this.used = unpack(spec.used);
    this.batches = spec.batches && { rows: unpack(spec.batches.rows), ends: spec.batches.ends };
    this.raw = raw;
    this.y = y;
    this.X = raw.map((v, i) => (v - spec.mean[i % 2]) / spec.scale[i % 2]);
    /** @type {Run[]} */
    this.comparisons = spec.comparisons.map((one) =>
      ({ ...one, params: unpack(one.params), losses: unpack(one.losses) }));
    this.newton = spec.newton && {
      ...spec.newton,
      heights: unpack(spec.newton.heights),
      slopes: unpack(spec.newton.slopes),
      bends: unpack(spec.newton.bends),
      ends: unpack(spec.newton.ends),
    };
    this.terms = Object.fromEntries(Object.entries(spec.terms).map(([k, v]) => [k, unpack(v)]));
    /** @type {SlicesSpec<Column>} */
    this.slices = { ...spec.slices, terms: unpack(spec.slices.terms) };
    this.axes = [[...unpack(spec.across)], [...unpack(spec.up)]];
    /** Steps of this run, and of the longest: a run that ended stays at its end. */
    this.taken = spec.taken;
    this.steps = spec.steps;
    this.rows = y.length;
    /** Whether all examples are of one class. */
    this.single = new Set(y).size < 2;
    const [n, up, across] = this.slices.terms.shape;
    this.count = n;
    /** The slice as drawn: losses in Float32, and their logarithms, all and by row. */
    this.heights = new Float64Array(up * across);
    this.z = Array.from({ length: up }, (_, r) => this.heights.subarray(r * across, (r + 1) * across));
    this.flat = new Float32Array(up * across);
    this.sums = new Float64Array(up * across);
    this.held = new Float64Array(this.rows);
    /** The length of (x₁, x₂, 1) of each example. */
    this.lengths = Float64Array.from(y, (_, i) => Math.hypot(this.X[2 * i], this.X[2 * i + 1], 1));
    /** @type {number | null} the slice that is drawn: its third parameter, or its number */
    this.drawn = null;
  }

  /**
   * Row k of a (k, 3) array.
   * @param {ArrayLike<number>} array @param {number} k
   * @returns {[number, number, number]}
   */
  at(array, k) {
    return [array[3 * k], array[3 * k + 1], array[3 * k + 2]];
  }

  /**
   * The step of this run that stands at step k of all.
   * @param {number} k
   */
  hold(k) {
    return Math.min(k, this.taken);
  }

  /**
   * Bring `heights` to step k; false when they stand there already.
   * @param {number} k
   */
  cut(k) {
    const third = this.params[3 * k + this.spec.plane[2]];
    const which = this.slices.kind === "series" ? (this.count === 1 ? 0 : third) : this.#nearest(k);
    if (which === this.drawn) return false;
    this.drawn = which;
    if (this.slices.kind === "series") this.#sum(third);
    else this.flat.set(this.slices.terms.subarray(which * this.flat.length, (which + 1) * this.flat.length));
    for (let i = 0; i < this.flat.length; i += 1) this.heights[i] = Math.log10(Math.max(this.flat[i], LEAST));
    return true;
  }

  /**
   * log10 of the loss on the slice drawn, between its nodes; null outside it.
   * @param {number} x @param {number} y
   */
  height(x, y) {
    const [across, up] = this.axes;
    /** @param {number[]} axis @param {number} v */
    const cell = (axis, v) => {
      let [low, high] = [0, axis.length - 1];
      if (!(v >= axis[low] && v <= axis[high])) return null;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (axis[middle] <= v) low = middle;
        else high = middle;
      }
      return [low, low + (v - axis[low]) / (axis[high] - axis[low])];
    };
    const [c, r] = [cell(across, x), cell(up, y)];
    if (!c || !r) return null;
    const [s, t] = [c[1] - c[0], r[1] - r[0]];
    const [low, high] = [this.z[r[0]], this.z[r[0] + 1]];
    return (1 - t) * ((1 - s) * low[c[0]] + s * low[c[0] + 1]) + t * ((1 - s) * high[c[0]] + s * high[c[0] + 1]);
  }

  /**
   * The step whose slice stands for step k; itself unless a stride was needed.
   * @param {number} k
   */
  sliceStep(k) {
    return this.slices.kind === "series" ? k : this.slices.steps[this.#nearest(k)];
  }

  /** @param {number} k */
  #nearest(k) {
    const { steps } = this.slices;
    const stride = steps.length > 1 ? steps[1] - steps[0] : 1;
    return Math.min(Math.floor(k / stride), steps.length - 1);
  }

  /**
   * Σ c_n T_n(t) at every node.
   * @param {number} third
   */
  #sum(third) {
    const { terms, middle, half } = this.slices;
    const t = half ? (third - middle) / half : 0;
    const size = this.flat.length;
    const { sums } = this;
    let [before, now] = [t, 1];
    for (let n = 0; n < this.count; n += 1) {
      const base = n * size;
      if (n === 0) for (let i = 0; i < size; i += 1) sums[i] = terms[i];
      else for (let i = 0; i < size; i += 1) sums[i] += now * terms[base + i];
      [before, now] = [now, 2 * t * now - before];
    }
    this.flat.set(sums);
  }

  /**
   * Parameters for the raw features.
   * @param {ArrayLike<number> & Iterable<number>} params
   * @returns {[number, number, number]}
   */
  raws([w1, w2, b]) {
    const { mean, scale } = this.spec;
    const [r1, r2] = [w1 / scale[0], w2 / scale[1]];
    return [r1, r2, b - r1 * mean[0] - r2 * mean[1]];
  }

  /**
   * The parameters at step k in raw units, in full, and what they do to the odds of class 1: a
   * weight by its factor for one unit more, b by the odds where both features are 0.
   * @param {number} k
   */
  weights(k) {
    return this.raws(this.at(this.params, k)).map((value, i) => (
      { letter: this.spec.symbols[i], value, digits: full(value), odds: oddsRatio(value) }));
  }

  /**
   * One example, standardised.
   * @param {number} i
   */
  example(i) {
    return { x1: this.X[2 * i], x2: this.X[2 * i + 1], y: this.y[i] };
  }

  /**
   * a − y of every example at step k, without cancellation.
   * @param {number} k
   */
  residuals(k) {
    const [w1, w2, b] = this.at(this.params, k);
    for (let i = 0; i < this.rows; i += 1) {
      const sign = this.y[i] === 1 ? -1 : 1;
      const u = sign * (w1 * this.X[2 * i] + w2 * this.X[2 * i + 1] + b);
      const e = Math.exp(-Math.abs(u));
      this.held[i] = sign * (u >= 0 ? 1 / (1 + e) : e / (1 + e));
    }
    return this.held;
  }

  /**
   * How a threshold sorts the examples at step k: those with a at or above it count as class 1.
   * @param {number} k @param {number} threshold
   */
  counts(k, threshold) {
    const [w1, w2, b] = this.at(this.params, k);
    const least = Math.log(threshold / (1 - threshold));
    let [tp, fp, fn, tn] = [0, 0, 0, 0];
    for (let i = 0; i < this.rows; i += 1) {
      const one = w1 * this.X[2 * i] + w2 * this.X[2 * i + 1] + b >= least;
      if (this.y[i] === 1) {
        if (one) tp += 1;
        else fn += 1;
      } else if (one) fp += 1;
      else tn += 1;
    }
    return { accuracy: (tp + tn) / this.rows, tp, fp, fn, tn };
  }

  /**
   * w₁, w₂, b for the raw features, where w·x + b = 0 is the line at which a is the threshold.
   * @param {number} k @param {number} threshold
   * @returns {[number, number, number]}
   */
  boundary(k, threshold) {
    const [w1, w2, b] = this.raws(this.at(this.params, k));
    return [w1, w2, b - Math.log(threshold / (1 - threshold))];
  }

  /**
   * The rows of the minibatch that leads on from step k; null where there is none, or it is not known.
   * @param {number} k
   */
  batch(k) {
    if (!this.batches || k >= this.batches.ends.length) return null;
    const { rows, ends } = this.batches;
    return rows.subarray(k ? ends[k - 1] : 0, ends[k]);
  }

  /**
   * Row numbers of the largest contributions, by the length of (a − y)·(x₁, x₂, 1); of those
   * that are equal within rounding, the first.
   * @param {ArrayLike<number>} residuals @param {number} most
   */
  hardest(residuals, most) {
    /** @param {number} i */
    const size = (i) => Math.abs(residuals[i]) * this.lengths[i];
    /** @type {[size: number, row: number][]} */
    const best = [];
    for (let i = 0; i < this.rows; i += 1) {
      const s = size(i);
      if (best.length === most && s <= best[most - 1][0] * TIE) continue;
      let place = best.length;
      while (place > 0 && s > best[place - 1][0] * TIE) place -= 1;
      best.splice(place, 0, [s, i]);
      if (best.length > most) best.pop();
    }
    return best.map(([, i]) => i);
  }

  /**
   * A reader of the rule's own numbers for one parameter at step k.
   * @param {number} k @param {number} parameter
   * @returns {Read}
   */
  reader(k, parameter) {
    /** @type {Record<string, Column>} */
    const named = { w: this.params, g: this.used, after: this.following };
    return (key) => {
      const array = named[key] ?? this.terms[key];
      if (!array) return this.spec.constants[key];
      return array.shape.length === 2 ? array[3 * k + parameter] : array[k];
    };
  }
}

/**
 * The part of a rectangle where w·x + b ≥ 0, and the line itself as two points or none.
 * @param {number[]} params w₁, w₂, b
 * @param {number[]} width left and right @param {number[]} height bottom and top
 */
export function halfPlane([w1, w2, b], [left, right], [bottom, top]) {
  /** @type {Place[]} */
  const corners = [[left, bottom], [right, bottom], [right, top], [left, top]];
  /** @param {Place} place */
  const value = ([x, y]) => w1 * x + w2 * y + b;
  /** @type {Place[]} */
  const inside = [];
  /** @type {Place[]} */
  const crossings = [];
  corners.forEach((from, i) => {
    const to = corners[(i + 1) % 4];
    const [u, v] = [value(from), value(to)];
    if (u >= 0) inside.push(from);
    if (u >= 0 !== v >= 0) {
      const t = u / (u - v);
      /** @type {Place} */
      const at = [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
      inside.push(at);
      crossings.push(at);
    }
  });
  return { inside, line: crossings.length === 2 ? crossings : null };
}
