// On paper: every picture is drawn anew at the width of a sheet, and as it was afterwards. A
// browser asks for that in one go before it prints, and tells the page no other width.

import { during } from "./busy.js";

const SHEET = 700; // CSS px: A4 or Letter, less margins of 12 mm

/** The graph lies down on a sheet, whatever shape the screen gave it. */
async function drawGraph(figure, drawn, { spec, mode, read }, stage) {
  await figure.draw(window.Plotly, drawn, spec.palettes, mode, read);
  figure.reveal(stage);
}

/** Where the page was scrolled to: on a sheet it is shorter. */
let scrolled = 0;

function turn(paper) {
  const main = document.querySelector("[data-testid='stMain']");
  if (paper) scrolled = main.scrollTop;
  for (const root of document.querySelectorAll(".lv.lv-ready")) {
    if (root.classList.contains("lv-paper") === paper) continue;
    const { lrviz: live, lrvizTraining: training } = root.parentNode;
    root.classList.toggle("lv-paper", paper);
    root.style.width = paper ? `${SHEET}px` : "";
    const { layout, screen } = root.dataset;
    Object.assign(root.dataset, paper ? { layout: "paper", screen: layout } : { layout: screen });
    if (training) {
      for (const view of [training.surface, training.data, training.loss]) view.resize();
      const shape = paper || training.layout === "two" ? "wide" : "tall";
      during(drawGraph(training.graph, training.spec.example[shape], training, Infinity));
    } else {
      const shape = paper ? "wide" : live.shape;
      const stage = live.fields.hide.includes("values") ? 0 : live.player.stage;
      root.dataset.shape = shape;
      during(drawGraph(live.figure, live.spec.figures[shape], live, stage));
    }
  }
  if (!paper) main.scrollTop = scrolled;
}

window.addEventListener("beforeprint", () => turn(true));
window.addEventListener("afterprint", () => turn(false));
