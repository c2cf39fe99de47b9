// The examples in their plane, and what the model says there.

import { assign, el, put } from "./dom.js";
import { number } from "./numbers.js";
import { halfPlane } from "./playback.js";
import { Shade } from "./shade.js";
import { beside, dress, points, shape, View } from "./view.js";

/** @import { Place, Playback } from "./playback.js" */
/** @import { FigureSpec, PlacedPoint, RunStyle, Trace } from "./types.d.ts" */
/** @import { Taken } from "./view.js" */

/**
 * @typedef {object} Judged what the plane shows of a step besides its parameters
 * @property {number[]} hardest the rows with the largest contributions
 * @property {ArrayLike<number>} residuals a − y of every example
 * @property {ArrayLike<number> | null} batch the rows that the next step is made of; null for all
 * @property {number} threshold the a from which on the model's answer is 1
 */

/** From so many rows on, points are painted on a canvas: as SVG they would slow every frame. */
const MANY = 1500;
const TURN = 250; // rows painted before the other class has its turn
const REACH = 12; // px around a painted point that a click may miss it by

/** Where a line's name stands: px along it, beside it, and the room it needs. */
const [INWARDS, ASIDE, ROOM] = [30, 12, 110];

/** @type {Judged} */
const NOTHING = { hardest: [], residuals: [], batch: null, threshold: 0.5 };

/** The examples on a ground shaded by a, the line where z = 0, and the example chosen. */
export class DataView extends View {
  canvas = el("canvas", { class: "lvt-canvas", "aria-hidden": "true" });
  shade = new Shade();
  batch = shape("path", { class: "lvt-batch" }, this.layer);
  lines = beside(this.layer, "lvt-boundary");
  /** Where the model's answer changes, if that is not where z = 0. */
  cut = shape("path", { class: "lvt-cut" }, this.layer);
  line = shape("path", { class: "lvt-boundary" }, this.layer);
  names = [0, 1].map(() => shape("text", { class: "lvt-line-name" }, this.layer));
  contributions = shape("g", {}, this.layer);
  ring = shape("circle", { class: "lvt-ring", r: 9 }, this.layer);
  /** Whether the points are not drawn here: they are edited, and handles stand for them. */
  bare = false;
  /** Whether anything has been shown of these rows. */
  shown = false;
  example = 0;
  judged = NOTHING;
  /** @type {string[]} of the two classes */
  colours = [];
  /** @type {(() => void) | null} called when the axes have changed */
  placed = null;
  /** @type {(() => PlacedPoint[] | null) | null} points as they are while one is being moved */
  placedNow = null;
  ringed = "";

  constructor() {
    super("data");
    this.svg.before(this.canvas);
    this.plot.before(this.shade.canvas);
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
    assign(/** @type {DataView} */ (this), { shown: false, judged: NOTHING });
  }

  get many() {
    return this.playback.rows > MANY;
  }

