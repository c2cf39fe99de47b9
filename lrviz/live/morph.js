// From one view to the next by motion: cards that stand for the same thing move to their new
// place, and what is new grows out of what it explains.

import { el, still } from "./dom.js";

/** @import { Hit } from "./types.d.ts" */

const MORPH = 480; // ms
/** @type {Record<string, string>} what a node is a part of, where a view has the whole of it */
const WHOLE = {
  x: "x1", w: "w1", x1: "x", x2: "x", w1: "w", w2: "w", u1: "z", u2: "z", s: "z", n: "a", t: "a", d: "a",
  l1: "L", c: "L", l0: "L", m1: "L", m0: "L", m: "L", r: "L",
};

/** @typedef {Map<string, Hit["box"]>} Places cards by name: left, top, width, height */

/**
 * Where the cards of a picture stand.
 * @param {Hit[]} hits @param {number} offset
 * @returns {Places}
 */
export const places = (hits, offset) => new Map(hits.filter(({ name }) => !name.includes("-"))
  .map(({ name, box: [x, y, w, h] }) => [name, [x + offset, y, w, h]]));

/**
 * Move cards from where they stood to where they stand; meanwhile the picture fades in.
 * @param {HTMLElement} host @param {Element[]} picture @param {Places} before @param {Places} after
 */
export async function morph(host, picture, before, after) {
  if (still()) return;
  const layer = el("div", { class: "lv-tokens", "aria-hidden": "true" });
  const timing = { duration: MORPH, easing: "ease-in-out" };
  const names = new Set([...before.keys(), ...after.keys()]);
  const running = [];
  for (const name of names) {
    // What is new comes from its whole, and what is gone goes there.
    const from = before.get(name) ?? before.get(WHOLE[name]);
    const to = after.get(name) ?? after.get(WHOLE[name]);
    if (!from || !to) continue;
    const ghost = el("span", { class: "lv-ghost-card" });
    layer.append(ghost);
    const [start, end] = [from, to].map(([x, y, w, h]) =>
      ({ transform: `translate(${x}px, ${y}px)`, width: `${w}px`, height: `${h}px` }));
    running.push(ghost.animate([start, end], { ...timing, fill: "both" }));
  }
  host.append(layer);
  for (const part of picture) {
    running.push(part.animate([{ opacity: 0 }, { opacity: 0, offset: 0.55 }, { opacity: 1 }], timing));
  }
  await Promise.allSettled(running.map((one) => one.finished));
  layer.remove();
}
