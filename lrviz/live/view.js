// The figures of a training. Plotly draws what stands still; what moves lies on an SVG layer
// above it, because that costs a tenth of a millisecond and Plotly's own update several.

import { assign, el, later, svg } from "./dom.js";
import { recolour } from "./figure.js";

/** @import { Place, Playback } from "./playback.js" */
/** @import { DrawnAxis, FigureSpec, Mode, Palettes } from "./types.d.ts" */
/** @import { Plot, Plotly, PlotlyPoint, RunStyle } from "./types.d.ts" */

/** @typedef {{ params: ArrayLike<number>, taken: number }} Taken steps of any of the runs */
/** @typedef {(array: ArrayLike<number>, k: number) => Place} At */

let clips = 0;

/**
 * A shape in a parent, at its end.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, unknown>} attributes @param {Element} parent
 */
export const shape = (tag, attributes, parent) => parent.appendChild(svg(tag, attributes));

/**
 * Lay a rectangle over a box.
 * @param {SVGRectElement} rectangle @param {View["box"]} box
 */
export function cover(rectangle, { x, y, w, h }) {
  for (const [name, value] of Object.entries({ x, y, width: w, height: h })) {
    rectangle.setAttribute(name, String(Math.max(value, 0)));
  }
}

/** @param {Place[]} list */
export const points = (list) => list.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L");

/** One figure, one element, for ever; with a layer that moves. */
export class View {
  plot = /** @type {Plot} */ (/** @type {HTMLElement} */ (el("div", { class: "lvt-plot", role: "img" })));
  svg = svg("svg", { class: "lvt-layer", "aria-hidden": "true" });
  /** @type {Plotly | null} */
  Plotly = null;
  playback = /** @type {Playback} */ (later);
  /** What the axes enclose, in px. */
  box = { x: 0, y: 0, w: 0, h: 0 };
  /** @type {((v: number) => number) | null} a value on an axis as px; null before the first drawing */
  xs = null;
  /** @type {((v: number) => number)} */
  ys = Number;
  /** The step that is shown of this run, and of those beside it. */
  k = 0;
  all = 0;
  /** @type {((point: PlotlyPoint) => void) | null} what a click on a point does */
  clicked = null;

  /** @param {string} name */
  constructor(name) {
    this.clip = `lvt-clip-${(clips += 1)}`;
    this.defs = shape("defs", {}, this.svg);
    this.window = shape("rect", {}, shape("clipPath", { id: this.clip }, this.defs));
    this.layer = shape("g", { "clip-path": `url(#${this.clip})` }, this.svg);
    this.node = el("div", { class: `lvt-view lvt-${name}` }, this.plot, this.svg);
  }

  /**
   * Another run from now on, at its beginning.
   * @param {Playback} playback
   */
  play(playback) {
    this.playback = playback;
    this.stand(0, 0);
  }

  /** @param {number} k the step of this run @param {number} all of those beside it */
  stand(k, all) {
    this.k = k;
    this.all = all;
  }

  /** @param {Plotly} Plotly @param {FigureSpec} figure @param {Palettes} palettes @param {Mode} mode */
  async draw(Plotly, figure, palettes, mode) {
    this.Plotly = Plotly;
    const own = recolour(figure, palettes.light, palettes[mode]);
    this.fill(own);
    assign(own.layout, this.#size());
    const coarse = window.matchMedia("(pointer: coarse)").matches;
    if (coarse && !own.layout.scene) own.layout.dragmode = false;
    const config = { displayModeBar: false, responsive: false, doubleClick: "reset", scrollZoom: false };
    const first = !this.plot.layout;
    await Plotly.react(this.plot, own.data, own.layout, config);
    if (first) {
      for (const event of ["plotly_relayout", "plotly_relayouting"]) {
        this.plot.on(event, () => this.place());
      }
      this.plot.on("plotly_click", (event) => this.clicked?.(event.points[0]));
    }
    this.place();
  }

  /**
   * Data that the figure's JSON leaves to the browser.
   * @param {FigureSpec} _figure
   */
  fill(_figure) {}

  #size() {
    return { width: this.node.clientWidth, height: this.node.clientHeight };
  }

