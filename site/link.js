// A link's fields, read and written as lrviz/settings.py does it, from the table that it gives.

/**
 * @typedef {{ kind: "real", low: number, high: number, least: number }
 *   | { kind: "whole", low: number, high: number }
 *   | { kind: "one" | "words", options: (string | number)[] }
 *   | { kind: "word" }
 *   | { kind: "numbers", count: number, each: About }
 *   | { kind: "rows", most: number, columns: About[] }} About
 * @typedef {About & { name: string, key: string, default: unknown, longest: number,
 *   only: [string, unknown] | null, apart: [string[], unknown] | null }} Field
 * @typedef {Record<string, any>} State
 */

const NUMBER = /^[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?$/;
const WORD = /^[a-z0-9]{1,20}(-[a-z0-9]{1,20})?$/;

class BadValueError extends Error {}

/** @type {(holds: boolean) => asserts holds} */
function must(holds) {
  if (!holds) throw new BadValueError();
}

/**
 * The value that a text stands for.
 * @param {About} field @param {string} text
 * @returns {unknown}
 */
function read(field, text) {
  switch (field.kind) {
    case "real": {
      must(NUMBER.test(text));
      const value = Number(text);
      must(field.low <= value && value <= field.high && !(value !== 0 && Math.abs(value) < field.least));
      return value + 0; // −0 becomes 0
    }
    case "whole": {
      must(/^\d{1,9}$/.test(text));
      const value = Number(text);
      must(field.low <= value && value <= field.high);
      return value;
    }
    case "one": {
      const found = field.options.find((option) => String(option) === text);
      must(found !== undefined);
      return found;
    }
    case "word":
      must(WORD.test(text.toLowerCase()));
      return text;
    case "words": {
      const given = text.split(",");
      must(given.every((one) => field.options.includes(one)));
      return field.options.filter((option) => given.includes(String(option)));
    }
    case "numbers": {
      const given = text.split(",");
      must(given.length === field.count);
      return given.map((one) => read(field.each, one));
    }
    case "rows": {
      const rows = text.split("~").map((row) => row.split("_"));
      must(rows.length <= field.most && rows.every((row) => row.length === field.columns.length));
      return rows.map((row) => row.map((one, i) => read(field.columns[i], one)));
    }
  }
}

const same = (/** @type {unknown} */ a, /** @type {unknown} */ b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * What every field is where a link does not say: that of the page, or that beside other fields.
 * @param {Field[]} fields @param {State} state
 */
function usual(fields, state) {
  const own = Object.fromEntries(fields.map((field) => [field.name, field.default]));
  return Object.fromEntries(fields.map(({ name, apart }) =>
    [name, apart?.[0].some((one) => !same(state[one], own[one])) ? apart[1] : own[name]]));
}

/**
 * The state that a query string describes; what cannot be read keeps its default.
 * @param {Field[]} fields @param {string} search
 */
export function decode(fields, search) {
  const query = new URLSearchParams(search);
  /** @type {State} */
  const state = {};
  for (const field of fields) {
    const texts = query.getAll(field.key);
    if (texts.length !== 1 || [...texts[0]].length > field.longest) continue;
    try {
      state[field.name] = read(field, texts[0]);
    } catch (error) {
      if (!(error instanceof BadValueError)) throw error;
    }
  }
  const own = Object.fromEntries(fields.map((field) => [field.name, field.default]));
  return { ...usual(fields, { ...own, ...state }), ...state };
}

/** @param {unknown} value @returns {string} */
function write(value) {
  if (!Array.isArray(value)) return String(value);
  return Array.isArray(value[0]) ? value.map((row) => row.join("_")).join("~") : value.join(",");
}

/**
 * The shortest query that describes a state.
 * @param {Field[]} fields @param {State} state
 */
export function encode(fields, state) {
  const here = usual(fields, state);
  return fields
    .filter(({ name, only }) =>
      !same(state[name], here[name]) && !(only && !same(state[only[0]], only[1])))
    .map(({ key, name }) => `${key}=${encodeURIComponent(write(state[name])).replaceAll("%2C", ",")}`)
    .join("&");
}
