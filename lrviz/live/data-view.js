// The examples in their plane, and what the model says there.

import { assign, el } from "./dom.js";
import { halfPlane } from "./playback.js";
import { beside, dress, points, shape, View } from "./view.js";

/** @import { Place, Playback } from "./playback.js" */
/** @import { FigureSpec, PlacedPoint, RunStyle, Trace } from "./types.d.ts" */
/** @import { Taken } from "./view.js" */

/** From so many rows on, points are painted on a canvas: as SVG they would slow every frame. */
const MANY = 1500;
const TURN = 250; // rows painted before the other class has its turn
const REACH = 12; // px around a painted point that a click may miss it by

/** The examples, the side the model calls 1, the boundary, and the example chosen. */
export class DataView extends View {
  canvas = el("canvas", { class: "lvt-canvas", "aria-hidden": "true" });
  side = shape("path", { class: "lvt-side" }, this.layer);
  lines = beside(this.layer, "lvt-boundary");
  line = shape("path", { class: "lvt-boundary" }, this.layer);
  contributions = shape("g", {}, this.layer);
  ring = shape("circle", { class: "lvt-ring", r: 9 }, this.layer);
  /** Whether the points are not drawn here: they are edited, and handles stand for them. */
  bare = false;
  /** Whether anything has been shown of these rows. */
  shown = false;
  example = 0;
  /** @type {number[]} the rows with the largest contributions */
  hardest = [];
  /** @type {string[]} of the two classes */
  colours = [];
  /** @type {(() => void) | null} called when the axes have changed */
  placed = null;
  /** @type {(() => PlacedPoint[] | null) | null} points as they are while one is being moved */
  placedNow = null;

  constructor() {
    super("data");
    this.svg.before(this.canvas);
    this.node.addEventListener("pointerdown", (down) => {
      // Plotly lays a sheet over the page while a button is down: the release comes anywhere.
      window.addEventListener("pointerup", (up) => this.#pick(down, up), { once: true, capture: true });
    }, true);
  }

  /** @param {Playback} playback @param {RunStyle[]} styles */
  load(playback, styles) {
    this.play(playback);
    dress(this.lines, [], styles);
    // Nothing is chosen among these rows before the first show.
    this.shown = false;
  }

  get many() {
    return this.playback.rows > MANY;
  }

  /** @override @param {FigureSpec} figure */
  fill(figure) {
    /** @param {Trace} trace */
    const colour = ({ marker }) => String(/** @type {{ color: string }} */ (marker).color);
    this.colours = figure.data.map(colour);
    if (this.many || this.bare) return;
    figure.data.forEach((trace, label) => {
      const rows = Array.from(this.playback.y.keys()).filter((i) => this.playback.y[i] === label);
      // A trace without a point would be missing from the legend.
      if (!rows.length) return;
      trace.x = rows.map((i) => this.playback.raw[2 * i]);
      trace.y = rows.map((i) => this.playback.raw[2 * i + 1]);
      trace.customdata = rows;
    });
  }

  /** @param {number} k @param {number} example @param {number[]} hardest */
  show(k, example, hardest, all = k) {
    this.stand(k, all);
    assign(/** @type {DataView} */ (this), { example, hardest, shown: true });
    this.move();
  }

  /** @override */
  place() {
    super.place();
    this.#paint();
    this.placed?.();
  }

  /** All points at once, on a bitmap that lies under what moves. */
  #paint() {
    const { canvas, playback } = this;
    canvas.style.display = this.many && !this.bare ? "" : "none";
    if (!this.many || this.bare || !this.xs) return;
    const { width, height } = this.plot.layout;
    const dense = window.devicePixelRatio || 1;
    assign(canvas, { width: width * dense, height: height * dense });
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.scale(dense, dense);
    const { x, y, w, h } = this.box;
    pen.beginPath();
    pen.rect(x, y, w, h);
    pen.clip();
    const crowd = playback.rows > 20 * MANY;
    const r = crowd ? 1.2 : 2.2;
    pen.globalAlpha = crowd ? 0.35 : 0.6;
    pen.lineWidth = 1;
    // By turns, so that neither class lies over the other as a whole.
    for (let from = 0; from < playback.rows; from += TURN) {
      const to = Math.min(from + TURN, playback.rows);
      this.colours.forEach((colour, label) => this.#turn(pen, { from, to, colour, label, r }));
    }
  }

  /**
   * Points of one class among some rows: open circles for 0, full diamonds for 1.
   * @param {CanvasRenderingContext2D} pen
   * @param {{ from: number, to: number, colour: string, label: number, r: number }} which
   */
  #turn(pen, { from, to, colour, label, r }) {
    pen.beginPath();
    for (let i = from; i < to; i += 1) {
      if (this.playback.y[i] !== label) continue;
      const [x, y] = this.#at(i);
      if (label) {
        const far = 1.3 * r;
        pen.moveTo(x, y - far);
        for (const [u, v] of [[far, 0], [0, far], [-far, 0]]) pen.lineTo(x + u, y + v);
        pen.closePath();
      } else {
        pen.moveTo(x + r, y);
        pen.arc(x, y, r, 0, 2 * Math.PI);
      }
    }
    pen.fillStyle = pen.strokeStyle = colour;
    if (label) pen.fill();
    else pen.stroke();
  }

