// How numbers are written: the browser's half of text/numbers.py.
// A test holds the two equal, string for string.

/** @import { Quantity, Read } from "./types.d.ts" */

export const DIGITS = 4;
export const MORE_DIGITS = 15;
const PERCENT_DIGITS = 3;
const EXACT = 1e-13;
const PLACES = 3;
const MINUS = "\u2212";
const FIGURE_SPACE = "\u2007";
/** Stands where something is left out: on paper a line to write on. */
export const BLANK = "_______";
/** @type {Record<string, string>} */
const SUPERSCRIPT = { "-": "⁻", [MINUS]: "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((c, n) => [n, c])) };

/**
 * Mantissa and exponent of x > 0, ties to even. toExponential alone rounds ties up.
 * @param {number} x @param {number} digits
 * @returns {[string, number]}
 */
function scientific(x, digits) {
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  // A tie is exact: a 5 after the last digit shown, then nothing. 100 digits tell, because a
  // float64 that lies so close to a tie without being one does not exist.
  if (x.toExponential(digits).includes("5e")) {
    const [full, power] = x.toExponential(100).split("e");
    const down = full.slice(0, digits + 1);
    if (/^50*$/.test(full.slice(digits + 1)) && Number(down.at(-1)) % 2 === 0) {
      return [down, Number(power)];
    }
  }
  return [mantissa, Number(exponent)];
}

/** @param {string} mantissa @param {number} power */
function positional(mantissa, power) {
  let [whole, fraction = ""] = mantissa.split(".");
  if (power < 0) return `0.${"0".repeat(-power - 1)}${whole}${fraction}`;
  fraction = fraction.padEnd(power, "0");
  whole += fraction.slice(0, power);
  fraction = fraction.slice(power);
  return fraction ? `${whole}.${fraction}` : whole;
}

/**
 * A number as an exponent.
 * @param {string} text
 */
function raise(text) {
  const raised = [...text].map((c) => SUPERSCRIPT[c]);
  return raised.every(Boolean) ? raised.join("") : `^(${text})`;
}

/**
 * x as it is shown. A probability is {p, q}; see text/numbers.py for the rules.
 * @param {Quantity} x
 * @returns {string}
 */
export function number(x, digits = DIGITS) {
  if (typeof x === "object") {
    if (x.q < 0.5 * 10 ** -digits) return `1${MINUS}${number(x.q, digits)}`;
    x = x.p;
  }
  if (x === 0) return "0";
  if (!Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  const [full, power] = scientific(size, digits);
  let mantissa = full;
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (Math.abs(Number(`${short}e${power}`) - size) <= EXACT * size) mantissa = short;
  const sign = x < 0 ? MINUS : "";
  if (-PLACES <= power && power <= PLACES) return sign + positional(mantissa, power);
  return sign + (mantissa === "1" ? "" : `${mantissa}×`) + tenTo(power);
}

/** @param {number} power a whole number */
const tenTo = (power) => `10${raise(String(power))}`;

/**
 * 10^x with a mantissa, for what may not fit a float64.
 * @param {number} x
 */
export function ten(x) {
  const [mantissa, carried] = scientific(10 ** (x - Math.floor(x)), DIGITS);
  return `${mantissa}×${tenTo(Math.floor(x) + carried)}`;
}

const SLOT = /\{([(_~^%|?])?([a-z][\w. -]*)\)?\}/g;

/**
 * Whether x is, to within EXACT, the decimal that is written for it.
 * @param {Quantity} x
 */
export function exact(x, digits = DIGITS) {
  if (typeof x === "object") {
    if (x.q < 0.5 * 10 ** -digits) return false;
    x = x.p;
  }
  return Math.abs(Number(x.toExponential(digits - 1)) - x) <= EXACT * Math.abs(x);
}

/** @typedef {string | { open: string | undefined, key: string, keys: string[] }} Part text or a slot */
/** @type {Map<string, Part[]>} */
const parsed = new Map();

/**
 * A template as a list of literal strings and slots, parsed once.
 * @param {string} template
 */
function parse(template) {
  const known = parsed.get(template);
  if (known) return known;
  /** @type {Part[]} */
  const parts = [];
  let last = 0;
  for (const match of template.matchAll(SLOT)) {
    parts.push(template.slice(last, match.index), { open: match[1], key: match[2], keys: match[2].split(" ") });
    last = match.index + match[0].length;
  }
  parts.push(template.slice(last));
  parsed.set(template, parts);
  return parts;
}

/**
 * One slot's text: "(" wraps a minus, "_" leaves a sign's room before a positive number, "%" is in
 * percent, "|" without a sign.
 * @param {string | undefined} open @param {Quantity} x
 */
export function slot(open, x, digits = DIGITS) {
  if (open === "%") return `${number(100 * (typeof x === "object" ? x.p : x), PERCENT_DIGITS)} %`;
  if (open === "|") return number(Math.abs(typeof x === "object" ? x.p : x), digits);
  const text = number(x, digits);
  if (open === "^") return raise(text);
  if (open === "_") return text[0] === MINUS ? text : FIGURE_SPACE + text;
  return open === "(" && text.includes(MINUS) ? `(${text})` : text;
}

/**
 * The template with every {quantity} replaced by its number; {~a b} is = or ≈.
 * @param {string} template @param {Read} read
 */
export function fill(template, read, digits = DIGITS) {
  let out = "";
  for (const part of parse(template)) {
    if (typeof part === "string") out += part;
    else if (part.open === "~") out += part.keys.every((key) => exact(read(key), digits)) ? "=" : "≈";
    else if (part.open === "?") out += BLANK;
    else out += slot(part.open, read(part.key), digits);
  }
  return out;
}

const KEYS = /\{[_(]?([a-z][\w. -]*)\)?\}/g;
/**
 * The quantities whose numbers a template shows.
 * @param {string} template
 */
export const keysOf = (template) => [...template.matchAll(KEYS)].flatMap(([, keys]) => keys.split(" "));
