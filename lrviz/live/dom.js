// Small helpers for building the page's elements.

import { number } from "./numbers.js";
import { parse } from "./typed.js";

/** @import { ChoiceSpec, RangeSpec } from "./types.d.ts" */

/**
 * What went wrong, as it can be said.
 * @param {unknown} error
 */
export const reason = (error) => (error instanceof Error ? error.message : String(error));

/**
 * Several fields at once, of those that the target has.
 * @template {object} T
 * @param {T} target @param {Partial<NoInfer<T>>} fields
 */
export function assign(target, fields) {
  // eslint-disable-next-line no-restricted-syntax -- here it knows the names
  Object.assign(target, fields);
}

/** Whether motion is to be left out: the same states follow at once. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @type {(node: Element, text: string) => void} what stands there is not written again */
export const put = (node, text) => {
  if (node.textContent !== text) node.textContent = text;
};

/** For fields that are set before they are first read. */
export const later = /** @type {any} */ (undefined);

/**
 * An element with attributes and children; "on…" are listeners, "text" is its text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes
 * @param {...(Node | string | null | undefined | false | "")} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = String(value ?? "");
    else if (typeof value === "function") node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children) if (child) node.append(child);
  return node;
}

/**
 * A shape, or another part of a drawing.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * A button with a text and what it does.
 * @param {string} text @param {() => unknown} onclick @param {Record<string, unknown>} attributes
 */
export const button = (text, onclick, attributes = {}) =>
  el("button", { type: "button", class: "lv-button", text, onclick, ...attributes });

/**
 * A sentence about what went wrong, with a way to try again.
 * @param {string} sentence @param {() => unknown} again
 */
export const failure = (sentence, again) =>
  el("p", { class: "lv-failure", role: "alert" }, `${sentence} `, button("Retry", again, { class: null }));

let count = 0;
/** @param {string} stem */
export const unique = (stem) => `lv-${stem}-${(count += 1)}`;

/**
 * One of several, as radio buttons that look like a segmented bar.
 * @param {ChoiceSpec & { value: unknown }} spec
 * @param {(value: any) => unknown} onPick
 */
export function choice({ name, label, options, value }, onPick) {
  const group = unique(name);
  const node = el("div", { class: "lv-choice", role: "radiogroup", "aria-label": label ?? name });
  const inputs = options.map(([key, text, title]) => {
    const id = unique("option");
    const input = el("input", {
      type: "radio", id, name: group, value: key, onchange: () => onPick(key),
    });
    input.checked = String(key) === String(value);
    node.append(input, el("label", { for: id, text, title }));
    return input;
  });
  return {
    node,
    /** @param {unknown} next */
    set(next) {
      for (const input of inputs) input.checked = input.value === String(next);
    },
  };
}

const LONG = 8; // characters that a number field has room for
/** @param {number} value */
const written = (value) => String(value).replaceAll("-", "−");
/**
 * A value as its field shows it while nobody changes it: rounded, and saying so, if it is long.
 * @param {number} value
 */
const brief = (value) => (String(value).length > LONG ? `≈ ${number(value)}` : written(value));

/**
 * A range with a number field beside it.
 * @param {RangeSpec & { value: number }} spec
 * @param {(value: number) => void} onMove
 * @param {() => void} onRest
 */
export function range(spec, onMove, onRest) {
  const id = unique(spec.name);
  const slider = el("input", {
    type: "range", id, min: spec.min, max: spec.max, step: spec.step, "aria-label": spec.name,
  });
  const field = el("input", {
    type: "text", inputmode: "decimal", class: "lv-number", autocomplete: "off",
    "aria-label": `${spec.name} exact value`,
  });
  const message = el("p", { class: "lv-error", role: "alert", hidden: true });
  let value = spec.value;
  const show = () => {
    slider.value = String(value);
    slider.style.setProperty("--at", `${((value - spec.min) / (spec.max - spec.min)) * 100}%`);
    slider.setAttribute("aria-valuetext", String(value));
    if (document.activeElement !== field) field.value = brief(value);
    field.title = String(value).length > LONG ? written(value) : "";
    message.hidden = true;
    field.removeAttribute("aria-invalid");
  };
  slider.addEventListener("input", () => {
    value = Number(slider.value);
    onMove(value);
    show();
  });
  slider.addEventListener("change", onRest);
  const commit = () => {
    const next = parse(field.value);
    const ok = next >= spec.min && next <= spec.max && (!spec.whole || Number.isInteger(next));
    if (!ok) {
      message.textContent = `${spec.label} takes a ${spec.whole ? "whole " : ""}number from ${spec.min} to ${spec.max}`
        .replaceAll("-", "−") + `; it stays at ${written(value)}.`;
      message.hidden = false;
      field.setAttribute("aria-invalid", "true");
      return;
    }
    message.hidden = true;
    if (next === value) {
      show();
      return;
    }
    value = next === 0 ? 0 : next;
    onMove(value);
    show();
    if (document.activeElement === field) field.value = written(value); // of a fraction, what it is
    onRest();
  };
  field.addEventListener("change", commit);
  // What is there to be changed is the value itself, with every digit; never what was rounded of it.
  field.addEventListener("focus", () => {
    if (message.hidden) field.value = written(value);
  });
  field.addEventListener("blur", () => {
    if (message.hidden) show();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit();
    if (event.key === "Escape") show();
  });
  const node = el("div", { class: `lv-range lv-${spec.role ?? "plain"}` },
    el("label", { for: id, class: "lv-symbol", text: spec.label }), slider, field, message);
  show();
  return {
    node,
    /** @param {number} next */
    set(next) {
      // What is said of a text that was no number stays as long as nothing else has changed.
      if (next === value && !message.hidden) return;
      value = next;
      show();
    },
  };
}