  /**
   * The painted point nearest to a click.
   * @param {MouseEvent} down @param {MouseEvent} event
   */
  #pick(down, event) {
    const moved = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
    if (!this.many || this.bare || moved > 3) return;
    const { left, top } = this.node.getBoundingClientRect();
    let [best, least] = [-1, REACH];
    for (let i = 0; i < this.playback.rows; i += 1) {
      const [px, py] = this.#at(i);
      const far = Math.hypot(px - event.clientX + left, py - event.clientY + top);
      if (far < least) [best, least] = [i, far];
    }
    if (best >= 0) this.clicked?.({ x: 0, customdata: best });
  }

  /** @override */
  move() {
    if (!this.xs || !this.shown) return;
    const { playback } = this;
    const { xaxis, yaxis } = this.plot.layout;
    /** @param {Place[]} list */
    const map = (list) => points(list.map(([x, y]) => this.px(x, y)));
    /** @param {Taken} run @param {number} k */
    const cut = (run, k) => {
      const w = playback.raws(playback.at(run.params, k));
      return { ...halfPlane(w, xaxis.range, yaxis.range), flat: w[0] === 0 && w[1] === 0 };
    };
    const { inside, line, flat } = cut(playback, this.k);
    this.side.setAttribute("d", inside.length > 2 && !flat ? `M${map(inside)}Z` : "");
    this.line.setAttribute("d", line ? `M${map(line)}` : "");
    this.lines.forEach((node, n) => {
      const other = playback.comparisons[n];
      const found = other && cut(other, Math.min(this.all, other.taken)).line;
      node.setAttribute("d", found ? `M${map(found)}` : "");
    });
    // A ring is wider than the marker it is around.
    const wide = this.bare || playback.rows <= 20 ? 10 : 6;
    this.ring.setAttribute("r", String(wide + 3));
    this.ring.setAttribute("transform", `translate(${this.#at(this.example)})`);
    while (this.contributions.childNodes.length < this.hardest.length) {
      shape("circle", { class: "lvt-contribution", r: 6 }, this.contributions);
    }
    const rings = /** @type {SVGCircleElement[]} */ ([...this.contributions.children]);
    rings.forEach((node, n) => {
      node.style.display = n < this.hardest.length ? "" : "none";
      node.setAttribute("r", String(wide));
      if (n < this.hardest.length) node.setAttribute("transform", `translate(${this.#at(this.hardest[n])})`);
    });
  }

  /** @param {number} i */
  #at(i) {
    // While a hand moves a point, its ring goes with it; training follows a moment later.
    const own = this.placedNow?.()?.[i];
    return own ? this.px(own[0], own[1]) : this.px(this.playback.raw[2 * i], this.playback.raw[2 * i + 1]);
  }
}
