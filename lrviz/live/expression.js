// Formulas as they come from lrviz/core/expression.py: a name, a number, or [kind, part, ...].
// What each kind computes is said here once more, and a test holds it equal to Python.
//
// A probability is {p, q, z}: σ(z), σ(−z) and the logit, so that 1 − a loses no digits.

/** @import { Expression, Pair } from "./types.d.ts" */

/** @typedef {number | Pair | number[]} Value a vector is a list */

/**
 * σ(z) with its other tail and its logit.
 * @param {number} z
 * @returns {Pair}
 */
export function sigma(z) {
  const e = Math.exp(-Math.abs(z));
  const large = 1 / (1 + e);
  const small = e / (1 + e);
  return z >= 0 ? { p: large, q: small, z } : { p: small, q: large, z };
}

/**
 * @param {Value} x
 * @returns {x is Pair}
 */
const isPair = (x) => typeof x === "object" && "p" in x;

/**
 * A number as a number: of a probability, its value.
 * @param {Value} x
 */
export const plain = (x) => (isPair(x) ? x.p : Number(x));

/**
 * x − y; a probability is never subtracted from 1, nor 1 from it.
 * @param {Value} x @param {Value} y
 */
function minus(x, y) {
  if (isPair(y) && x === 1) return { p: y.q, q: y.p, z: -y.z };
  if (isPair(x) && y === 1) return -x.q;
  return plain(x) - plain(y);
}

/**
 * The natural logarithm; of a probability, from whichever tail loses nothing.
 * @param {Value} x
 */
function log(x) {
  return isPair(x) && x.q < 0.5 ? Math.log1p(-x.q) : Math.log(plain(x));
}

/** @type {Record<string, (x: any, y: any) => Value>} */
const KINDS = {
  add: (x, y) => plain(x) + plain(y),
  sub: minus,
  neg: (x) => -plain(x),
  mul: (x, y) => plain(x) * plain(y),
  div: (x, y) => plain(x) / plain(y),
  // A product: libraries differ in the last digit of a square.
  pow: (x, n) => (n === 2 ? plain(x) * plain(x) : plain(x) ** n),
  exp: (x) => Math.exp(plain(x)),
  log,
  sqrt: (x) => Math.sqrt(plain(x)),
  sigma: (x) => sigma(plain(x)),
  logit: (x) => x.z,
  inner: (x, y) => x[0] * y[0] + x[1] * y[1],
  component: (x, n) => x[n],
};
KINDS.dot = KINDS.mul;

/**
 * A function of read, which gives the value of a letter by its name.
 * @param {Expression} expression
 * @returns {(read: (name: string) => Value) => Value}
 */
export function compile(expression) {
  if (typeof expression === "string") return (read) => read(expression);
  if (typeof expression === "number") return () => expression;
  const kind = KINDS[String(expression[0])];
  if (!kind) throw new Error(`${expression[0]} has no value`);
  const [first, second] = expression.slice(1).map(compile);
  return second ? (read) => kind(first(read), second(read)) : (read) => kind(first(read), undefined);
}
