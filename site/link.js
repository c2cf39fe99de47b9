// A link's fields, read and written as lrviz/settings.py does it, from the table that it gives.

/** @typedef {import("./site.d.ts").Limits} Limits */
/**
 * @typedef {{ kind: "real", low: number, high: number, least: number }
 *   | { kind: "whole", low: number, high: number }
 *   | { kind: "one" | "words", options: (string | number)[] }
 *   | { kind: "word" }
 *   | { kind: "numbers", count: number, each: About }
 *   | { kind: "rows", most: number, columns: About[] }} About
 * @typedef {About & { name: string, key: string, default: unknown, longest: number, may: string,
 *   only: [string, unknown] | null, apart: [string[], unknown] | null }} Field
 * @typedef {Record<string, any>} State
 */

const NUMBER = /^[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?$/;
/** Streamlit's own fields of a link, which no page of ours reads. */
const EMBED = ["embed", "embed_options"];
/** Names that a notice lists before it says that there are others. */
const NAMED = 5;
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
 * A query string that is not too long, without its question mark: Streamlit leaves out all of one
 * that is.
 * @param {string} search @param {Limits} limits
 */
export function shortened(search, { characters, fields, known }) {
  const query = search.replace(/^\?/, "");
  const all = query.split("&");
  if (query.length <= characters && all.length <= fields) return query;
  // What is cut off may be half a field.
  const parts = query.length > characters ? query.slice(0, characters).split("&").slice(0, -1) : all;
  const isKnown = (/** @type {string} */ part) => known.includes([...new URLSearchParams(part).keys()][0]);
  const few = parts.filter((part) => !isKnown(part)).slice(0, NAMED + 1);
  if (query.length > characters) few.push("…");
  return [...parts.filter(isKnown).slice(0, fields - few.length), ...few].join("&");
}

/**
 * The state that a query string describes, and the names of what could not be read, which keeps its
 * default.
 * @param {Field[]} fields @param {string} search
 */
export function decode(fields, search) {
  const query = new URLSearchParams(search);
  for (const name of EMBED) query.delete(name);
  /** @type {State} */
  const given = {};
  /** @type {string[]} */
  const bad = [];
  for (const name of new Set(query.keys())) {
    const field = fields.find(({ key }) => key === name);
    const [text, ...more] = query.getAll(name);
    try {
      must(field !== undefined && !more.length && [...text].length <= field.longest);
      given[field.name] = read(field, text);
    } catch (error) {
      if (!(error instanceof BadValueError)) throw error;
      bad.push(name);
    }
  }
  const own = Object.fromEntries(fields.map((field) => [field.name, field.default]));
  return { state: { ...usual(fields, { ...own, ...given }), ...given }, bad };
}

/**
 * One sentence that names the fields of a link that could not be read, or nothing.
 * @param {string[]} bad @param {Field[]} fields
 */
export function notice(bad, fields) {
  if (!bad.length) return "";
  const names = [...new Set(bad)];
  const what = names.slice(0, NAMED).map((name) => {
    const shown = [...name.replace(/[^\p{L}\p{N}_.-]/gu, "?")].slice(0, 20).join("") || "?";
    return `${shown}, which ${fields.find(({ key }) => key === name)?.may ?? "is no field of this page"}`;
  });
  const text = what.join("; ") + (names.length > NAMED ? " and others" : "");
  return names.length > 1
    ? `These fields of the link could not be read and were left out: ${text}.`
    : `This field of the link could not be read and was left out: ${text}.`;
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
