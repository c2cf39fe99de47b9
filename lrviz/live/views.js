// The figures of a training. Plotly draws what stands still; what moves lies on an SVG layer
// above it, because that costs a tenth of a millisecond and Plotly's own update several.

import { assign, el, later, svg } from "./dom.js";
import { recolour } from "./figure.js";
import { halfPlane } from "./playback.js";

/** @import { Place, Playback, Run } from "./playback.js" */
/** @import { DrawnAxis, FigureSpec, Mode, Palettes } from "./types.d.ts" */
/** @import { PlacedPoint, Plot, Plotly, PlotlyPoint, RunStyle, Trace } from "./types.d.ts" */

/** @typedef {{ params: ArrayLike<number>, taken: number }} Taken steps of any of the runs */
/** @typedef {(array: ArrayLike<number>, k: number) => Place} At */

let clips = 0;

/**
 * A shape in a parent, at its end.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag @param {Record<string, unknown>} attributes @param {Element} parent
 */
const shape = (tag, attributes, parent) => parent.appendChild(svg(tag, attributes));

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
const points = (list) => list.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L");

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
    const id = `lvt-clip-${(clips += 1)}`;
    const clip = shape("clipPath", { id }, shape("defs", {}, this.svg));
    this.window = shape("rect", {}, clip);
    this.layer = shape("g", { "clip-path": `url(#${id})` }, this.svg);
    this.node = el("div", { class: `lvt-view lvt-${name}` }, this.plot, this.svg);
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
const beside = (layer, name) => LETTERS.map((letter) => shape("path", { class: `${name} lvt-run-${letter}` }, layer));

/**
 * Where those runs stand: a marker with the run's letter in it.
 * @param {Element} layer
 */