  async resize() {
    const { width, height } = this.#size();
    const { layout } = this.plot;
    if (!this.Plotly || !layout || !width || (layout.width === width && layout.height === height)) return;
    await this.Plotly.relayout(this.plot, { width, height });
    this.place();
  }

  /** Bring the layer to the axes as they are; subclasses redraw what lies on it. */
  place() {
    const { width, height, margin, scene } = this.plot.layout;
    this.svg.style.display = scene ? "none" : "";
    if (scene) return;
    this.box = { x: margin.l, y: margin.t, w: width - margin.l - margin.r, h: height - margin.t - margin.b };
    cover(this.window, this.box);
    this.xs = this.#scale(this.plot.layout.xaxis, this.box.x, this.box.w);
    this.ys = this.#scale(this.plot.layout.yaxis, this.box.y + this.box.h, -this.box.h);
    this.move();
  }

  /** @param {DrawnAxis} axis @param {number} from @param {number} length */
  #scale(axis, from, length) {
    const [low, high] = axis.range.map(Number);
    return axis.type === "log"
      ? (/** @type {number} */ v) => from + ((Math.log10(v) - low) / (high - low)) * length
      : (/** @type {number} */ v) => from + ((v - low) / (high - low)) * length;
  }

  /**
   * A place on the axes as px.
   * @param {number} x @param {number} y
   * @returns {Place}
   */
  px(x, y) {
    return [this.xs ? this.xs(x) : 0, this.ys(y)];
  }

  /**
   * What stands at a pixel of a linear axis: the way back from `px`.
   * @param {number} left @param {number} top
   * @returns {Place}
   */
  read(left, top) {
    const { box } = this;
    const { xaxis, yaxis } = this.plot.layout;
    /** @param {DrawnAxis} axis @param {number} share */
    const back = ({ range: [low, high] }, share) => Number(low) + share * (Number(high) - Number(low));
    return [back(xaxis, (left - box.x) / box.w), back(yaxis, 1 - (top - box.y) / box.h)];
  }

  move() {}

  /** @param {string} sentence */
  describe(sentence) {
    this.plot.setAttribute("aria-label", sentence);
  }
}

const LETTERS = ["b", "c"];

/**
 * One line for each run that may stand beside the first.
 * @param {Element} layer @param {string} name
 */
export const beside = (layer, name) =>
  LETTERS.map((letter) => shape("path", { class: `${name} lvt-run-${letter}` }, layer));

/**
 * Where those runs stand: a marker with the run's letter in it.
 * @param {Element} layer
 */
export const markers = (layer) => LETTERS.map((letter) => {
  const end = shape("g", { class: `lvt-end lvt-run-${letter}` }, layer);
  const outline = shape("path", {}, end);
  shape("text", { class: "lvt-letter", "text-anchor": "middle", y: 3.2 }, end).textContent = letter.toUpperCase();
  return { end, outline };
});

/** @typedef {{ end: SVGGElement, outline: SVGPathElement }} Marker */

/**
 * Dash and marker of those runs, as `figures/styles.py` has them; the colour is in the style sheet.
 * @param {SVGPathElement[]} lines @param {Marker[]} ends @param {RunStyle[]} styles
 */
export function dress(lines, ends, styles) {
  lines.forEach((line, n) => line.setAttribute("stroke-dasharray", styles[n + 1].dasharray));
  ends.forEach(({ outline }, n) => outline.setAttribute("d", styles[n + 1].outline));
}

const FAR = 1e5; // px; beyond it SVG renderers lose precision
/** @param {Place} place */
export const near = ([x, y]) => Math.abs(x) < FAR && Math.abs(y) < FAR;
