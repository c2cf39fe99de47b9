// Terms that explain themselves: on hover, on focus and on a tap.

import { el, unique } from "./dom.js";

const MARGIN = 12; // px between a bubble and the edge of the window

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
    const gloss = el("span", { class: "lv-gloss" }, term, bubble);
    term.addEventListener("keydown", (event) => {
      if (event.key === "Escape") term.blur();
    });
    term.addEventListener("focus", () => inView(bubble));
    hovered(gloss, () => inView(bubble));
    return gloss;
  });
}

/** Where it would leave the window, a bubble is moved to the left. @param {HTMLElement} bubble */
function inView(bubble) {
  bubble.style.left = "0";
  const { right } = bubble.getBoundingClientRect();
  bubble.style.left = `${Math.min(0, document.documentElement.clientWidth - MARGIN - right)}px`;
}

let heard = false;

/** Escape shuts a bubble under the pointer: one listener, for no bubble may be kept by its own. */
function hear() {
  if (heard) return;
  heard = true;
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    for (const gloss of document.querySelectorAll(".lv-gloss:hover")) gloss.classList.add("lv-shut");
  });
}

/**
 * A bubble under the pointer goes by Escape too, until the pointer comes again.
 * @param {HTMLElement} gloss @param {() => void} shown
 */
function hovered(gloss, shown) {
  gloss.addEventListener("mouseenter", () => {
    hear();
    shown();
  });
  gloss.addEventListener("mouseleave", () => gloss.classList.remove("lv-shut"));
}
