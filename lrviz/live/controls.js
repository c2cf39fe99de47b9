// The inputs of a run: a list, a logarithmic range, whole numbers, a row of numbers. Each is
// {node, set(value), show(yes)}; what a person typed and cannot be used is said beside it.

import { choice, el, unique } from "./dom.js";
import { number } from "./numbers.js";
import { parse } from "./typed.js";

/** @import { ControlSpec, FieldSpec, SegmentsSpec, SelectSpec } from "./types.d.ts" */

/**
 * @typedef {object} Control
 * @property {HTMLElement} node
 * @property {(value: any) => void} set
 * @property {(yes: boolean) => void} show
 * @property {(value: string, text: string | null) => void} [offer] an option that comes and goes
 * @property {() => string} [text] what is chosen, as it is called there
 * @property {(marks: [name: string, value: number][]) => void} [mark] values to be marked on a range
 */

/** Marks whose names would meet: the part of the range between them. */
const CLOSE = 0.2;
/** @param {string | number} text */
const minus = (text) => String(text).replaceAll("-", "−");

/**
 * Numbers with semicolons, commas or blanks between them; a decimal comma where others part.
 * @param {string} text
 */
function several(text) {
  const mark = text.includes(";") ? /;/ : /,\s/.test(text) || !/\s/.test(text.trim()) ? /,/ : /\s+/;
  return text.trim().split(mark);
}

/** @param {SelectSpec | FieldSpec} spec @param {HTMLElement} inner */
function labelled(spec, inner) {
  const id = unique(spec.name);
  inner.id = id;
  const label = el("label", { for: id, class: "lvt-label", text: spec.label, title: spec.title });
  const error = el("p", { class: "lv-error", role: "alert", hidden: true });
  const node = el("div", { class: `lvt-control lvt-control-${spec.kind}` }, label, inner, error);
  /** @param {boolean} yes */
  const show = (yes) => {
    node.hidden = !yes;
  };
  /** @param {string | null} text */
  const say = (text) => {
    error.textContent = text ?? "";
    error.hidden = !text;
  };
  return { node, show, say };
}

/**
 * @param {SelectSpec} spec @param {(value: string) => void} onPick
 * @returns {Control}
 */
function select(spec, onPick) {
  const options = spec.options.map(([value, text]) => el("option", { value, text }));
  const list = el("select", { class: "lvt-select" }, ...options);
  list.addEventListener("change", () => onPick(list.value));
  /** An option that comes and goes; without a text it goes. */
  /** @param {string} value @param {string | null} name */
  const offer = (value, name) => {
    const found = [...list.options].find((option) => option.value === value);
    if (!name) found?.remove();
    else if (found) found.text = name;
    else list.append(el("option", { value, text: name }));
    list.value = now;
  };
  const text = () => list.selectedOptions[0]?.text ?? "";
  let now = String(spec.options[0][0]);
  /** @param {string} value */
  const set = (value) => {
    now = value;
    list.value = value;
  };
  return { ...labelled(spec, list), offer, text, set };
}

/**
 * @param {SegmentsSpec} spec @param {(value: any) => void} onPick
 * @returns {Control}
 */
function segmented(spec, onPick) {
  const widget = choice({ ...spec, label: spec.title ?? spec.label, value: spec.options[0][0] }, onPick);
  const node = el("div", { class: "lvt-control lvt-control-choice" },
    el("span", { class: "lvt-label", text: spec.label }), widget.node);
  return { node, set: widget.set, show: (yes) => { node.hidden = !yes; } };
}

/**
 * A field for one number, or for several with commas between them.
 * @param {FieldSpec} spec @param {(value: any) => void} onPick
 */
