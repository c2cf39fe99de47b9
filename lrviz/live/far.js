// Beyond the |z| up to which core/graph.py differentiates, the factors of the chain rule do not
// fit a float64: one is near e^|z|, another near e^−|z|. There each of them is, to all its digits,
// a power of e or 1, so they are said in a sentence, as powers of ten.

import { number, ten } from "./numbers.js";

/** Of a |z| beyond it the digits of a power of ten are not known: then it stays one of e. */
const KNOWN = 1e12;

/** e^±size. @param {number} size @param {number} sign */
const power = (size, sign) =>
  (size > KNOWN ? `e^(${sign < 0 ? "−" : ""}${number(size)})` : ten((sign * size) / Math.LN10));

/**
 * What an example's graph comes to at a z that it cannot be drawn for; "" where it can.
 * @param {number} z @param {number} y @param {number} limit the largest |z| that it is drawn for
 */
export function beyond(z, y, limit) {
  if (Math.abs(z) <= limit) return "";
  if (!Number.isFinite(z)) return "At this step z does not fit a float64, and nothing that is computed from it does.";
  const size = Math.abs(z);
  const [small, large] = [power(size, -1), power(size, 1)];
  // Wrong: sure of the other class. Then 1/a or 1/(1 − a) is large, and L grows as |z| does.
  const wrong = z > 0 !== (y === 1);
  const sign = y === 1 ? "−" : "";
  const said = [
    `z = ${number(z)}`,
    `a ≈ ${z > 0 ? `1 − ${small}` : small}`,
    `L ≈ ${wrong ? number(size) : small}`,
    `① ∂L/∂a ≈ ${sign}${wrong ? large : 1}`,
    `② ∂a/∂z ≈ ${small}`,
    `③ ∂L/∂z = a − y ≈ ${sign}${wrong ? 1 : small}`,
  ];
  return `Beyond |z| = ${limit} the factors of the chain rule do not fit a float64, and the graph is not drawn. `
    + `At this step ${said.join(", ")}.`;
}