const markers = (layer) => LETTERS.map((letter) => {
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
function dress(lines, ends, styles) {
  lines.forEach((line, n) => line.setAttribute("stroke-dasharray", styles[n + 1].dasharray));
  ends.forEach(({ outline }, n) => outline.setAttribute("d", styles[n + 1].outline));
}

const FAR = 1e5; // px; beyond it SVG renderers lose precision
/** @param {Place} place */
const near = ([x, y]) => Math.abs(x) < FAR && Math.abs(y) < FAR;
const ARROW = 46; // px
const LIFT = 0.012; // of the height: what stands on a surface must not sink into it
const FLAT = 1e-6; // a gradient this small is not worth an arrow

/** The loss in a plane, the path on it, downhill and the next step. */
export class SurfaceView extends View {
  others = beside(this.layer, "lvt-trail");
  trail = shape("path", { class: "lvt-trail" }, this.layer);
  leap = shape("path", { class: "lvt-leap" }, this.layer);
  ghost = shape("circle", { class: "lvt-ghost", r: 7 }, this.layer);
  downhill = shape("path", { class: "lvt-downhill" }, this.layer);
  ends = markers(this.layer);
  marker = shape("circle", { class: "lvt-marker", r: 7 }, this.layer);
  best = shape("path", { class: "lvt-best" }, this.layer);
  /** Whether the surface is drawn in three dimensions. */
  solid = false;
  /** In three dimensions: a frame is being drawn, another was asked for meanwhile. */
  drawing = false;
  late = false;
  /** @type {((error: unknown) => void) | null} told when such a frame could not be drawn */
  failed = null;
  /** @type {WeakMap<Taken, { xs: View["xs"], k: number, d: string }>} paths as they are drawn so far */
  #paths = new WeakMap();

  constructor() {
    super("surface");
  }

  /** @param {Playback} playback @param {RunStyle[]} styles */
  load(playback, styles) {
    this.playback = playback;
    this.k = this.all = 0;
    dress(this.others, this.ends, styles);
  }

  /** @override @param {FigureSpec} figure */
  fill(figure) {
    const [loss] = figure.data;
    this.solid = loss.type === "surface";
    loss.z = this.playback.z;
    if (!this.solid) loss.customdata = this.playback.losses2d;
  }

  /**
   * Draw step k. Runs beside stand at step `all`.
   * @param {number} k @param {boolean} changed the playback has cut another slice
   */
  show(k, changed, all = k) {
    this.k = k;
    this.all = all;
    if (!this.Plotly) return;
    if (this.solid) this.#solid(this.Plotly, changed);
    else if (changed) this.Plotly.restyle(this.plot, { z: [this.playback.z] }, [0]);
    this.move();
  }

  /**
   * WebGL draws as fast as it can: a frame that comes while it draws waits its turn.
   * @param {Plotly} Plotly @param {boolean} changed
   */
  #solid(Plotly, changed) {
    if (this.drawing) {
      this.late = true;
      return;
    }
    const { playback, k } = this;
    const [i, j] = playback.spec.plane;
    // Everything stands on the slice drawn, as in the contour: paths are projections onto it.
    const lift = LIFT * (playback.spec.high - playback.spec.low);
    /** @param {Place[]} rows */
    const along = (rows) => {
      const [xs, ys, zs] = [[0], [0], [0]].map((list) => list.slice(1));
      for (const [x, y] of rows) {
        const z = playback.height(x, y);
        if (z === null) continue;
        xs.push(x);
        ys.push(y);
        zs.push(z + lift);
      }
      return [xs, ys, zs];
    };
    /** @type {(run: Taken, last: number) => Place[]} */
    const upTo = ({ params }, last) =>
      Array.from({ length: last + 1 }, (_, s) => [params[3 * s + i], params[3 * s + j]]);
    const next = playback.at(playback.following, k);
    /** @type {Place[][]} */
    const drawn = [
      upTo(playback, k),
      [[playback.params[3 * k + i], playback.params[3 * k + j]]],
      next.every(Number.isFinite) ? [[next[i], next[j]]] : [],
    ];
    for (const other of playback.comparisons) {
      const rows = upTo(other, Math.min(this.all, other.taken));
      drawn.push(rows, rows.slice(-1));
    }
    const lifted = drawn.map(along);
    /** @type {(number[] | number[][])[][]} */
    const [x, y, z] = [0, 1, 2].map((n) => lifted.map((list) => list[n]));
    this.drawing = true;
    const traces = drawn.map((_, n) => n + 1);
    if (changed) {
      traces.unshift(0);
      x.unshift(playback.axes[0]);
      y.unshift(playback.axes[1]);
      z.unshift(playback.z);
    }
    const done = Plotly.restyle(this.plot, { x, y, z }, traces);
    done.then(() => new Promise((resolve) => requestAnimationFrame(resolve))).then(() => {
      this.drawing = false;
      if (this.late) {
        this.late = false;
        this.#solid(Plotly, true);
      }
    }).catch((error) => {
      this.drawing = false;
      this.failed?.(error);
    });
  }

  /** @override */
  move() {
    if (this.solid || !this.xs) return;
    const { playback, k } = this;
    const [i, j] = playback.spec.plane;
    /** @type {At} */
    const at = (array, n) => this.px(array[3 * n + i], array[3 * n + j]);
    const here = at(playback.params, k);
    this.trail.setAttribute("d", this.#path(playback, k, at));
    this.#beside(at);
    this.marker.setAttribute("transform", `translate(${here})`);
    this.marker.style.display = near(here) ? "" : "none";
    const next = at(playback.following, k);
    const shown = next.every(Number.isFinite) && near(next);
    for (const node of [this.ghost, this.leap]) node.style.display = shown ? "" : "none";
    if (shown) {
      this.ghost.setAttribute("transform", `translate(${next})`);
      this.leap.setAttribute("d", `M${points([here, next])}`);
    }
    this.#arrow(here, playback.at(playback.gradients, k));
    const best = playback.spec.minimum;
    this.best.style.display = best ? "" : "none";
    if (best) {
      const [x, y] = this.px(best[i], best[j]);
      // A minimum on another slice is drawn faint: here it is only the place below it.
      const third = 3 - i - j;
      const far = Math.abs(best[third] - playback.at(playback.params, k)[third]) > 0.05 * (1 + Math.abs(best[third]));
      this.best.style.opacity = far ? "0.35" : "1";
      this.best.setAttribute("d", `M${x - 6},${y}h12M${x},${y - 6}v12`);
    }
  }

  /**
   * The runs beside: their paths, projected onto this slice, and where they stand.
   * @param {At} at
   */
  #beside(at) {
    this.others.forEach((trail, n) => {
      /** @type {Run | undefined} */
      const other = this.playback.comparisons[n];
      const { end } = this.ends[n];
      trail.style.display = end.style.display = other ? "" : "none";
      if (!other) return;
      const k = Math.min(this.all, other.taken);
      const here = at(other.params, k);
      if (!near(here)) end.style.display = "none";
      trail.setAttribute("d", this.#path(other, k, at));
      end.setAttribute("transform", `translate(${here})`);
    });
  }

  /**
   * The path of a run so far; kept from frame to frame and made longer.
   * @param {Taken} run @param {number} k @param {At} at
   */
  #path(run, k, at) {
    let kept = this.#paths.get(run);
    if (!kept || kept.xs !== this.xs || kept.k > k) kept = { xs: this.xs, k: -1, d: "" };
    this.#paths.set(run, kept);
    for (let n = kept.k + 1; n <= k; n += 1) {
      const p = at(run.params, n);
      if (near(p)) kept.d += `${kept.d ? "L" : "M"}${p[0].toFixed(1)},${p[1].toFixed(1)}`;
    }
    kept.k = k;
    return kept.d;
  }

  /**
   * Downhill in this plane, −∂J: its direction; its length says nothing.
   * @param {Place} from @param {number[]} gradient
   */
  #arrow([x, y], gradient) {
    const [i, j] = this.playback.spec.plane;
    const [tip, tail] = [this.px(-gradient[i], -gradient[j]), this.px(0, 0)];
    const [dx, dy] = [tip[0] - tail[0], tip[1] - tail[1]];
    // Where the gradient is next to nothing there is no way down to point out.
    const length = Math.hypot(gradient[i], gradient[j]) < FLAT ? 0 : Math.hypot(dx, dy);
    this.downhill.style.display = length > 0 && Number.isFinite(length) ? "" : "none";
    if (!(length > 0)) return;
    const [u, v] = [dx / length, dy / length];
    const [ex, ey] = [x + ARROW * u, y + ARROW * v];
    const sides = [1, -1].map((s) => `${ex - 7 * u + 4 * s * v},${ey - 7 * v - 4 * s * u}`);
    this.downhill.setAttribute("d", `M${x + 9 * u},${y + 9 * v}L${ex},${ey}M${sides[0]}L${ex},${ey}L${sides[1]}`);
  }
}

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
    this.playback = playback;
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
    assign(/** @type {DataView} */ (this), { k, example, hardest, all, shown: true });
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

