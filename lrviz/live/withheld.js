// May this be shown? What a link leaves out is decided in lrviz/text/withheld.py, which sends the
// blocks that are not there and puts blanks where numbers and formulas stood; this asks.

import { BLANK } from "./numbers.js";

/** @typedef {{ without: string[] }} Less what a page is given: the blocks that the link leaves out */

/**
 * Whether a block of the page is there.
 * @param {Less} spec @param {string} block
 */
export const shows = (spec, block) => !spec.without.includes(block);

/**
 * A text as it is heard: a line to write on has no sound.
 * @param {string} text
 */
export const spoken = (text) => text.replaceAll(BLANK, "left out");

/** @type {WeakMap<Element, ChildNode[]>} what a block holds that is not there */
const kept = new WeakMap();

/**
 * Take a block out of the page, or bring it back: what is only hidden could still be found.
 * @param {HTMLElement} node @param {boolean} there
 */
export function place(node, there) {
  node.hidden = !there;
  if (!there && node.firstChild) {
    kept.set(node, [...node.childNodes]);
    node.replaceChildren();
  } else if (there && !node.firstChild) node.replaceChildren(...(kept.get(node) ?? []));
}

/** Sections of the Training page, by the names of lrviz/hiding.py. */
const SECTIONS = {
  data: "The data",
  rates: "Learning rate",
  contributions: "From one example to the batch",
  rule: "The next step",
  example: "One example",
  history: "The steps around this one",
};
/** @type {WeakMap<HTMLElement, Map<string, [section: Element, stands: Comment]>>} sections that are out */
const taken = new WeakMap();

/**
 * Take sections out of a page, and bring the others back; says whether any came back.
 * @param {HTMLElement} root @param {string[]} names
 */
export function leaveOut(root, names) {
  const out = taken.get(root) ?? new Map();
  taken.set(root, out);
  let back = false;
  for (const [name, label] of Object.entries(SECTIONS)) {
    const held = out.get(name);
    if (held && !names.includes(name)) {
      held[1].replaceWith(held[0]);
      out.delete(name);
      back = true;
    } else if (names.includes(name)) {
      const section = root.querySelector(`section[aria-label="${label}"]`);
      if (!section) continue;
      const stands = document.createComment("");
      section.replaceWith(stands);
      out.set(name, [section, stands]);
    }
  }
  return back;
}
