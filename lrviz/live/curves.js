// Why this loss: both losses and their gradients against z, with a dot where the learner stands.

import { Bindings } from "./blocks.js";
import { el, later } from "./dom.js";
import { fill } from "./numbers.js";
import { say } from "./sentence.js";

/** @import { CurvesLayout, CurvesSpec, FullAxis, LossName, Plot, Plotly, Read } from "./types.d.ts" */

const STACKED = { xaxis: [0, 1], xaxis2: [0, 1], yaxis: [0.58, 1], yaxis2: [0, 0.42] };
/** @type {LossName[]} */
const LOSSES = ["log", "squared"];

/** Two curves of loss and gradient with a dot for the current z; the dots are elements. */
export class Curves {
  plot = /** @type {Plot} */ (/** @type {HTMLElement} */ (
    el("div", { class: "lv-plot", role: "img", "aria-label": "Losses and their gradients against z" })));
  layer = el("div", { class: "lv-dots" });
  summary = el("summary", { text: "Why this loss?" });
  fold = el("details", { class: "lv-fold" }, this.summary);
  host = el("div", { class: "lv-curves" }, this.plot, this.layer);
  node = this.fold;
  why = el("p", { class: "lv-why" });
  /** @type {Map<string, HTMLElement>} */
  dots = new Map();
  /** @type {{ graph: LossName, bind: Bindings, node: HTMLElement }[]} */
  lines = [];
  spec = /** @type {CurvesSpec} */ (later);
  figure = /** @type {CurvesSpec["figure"]} */ (later);
  /** @type {Plotly | null} */
  Plotly = null;
  /** @type {number | null} the label whose curves are drawn */
  y = null;
  /** Of what they were drawn in, px. */
  width = 0;

  /** @param {() => void} onOpen */
  constructor(onOpen) {
    this.fold.addEventListener("toggle", () => this.fold.open && onOpen());
  }

  /** @param {CurvesSpec} spec */
  build(spec) {
    this.spec = spec;
    this.lines = spec.lines.map((line) => {
      const bind = new Bindings();
      return { graph: line.graph, bind, node: bind.text("p", { class: "lv-math" }, line.text) };
    });
    const note = el("p", { class: "lv-note", text: spec.note });
    this.fold.replaceChildren(this.summary, this.why, note, this.host, ...this.lines.map((one) => one.node));
  }

  /** @param {Plotly} Plotly @param {CurvesSpec["figure"]} figure */
  async draw(Plotly, figure) {
    this.figure = figure;
    this.Plotly = Plotly;
    const width = Math.min(this.fold.clientWidth || 720, 820);
    /** @type {CurvesLayout} */
    const layout = { ...figure.layout, width };
    if (width < 560) {
      // One panel above the other where they have no room side by side.
      layout.height *= 1.9;
      layout.legend = { .../** @type {object} */ (layout.legend), y: 1.08 };
      for (const [axis, domain] of Object.entries(STACKED)) {
        layout[axis] = { .../** @type {object} */ (layout[axis]), domain };
      }
    }
    await Plotly.react(this.plot, figure.data, layout, { displayModeBar: false, responsive: false });
    this.y = null;
    this.width = this.fold.clientWidth;
  }

  get open() {
    return this.fold.open && this.Plotly;
  }

  /** @param {Record<LossName, Read>} readers @param {number} y */
  paint(readers, y) {
    this.why.textContent = say(this.spec.why, readers.log);
    for (const one of this.lines) one.bind.paint(readers[one.graph]);
    if (!this.plot._fullLayout || !this.Plotly) return;
    if (y !== this.y) {
      this.y = y;
      this.Plotly.restyle(this.plot, { visible: this.figure.data.map((trace) => trace.meta.y === y) });
    }
    const z = Number(readers.log("value.z"));
    const { xaxis, yaxis, xaxis2, yaxis2 } = this.plot._fullLayout;
    for (const loss of LOSSES) {
      this.#place(`${loss}1`, loss, [xaxis, yaxis], z, Number(readers[loss]("value.L")));
      this.#place(`${loss}2`, loss, [xaxis2, yaxis2], z, Number(readers[loss]("adjoint.z")));
    }
    this.plot.setAttribute("aria-label", fill(this.spec.summary, readers.log));
  }

  /**
   * @param {string} id @param {LossName} loss @param {[FullAxis, FullAxis]} axes
   * @param {number} x @param {number} y
   */
  #place(id, loss, [xa, ya], x, y) {
    /** @param {number} v @param {number[]} range */
    const clamp = (v, [low, high]) => Math.max(low, Math.min(high, v));
    let dot = this.dots.get(id);
    if (!dot) {
      dot = el("span", { class: `lv-dot lv-dot-${loss}` });
      this.layer.append(dot);
      this.dots.set(id, dot);
    }
    const left = xa._offset + xa.l2p(clamp(x, xa.range));
    const top = ya._offset + ya.l2p(clamp(y, ya.range));
    dot.style.transform = `translate(${left}px, ${top}px)`;
  }
}