/** The loss by step, and where we are. */
export class LossView extends View {
  cursor = shape("path", { class: "lvt-cursor" }, this.layer);
  ends = markers(this.layer);
  dot = shape("circle", { class: "lvt-marker", r: 5 }, this.layer);
  shown = false;

  constructor() {
    super("loss");
  }

  /** @param {Playback} playback @param {RunStyle[]} styles */
  load(playback, styles) {
    this.playback = playback;
    this.shown = false;
    dress([], this.ends, styles);
  }

  /** @param {number} k */
  show(k, all = k) {
    assign(/** @type {LossView} */ (this), { k, all, shown: true });
    this.move();
  }

  /** @override */
  move() {
    if (!this.xs || !this.shown) return;
    /** @param {{ losses: ArrayLike<number> }} run @param {number} k */
    const at = (run, k) => this.px(k, Math.max(run.losses[k], 1e-12));
    this.cursor.setAttribute("d", `M${this.xs(this.all)},${this.box.y}v${this.box.h}`);
    this.dot.setAttribute("transform", `translate(${at(this.playback, this.k)})`);
    this.ends.forEach(({ end }, n) => {
      /** @type {Run | undefined} */
      const other = this.playback.comparisons[n];
      end.style.display = other ? "" : "none";
      if (other) end.setAttribute("transform", `translate(${at(other, Math.min(this.all, other.taken))})`);
    });
  }
}