function field(spec, onPick) {
  const { count = 1, least = 0 } = spec;
  const input = el("input", { type: "text", inputmode: "decimal", class: "lv-number", autocomplete: "off" });
  /** @type {number | number[]} */
  let value = spec.min;
  const text = () => minus([value].flat().join(", "));
  const own = labelled(spec, input);
  const show = () => {
    if (document.activeElement !== input) input.value = text();
    own.say(null);
    input.removeAttribute("aria-invalid");
  };
  const commit = () => {
    const parts = count > 1 ? several(input.value) : [input.value];
    const read = parts.map(parse);
    const ok = read.length === count && read.every((x) =>
      x >= spec.min && x <= spec.max && (x === 0 || Math.abs(x) >= least) && (!spec.whole || Number.isInteger(x)));
    if (!ok) {
      const one = spec.whole ? "a whole number" : "a number";
      const what = count > 1 ? `${count} numbers, with commas between them,` : one;
      const from = least > 0 ? `0, or ${what} from ${least}` : `${what} from ${minus(spec.min)}`;
      const takes = `${spec.title ?? spec.label} takes ${from} to ${minus(spec.max)}`;
      own.say(`${takes}; it stays at ${text()}.`);
      input.setAttribute("aria-invalid", "true");
      return;
    }
    const next = count > 1 ? read : read[0];
    const same = String(next) === String(value);
    value = next;
    show();
    input.value = text();
    if (!same) onPick(value);
  };
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => event.key === "Enter" && commit());
  /** @param {number | number[]} next */
  const set = (next) => {
    value = next;
    show();
  };
  return { ...own, input, set };
}

/**
 * A range over powers of ten with a field for the exact value.
 * @param {FieldSpec} spec
 * @param {(value: number) => void} onPick
 * @param {(value: number) => void} onMove
 * @returns {Control}
 */
function log(spec, onPick, onMove) {
  const [low, high] = [Math.log10(spec.min), Math.log10(spec.max)];
  const slider = el("input", {
    type: "range", min: low, max: high, step: 0.01, class: "lvt-range", "aria-label": spec.title,
  });
  let value = spec.min;
  const exact = field({ ...spec, kind: "exact" }, (/** @type {number} */ next) => {
    set(next);
    onPick(next);
  });
  exact.input.setAttribute("aria-label", `${spec.title}, exact value`);
  const show = () => {
    slider.value = String(Math.log10(value));
    slider.setAttribute("aria-valuetext", String(value));
    slider.style.setProperty("--at", `${(100 * (Math.log10(value) - low)) / (high - low)}%`);
  };
  /** @param {number} next */
  const set = (next) => {
    value = next;
    exact.set(next);
    show();
  };
  slider.addEventListener("input", () => {
    set(Number((10 ** Number(slider.value)).toPrecision(2)));
    onMove(value);
  });
  slider.addEventListener("change", () => onPick(value));
  const label = el("span", { class: "lvt-label", text: spec.label, title: spec.title });
  exact.node.querySelector("label")?.remove();
  const rail = el("div", { class: "lvt-rail" }, slider);
  const node = el("div", { class: "lvt-control lvt-control-log" }, label, rail, exact.node);
  let marked = "";
  /** @param {[name: string, value: number][]} marks in growing order */
  const mark = (marks) => {
    if (marked === String(marks)) return;
    marked = String(marks);
    const shares = marks.map(([, v]) => (Math.log10(v) - low) / (high - low));
    rail.replaceChildren(slider, ...marks.flatMap(([name, v], n) => {
      const at = shares[n];
      if (!(at >= 0 && at <= 1)) return [];
      // Names of marks that lie close together stand on either side.
      const side = shares[n + 1] - at < CLOSE ? "before" : at - shares[n - 1] < CLOSE ? "after" : "under";
      return [el("span", {
        class: `lvt-mark lvt-mark-${side}`, text: name, title: `${name} = ${number(v)}`, style: `--share: ${at}`,
      })];
    }));
  };
  return { node, set, mark, show: (yes) => { node.hidden = !yes; } };
}

/**
 * A widget for one row of the controls' table.
 * @param {ControlSpec} spec @param {(value: any) => void} onPick @param {(value: any) => void} onMove
 * @returns {Control}
 */
export function control(spec, onPick, onMove) {
  if (spec.kind === "select") return select(spec, onPick);
  if (spec.kind === "choice") return segmented(spec, onPick);
  if (spec.kind === "log") return log(spec, onPick, onMove);
  return field(spec, onPick);
}
