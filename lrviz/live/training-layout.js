// Where the parts of the Training page stand, and how tall the views are: as tall as leaves the
// curve and the player in view with them.

import { el } from "./dom.js";
import { scroller } from "./internals.js";

/** Where a page is wide enough for the example's graph beside the views, or for two of them. */
const [FOUR, TWO] = [1230, 760];
const [LEAST, MOST] = [200, 640]; // px of the surface
const TALLEST = 0.95; // of its width: its axes are 1 : 1 wherever they can be
const LOW = 780; // px of a window that is a projector's or less
const RULE = 152; // px of the update rule that stay in view,
const GLIMPSE = 56; // and as many of one that is longer, or leaves less than FLAT, up to a surface of EASY
const [FLAT, EASY] = [240, 300];
const SHORTER = 100; // px, as in training.css
const GAP = 10; // px between the rows of views
const FOOT = 8; // px that stay free below

/** @typedef {"four" | "two" | "one"} Shape */

/** @param {number} width @returns {Shape} */
export const shapeOf = (width) => (width >= FOUR ? "four" : width >= TWO ? "two" : "one");

/** Whether curve and player stand beside the surface, because there is no room under it. */
export const isLow = () => window.innerHeight <= LOW;

/** @type {(place: string, title: string, tools: HTMLElement[], ...content: HTMLElement[]) => HTMLElement} */
export const cell = (place, title, tools, ...content) =>
  el("section", { class: `lvt-cell lvt-${place}`, "aria-label": title },
    el("div", { class: "lvt-title" }, el("h2", { text: title }), ...tools), ...content);

/**
 * Give the views the height that the window has left for them.
 * @param {HTMLElement} root @param {HTMLElement} views @param {HTMLElement} surface @param {Shape} shape
 */
export function fit(root, views, surface, shape) {
  if (root.classList.contains("lv-paper")) return;
  const scrolled = scroller()?.scrollTop ?? 0;
  /** @type {(place: string) => HTMLElement | null} */
  const part = (place) => views.querySelector(`.lvt-${place}`);
  const [a, b, dock] = ["a", "b", "dock"].map(part);
  if (!a || !b || !dock) return;
  const lecture = root.classList.contains("lvt-lecture");
  // Why a run ended moves nothing: what is below it gives way.
  const docked = dock.offsetHeight - (part("ended")?.offsetHeight ?? 0);
  let tall = "";
  if (shape !== "one" || lecture) {
    const { bottom, top } = surface.getBoundingClientRect();
    const above = top + scrolled;
    // Where the window is low, the captions may lie under the player.
    const under = Math.max(...(lecture ? [a] : [a, b]).map((one) => one.getBoundingClientRect().bottom)) - bottom;
    /** @type {HTMLElement | null} */
    const rule = lecture ? null : views.querySelector(".lvt-law");
    const [law, lines] = [rule?.offsetHeight ?? 0, rule?.querySelectorAll(".lvt-digits") ?? []];
    const ends = lines.length && rule
      ? lines[lines.length - 1].getBoundingClientRect().bottom - rule.getBoundingClientRect().top : 0;
    const beside = isLow() || (lecture && shape !== "one");
    const data = part("data");
    /** How tall the surface can be with so many pixels of the rule in view. @param {number} most */
    const room = (most) => {
      const kept = law && Math.min(most, law) + 2 * GAP;
      const captions = shape === "four" || lecture ? under + kept : 0;
      const below = beside ? part("legend")?.offsetHeight ?? 0 : captions + docked;
      if (shape !== "four" || lecture || beside || !data) return window.innerHeight - above - below - FOOT;
      // The row is as high as the higher of its two cells: that of the data plane, which is SHORTER
      // than the surface but has a least height, or the surface's own.
      const least = parseFloat(getComputedStyle(views).getPropertyValue("--lvt-least"));
      const [own, other] = [a.getBoundingClientRect().bottom - bottom, b.getBoundingClientRect().bottom - top
        - data.clientHeight];
      const row = Math.max(least + other, window.innerHeight - above - kept - docked - FOOT);
      return Math.min(row - own, Math.max(row - other + SHORTER, least + SHORTER));
    };
    const easy = ends > RULE || room(RULE) < FLAT ? Math.max(room(RULE), Math.min(EASY, room(GLIMPSE)))
      : room(RULE);
    tall = `${Math.round(Math.max(LEAST, Math.min(MOST, TALLEST * surface.clientWidth, easy)))}px`;
  }
  if (views.style.getPropertyValue("--lvt-tall") !== tall) views.style.setProperty("--lvt-tall", tall);
}
