// Terms that explain themselves: on hover, on focus and on a tap.

import { el, unique } from "./dom.js";

/**
 * Text in which each term that is met for the first time has its explanation.
 * @param {string} text @param {Record<string, string>} terms
 * @returns {(Node | string)[]}
 */
export function explained(text, terms) {
  const names = Object.keys(terms).sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`\\b(${names.join("|")})\\b`, "g");
  const seen = new Set();
  return text.split(pattern).map((part) => {
    if (!(part in terms) || seen.has(part)) return part;
    seen.add(part);
    const id = unique("term");
    const bubble = el("span", { class: "lv-bubble", role: "tooltip", id, text: terms[part] });
    const term = el("dfn", { class: "lv-term", tabindex: 0, "aria-describedby": id, text: part });
    term.addEventListener("keydown", (event) => {
      if (event.key === "Escape") term.blur();
    });
    return el("span", { class: "lv-gloss" }, term, bubble);
  });
}