  /** @override @param {FigureSpec} figure */
  fill(figure) {
    /** @param {Trace} trace */
    const colour = ({ marker }) => String(/** @type {{ color: string }} */ (marker).color);
    this.colours = figure.data.map(colour);
    this.shade.dye(this.colours);
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

  /** @param {number} k @param {number} example @param {Judged} judged */
  show(k, example, judged, all = k) {
    this.stand(k, all);
    assign(/** @type {DataView} */ (this), { example, judged, shown: true });
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
    const cut = (run, k) => halfPlane(playback.raws(playback.at(run.params, k)), xaxis.range, yaxis.range);
    const w = playback.raws(playback.at(playback.params, this.k));
    const { hardest, threshold } = this.judged;
    const { line } = cut(playback, this.k);
    this.#ground(w);
    this.line.setAttribute("d", line ? `M${map(line)}` : "");
    const moved = threshold === 0.5 ? null
      : halfPlane(playback.boundary(this.k, threshold), xaxis.range, yaxis.range).line;
    this.cut.setAttribute("d", moved ? `M${map(moved)}` : "");
    this.#name(this.names[0], line, "a = ½, z = 0");
    this.#name(this.names[1], moved, `a = ${number(threshold)}`);
    this.lines.forEach((node, n) => {
      const other = playback.comparisons[n];
      const found = other && cut(other, Math.min(this.all, other.taken)).line;
      node.setAttribute("d", found ? `M${map(found)}` : "");
    });
    // A ring is wider than the marker it is around.
    const wide = this.#marker;
    this.ring.setAttribute("r", String(wide + 3));
    this.ring.setAttribute("transform", `translate(${this.#at(this.example)})`);
    while (this.contributions.childNodes.length < hardest.length) {
      shape("circle", { class: "lvt-contribution", r: 6 }, this.contributions);
    }
    const rings = /** @type {SVGCircleElement[]} */ ([...this.contributions.children]);
    rings.forEach((node, n) => {
      node.style.display = n < hardest.length ? "" : "none";
      node.setAttribute("r", String(wide));
      if (n < hardest.length) node.setAttribute("transform", `translate(${this.#at(hardest[n])})`);
    });
  }

  /**
   * The ground, the halos on it, and the rows of this step's minibatch.
   * @param {number[]} w parameters in the units of the axes
   */
  #ground(w) {
    const { width, height, xaxis, yaxis } = this.plot.layout;
    const { batch, residuals, threshold } = this.judged;
    this.shade.fit(width, height);
    const pen = this.shade.paint(this.box, w, xaxis.range, yaxis.range);
    const wide = this.#marker;
    /** @param {number} i */
    const spot = (i) => this.#at(i);
    if (pen && !this.many) this.shade.halos(pen, this.box, residuals, spot, wide - 2, threshold);
    const [half, back] = [2, -2].map((turn) => `a${wide},${wide} 0 1 0 ${turn * wide},0`);
    const circle = half + back;
    let d = "";
    for (let n = 0; batch && n < batch.length; n += 1) {
      const [x, y] = spot(batch[n]);
      d += `M${(x - wide).toFixed(1)},${y.toFixed(1)}${circle}`;
    }
    if (d !== this.ringed) this.batch.setAttribute("d", d);
    this.ringed = d;
  }

  /** About how far a point's marker and a ring around it reach, in px. */
  get #marker() {
    return this.bare || this.playback.rows <= 20 ? 10 : 6;
  }

  /**
   * What a line is, written beside it near its right end, where it crosses nothing.
   * @param {SVGTextElement} node @param {Place[] | null} line @param {string} text
   */
  #name(node, line, text) {
    node.style.display = line ? "" : "none";
    if (!line) return;
    const [one, other] = line.map(([x, y]) => this.px(x, y));
    const [[x, y], far] = one[0] > other[0] ? [one, other] : [other, one];
    const long = Math.hypot(far[0] - x, far[1] - y) || 1;
    const [u, v] = [(far[0] - x) / long, (far[1] - y) / long];
    const inwards = Math.min(INWARDS, long / 2);
    // Of the two sides, the left one unless it ends there.
    const left = x + inwards * u > this.box.x + ROOM ? -1 : 1;
    const across = (v > 0 ? -left : left) * (v ? 1 : 0);
    const [dx, dy] = v ? [-v * across, u * across] : [0, -1];
    node.setAttribute("x", (x + inwards * u + ASIDE * dx).toFixed(1));
    const { y: top, h } = this.box;
    const height = Math.max(top + 14, Math.min(top + h - 6, y + inwards * v + ASIDE * dy + 4));
    node.setAttribute("y", height.toFixed(1));
    node.setAttribute("text-anchor", dx > 0 ? "start" : "end");
    put(node, text);
  }

  /** @param {number} i */
  #at(i) {
    // While a hand moves a point, its ring goes with it; training follows a moment later.
    const own = this.placedNow?.()?.[i];
    return own ? this.px(own[0], own[1]) : this.px(this.playback.raw[2 * i], this.playback.raw[2 * i + 1]);
  }
}
