// On paper: every picture is drawn anew at the width of a sheet, and as it was afterwards. A
// browser asks for that in one go before it prints, and tells the page no other width.

import { drawing } from "./channel.js";
import { assign } from "./dom.js";
import { scroller } from "./internals.js";

const SHEET = 700; // CSS px: A4 or Letter, less margins of 12 mm

/** @import { Figure } from "./figure.js" */
/** @import { GraphFigureSpec, Host, Mode, Palettes, Read } from "./types.d.ts" */

/**
 * The graph lies down on a sheet, whatever shape the screen gave it.
 * @param {Figure} figure @param {GraphFigureSpec} drawn
 * @param {{ spec: { palettes: Palettes }, mode: Mode | null, read: Read }} page
 * @param {number} stage
 */
async function drawGraph(figure, drawn, { spec, mode, read }, stage) {
  await figure.draw(figure.Plotly, drawn, spec.palettes, mode ?? "light", read);
  figure.reveal(stage);
}

/** Where the page was scrolled to: on a sheet it is shorter. */
let scrolled = 0;

/** @param {boolean} paper */
function turn(paper) {
  const main = scroller();
  if (main && paper) scrolled = main.scrollTop;
  /** @type {NodeListOf<HTMLElement>} */
  const roots = document.querySelectorAll(".lv.lv-ready");
  for (const root of roots) {
    if (root.classList.contains("lv-paper") === paper) continue;
    const { lrviz: live, lrvizTraining: training } = /** @type {Host} */ (root.parentElement);
    root.classList.toggle("lv-paper", paper);
    root.style.width = paper ? `${SHEET}px` : "";
    const { layout, screen } = root.dataset;
    assign(root.dataset, paper ? { layout: "paper", screen: layout } : { layout: screen });
    if (training) {
      for (const view of training.views) drawing(training, view.resize());
      const shape = paper || training.layout === "two" ? "wide" : "tall";
      const { one } = training;
      drawing(training, drawGraph(one.graph, one.spec.example[shape], one, Infinity));
    } else if (live) {
      const shape = paper ? "wide" : live.shape;
      root.dataset.shape = shape;
      drawing(live, drawGraph(live.figure, live.spec.figures[shape] ?? live.spec.figures.tall, live, live.player.stage)
        .then(() => live.blanks.place(live.figure)));
    }
  }
  if (main && !paper) main.scrollTop = scrolled;
}

const sheet = matchMedia("print");
window.addEventListener("beforeprint", () => turn(true));
window.addEventListener("afterprint", () => {
  // Firefox says so while the sheet's styles still hold: what is measured then is the sheet.
  if (sheet.matches) sheet.addEventListener("change", () => turn(false), { once: true });
  else turn(false);
});
