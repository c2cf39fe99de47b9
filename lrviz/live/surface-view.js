// The loss surface in a plane of two parameters, with the run on it. The surface is painted on a
// canvas at every step; what moves on it lies on an SVG layer, as in the other views.

import { bar, flat, spatial } from "./axes.js";
import { assign, el } from "./dom.js";
import { Camera, contours, paint, pixels, ruler, solid, tones } from "./field.js";
import { Grip } from "./grip.js";
import { number } from "./numbers.js";
import { beside, cover, dress, markers, near, shape, View } from "./view.js";

/** @import { Place, Playback, Run } from "./playback.js" */
/** @import { Mode, Palettes, RunStyle, SurfaceSpec } from "./types.d.ts" */
/** @import { At, Taken } from "./view.js" */
/** @import { Ruler } from "./field.js" */

const HEAD = 13; // px: an arrow shorter than this has no head
const FRESH = [8, 40]; // steps that are drawn strong, and less strong: what is older is faint
const LABELS = 40; // px between the labels of two contours
const MOST = 600; // steps of a path in space: they are placed anew at every frame
const BOTTOM = 42; // px for the axis below
const [LEFT, TOP, RIGHT] = [56, 8, 72];
const FONT = "12px 'Source Sans', 'Source Sans Pro', sans-serif";

/** @typedef {{ xs: Float64Array, ys: Float64Array, columns: Ruler, rows: Ruler }} Nodes where they stand, in px */
/** @typedef {{ xs: View["xs"], k: number, d: string, dots: string }} Drawn a path so far */

/** @param {Place} place */
const written = ([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`;
/** @param {Place[]} list */
const joined = (list) => (list.some(near) ? `M${list.filter(near).map(written).join("L")}` : "");

/** The loss in a plane, the path on it, downhill and the next step. */
export class SurfaceView extends View {
  canvas = el("canvas", { class: "lvt-field", "aria-hidden": "true" });
  pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  /** The colours alone, a pixel for each of the page's. */
  field = el("canvas");
  image = new ImageData(1, 1);
  axes = shape("g", {}, this.svg);
  others = beside(this.layer, "lvt-trail");
  ahead = shape("path", { class: "lvt-ahead" }, this.layer);
  casing = shape("path", { class: "lvt-casing" }, this.layer);
  trail = shape("path", { class: "lvt-trail" }, this.layer);
  fresh = FRESH.map((_, n) => shape("path", { class: `lvt-trail lvt-fresh-${n}` }, this.layer));
  dots = [...FRESH, 0].map((_, n) => shape("path", { class: `lvt-step-dot lvt-fresh-${n}` }, this.layer));
  leap = shape("path", { class: "lvt-leap" }, this.layer);
  ghost = shape("circle", { class: "lvt-ghost", r: 7 }, this.layer);
  downhill = shape("path", { class: "lvt-downhill" }, this.layer);
  ends = markers(this.layer);
  best = shape("path", { class: "lvt-best" }, this.layer);
  /** Whether the minimum is one of another slice than is drawn. */
  elsewhere = false;
  marker = shape("circle", { class: "lvt-marker", r: 8 }, this.layer);
  /** Whether the surface is drawn in three dimensions. */
  solid = false;
  camera = new Camera();
  spec = /** @type {SurfaceSpec | null} */ (null);
  mode = /** @type {Mode} */ ("light");
  /** Colours of the ramp: as pixels and as styles. */
  colours = new Uint32Array(0);
  /** @type {string[]} */
  shades = [];
  /** What lines and labels are drawn in. */
  ink = { line: "", text: "", halo: "" };
  nodes = /** @type {Nodes | null} */ (null);
  /** Whether the whole run is shown faintly ahead: while a hand chooses its start. */
  held = false;
  grip = new Grip(this);
  /** @type {WeakMap<ArrayLike<number>, Drawn>} paths by their numbers */
  #paths = new WeakMap();

  constructor() {
    super("surface");
    this.svg.before(this.canvas);
    this.svg.prepend(this.axes);
    this.node.append(this.grip.node);
  }

  /** @param {Playback} playback @param {RunStyle[]} styles */
  load(playback, styles) {
    this.play(playback);
    this.held = false;
    dress(this.others, this.ends, styles);
  }

  /**
   * Draw everything anew: another run, another theme, flat or in space.
   * @param {SurfaceSpec} spec @param {Palettes} palettes @param {Mode} mode @param {boolean} inSpace
   */
  build(spec, palettes, mode, inSpace) {
    assign(/** @type {SurfaceView} */ (this), { spec, mode, solid: inSpace });
    const ramp = tones(spec.ramps[mode]);
    this.colours = pixels(ramp);
    this.shades = ramp.filter((_, n) => n % 4 === 0).map((rgb) => `rgb(${rgb})`);
    const { text, surface } = palettes[mode];
    this.ink = { line: `${text}66`, text, halo: `${surface}d0` };
    this.place();
  }

  /** @override */
  async resize() {
    const { clientWidth, clientHeight } = this.node;
    const { layout } = this.plot;
    if (!this.spec || !clientWidth || !clientHeight) return;
    if (layout?.width !== clientWidth || layout.height !== clientHeight) this.place();
  }

  /** @override Lay out what the size decides, and draw it. */
  place() {
    const { spec, playback } = this;
    const { clientWidth: width, clientHeight: height } = this.node;
    if (!spec || !width || !height) return;
    const [across, up] = playback.axes;
    /** @type {[number, number][]} */
    const [wide, tall] = [across, up].map((axis) => [axis[0], axis[axis.length - 1]]);
    const right = this.solid ? 8 : RIGHT;
    let box = { x: LEFT, y: TOP, w: width - LEFT - right, h: height - TOP - BOTTOM };
    if (this.solid) box = { x: 0, y: 0, w: width, h: height };
    else if (spec.equal) {
      // One unit is as long across as up.
      const side = Math.max(Math.min(box.w, box.h), 1);
      box = { ...box, x: LEFT + Math.floor((box.w - side) / 2), w: side, h: side };
    }
    box = { ...box, w: Math.max(Math.round(box.w), 1), h: Math.max(Math.round(box.h), 1) };
    /** @type {(v: number, span: number[]) => number} */
    const share = (v, [low, high]) => (v - low) / (high - low);
    assign(/** @type {SurfaceView} */ (this), {
      box,
      xs: (/** @type {number} */ v) => box.x + share(v, wide) * box.w,
      ys: (/** @type {number} */ v) => box.y + box.h - share(v, tall) * box.h,
    });
    this.plot.layout = {
      width, height, margin: { l: 0, r: 0, t: 0, b: 0 }, xaxis: { range: wide }, yaxis: { range: tall },
    };
    cover(this.window, this.box);
    const dense = window.devicePixelRatio || 1;
    assign(this.canvas, { width: Math.round(width * dense), height: Math.round(height * dense) });
    this.pen.setTransform(dense, 0, 0, dense, 0, 0);
    const { w, h } = this.box;
    assign(this.field, { width: w, height: h });
    this.image = new ImageData(w, h);
    // In px from the box's corner; in space from −1 to 1.
    /** @type {(axis: number[], span: number[], length: number) => Float64Array} */
    const stand = (axis, span, length) =>
      Float64Array.from(axis, (v) => (this.solid ? 2 * share(v, span) - 1 : share(v, span) * length));
    const [xs, ys] = [stand(across, wide, w), stand(up, tall, h)];
    this.nodes = { xs, ys, columns: ruler(xs, w), rows: ruler(ys, h) };
    this.turn();
  }

  /** The axes, as the camera has them; then the surface. */
  turn() {
    const { spec, playback } = this;
    if (!spec || !this.xs) return;
    const { xaxis, yaxis } = this.plot.layout;
    /** @type {[number, number][]} */
    const spans = [xaxis, yaxis].map(({ range: [low, high] }) => [low, high]);
    const { low, high } = playback.spec;
    this.camera.aim();
    this.axes.replaceChildren(...(this.solid
      ? spatial(spec, this.camera, [spans[0], spans[1], [low, high]], (x, y, z) => this.#seen(x, y, z))
      : [...flat(spec, this.box, [spans[0], spans[1]], (x, y) => this.px(x, y)),
        ...bar(spec, this.box, [low, high], spec.ramps[this.mode])]));
    this.grip.fit();
    this.#surface();
    this.move();
  }

  /**
   * A place of the cube from −1 to 1, in px.
   * @param {number} x @param {number} y @param {number} z
   * @returns {Place}
   */
  #seen(x, y, z) {
    const { w, h } = this.box;
    const size = Math.min(w / 3.9, h / 3);
    const [right, above] = this.camera.see(x, y, z);
    return [w / 2 + size * right, 0.47 * h - size * above];
  }

  /** @param {number} height */
  #level(height) {
    const { low, high } = this.playback.spec;
    return Math.max(-1, Math.min(1, (2 * (height - low)) / (high - low) - 1));
  }

  /** @override @param {number} x @param {number} y @returns {Place} */
  px(x, y) {
    if (!this.solid) return super.px(x, y);
    const height = this.playback.height(x, y);
    if (height === null) return [NaN, NaN];
    const [across, up] = this.playback.axes;
    /** @type {(v: number, axis: number[]) => number} */
    const share = (v, axis) => (2 * (v - axis[0])) / (axis[axis.length - 1] - axis[0]) - 1;
    return this.#seen(share(x, across), share(y, up), this.#level(height));
  }

  /**
   * Draw step k. Runs beside stand at step `all`.
   * @param {number} k @param {boolean} changed the playback has cut another slice
   */
  show(k, changed, all = k) {
    this.stand(k, all);
    if (changed) this.#surface();
    this.move();
  }

  /** Paint the slice that the playback has cut. */
  #surface() {
    const { nodes, pen, playback, spec } = this;
    if (!nodes || !spec) return;
    const { width, height } = this.plot.layout;
    const { low, high } = playback.spec;
    const grid = { across: nodes.xs.length, up: nodes.ys.length, z: playback.heights };
    const levels = spec.levels.map(([level]) => level);
    pen.clearRect(0, 0, width, height);
    if (this.solid) {
      const see = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ z) =>
        this.#seen(x, y, this.#level(z));
      solid(pen, grid, { ...nodes, see }, this.camera.order,
        { range: [low, high], shades: this.shades, levels, line: this.ink.line });
      return;
    }
    const { x, y, w, h } = this.box;
    paint(new Uint32Array(this.image.data.buffer), grid, nodes.columns, nodes.rows, [low, high], this.colours);
    this.field.getContext("2d")?.putImageData(this.image, 0, 0);
    pen.drawImage(this.field, x, y, w, h);
    pen.save();
    // From here on upwards, as the axis runs.
    pen.translate(x, y + h);
    pen.beginPath();
    pen.rect(0, -h, w, h);
    pen.clip();
    pen.beginPath();
    contours(grid, nodes.xs, nodes.ys, levels, (_, x0, y0, x1, y1) => {
      pen.moveTo(x0, -y0);
      pen.lineTo(x1, -y1);
    });
    pen.strokeStyle = this.ink.line;
    pen.lineWidth = 1;
    pen.stroke();
    this.#labels(spec);
    pen.restore();
  }

  /**
   * The losses of the contours, where a line from the lowest place to a corner meets them.
   * @param {SurfaceSpec} spec
   */
  #labels({ levels }) {
    const { pen, playback, box } = this;
    const { across, up } = { across: playback.axes[0].length, up: playback.axes[1].length };
    const { heights: z } = playback;
    const { xs, ys } = /** @type {NonNullable<SurfaceView["nodes"]>} */ (this.nodes);
    let least = 0;
    for (let i = 1; i < z.length; i += 1) if (z[i] < z[least]) least = i;
    const from = [xs[least % across], ys[Math.floor(least / across)]];
    const [to, long] = this.#aside(from);
    assign(pen, { font: FONT, textAlign: "center", textBaseline: "middle" });
    assign(pen, { lineWidth: 3, lineJoin: "round", strokeStyle: this.ink.halo, fillStyle: this.ink.text });
    let [n, last, before] = [0, 20 - LABELS, z[least]];
    while (n < levels.length && levels[n][0] < before) n += 1;
    const { cell: columns, share: s } = /** @type {NonNullable<SurfaceView["nodes"]>} */ (this.nodes).columns;
    const { cell: rows, share: t } = /** @type {NonNullable<SurfaceView["nodes"]>} */ (this.nodes).rows;
    for (let p = 0; p < long && n < levels.length; p += 1) {
      const [x, y] = [0, 1].map((a) => from[a] + (p / long) * (to[a] - from[a]));
      const [q, r] = [Math.min(Math.max(x | 0, 0), box.w - 1), Math.min(Math.max(y | 0, 0), box.h - 1)];
      const i = rows[r] * across + columns[q];
      const below = z[i] + s[q] * (z[i + 1] - z[i]);
      const above = z[i + across] + s[q] * (z[i + across + 1] - z[i + across]);
      const height = below + t[r] * (above - below);
      while (n < levels.length && levels[n][0] <= height) {
        if (levels[n][0] > before && p - last >= LABELS && up) {
          // Near the edge it moves in: a number that is cut off is another number.
          const half = pen.measureText(levels[n][1]).width / 2 + 3;
          const middle = Math.min(Math.max(x, half), box.w - half);
          pen.strokeText(levels[n][1], middle, -y);
          pen.fillText(levels[n][1], middle, -y);
          last = p;
        }
        n += 1;
      }
      before = height;
    }
  }

  /**
   * The corner that lies well aside of the way the run takes to the lowest place, and how far off.
   * @param {number[]} from
   * @returns {[corner: number[], px: number]}
   */
  #aside([x, y]) {
    const { box, playback } = this;
    const [i, j] = playback.spec.plane;
    const [left, top] = this.px(playback.params[i], playback.params[j]);
    const [u, v] = [left - box.x - x, box.y + box.h - top - y];
    const corners = [[22, 14], [box.w - 22, 14], [22, box.h - 14], [box.w - 22, box.h - 14]];
    /** @param {number[]} corner */
    const far = ([a, b]) => Math.hypot(a - x, b - y);
    /** @param {number[]} corner */
    const worth = ([a, b]) => far([a, b]) - Math.abs((a - x) * u + (b - y) * v) / (Math.hypot(u, v) || 1);
    const best = corners.reduce((one, other) => (worth(other) > worth(one) ? other : one));
    return [best, far(best)];
  }

  /** @override */
  move() {
    if (!this.xs || !this.spec) return;
    const { playback, k } = this;
    const [i, j] = playback.spec.plane;
    /** @type {At} */
    const at = (array, n) => this.px(array[3 * n + i], array[3 * n + j]);
    const here = at(playback.params, k);
    this.#trail(at);
    this.#beside(at);
    this.#put(this.marker, here);
    this.grip.stand(here);
    const next = at(playback.following, k);
    const shown = next.every(Number.isFinite) && near(next) && near(here);
    for (const node of [this.ghost, this.leap]) node.style.display = shown ? "" : "none";
    if (shown) {
      this.#put(this.ghost, next);
      this.leap.setAttribute("d", joined([here, next]));
    }
    this.#arrow(here, k);
    // Where the arrow is the next step itself it says so alone.
    const [u, v] = this.#down(k);
    const same = Math.hypot(u - next[0], v - next[1]) < 1;
    if (same && this.downhill.style.display !== "none") this.leap.style.display = "none";
    const best = playback.spec.minimum;
    const [x, y] = best ? this.px(best[i], best[j]) : [NaN, NaN];
    this.best.style.display = near([x, y]) ? "" : "none";
    // A minimum on another slice is drawn faint: here it is only the place below it.
    const third = 3 - i - j;
    const away = best ? Math.abs(best[third] - playback.at(playback.params, k)[third]) : 0;
    this.elsewhere = best !== null && away > 0.05 * (1 + Math.abs(best[third]));
    if (best && near([x, y])) {
      this.best.style.opacity = this.elsewhere ? "0.45" : "1";
      this.best.setAttribute("d", `M${x - 6},${y}h12M${x},${y - 6}v12`);
    }
  }

  /** @param {SVGElement} node @param {Place} place */
  #put(node, place) {
    node.style.display = near(place) ? "" : "none";
    if (near(place)) node.setAttribute("transform", `translate(${place})`);
  }

  /**
   * The path so far with a dot for each step: the older, the fainter.
   * @param {At} at
   */
  #trail(at) {
    const { playback, k } = this;
    const { d, dots } = this.#path(playback, k, at);
    this.trail.setAttribute("d", d);
    this.casing.setAttribute("d", d);
    this.dots[FRESH.length].setAttribute("d", dots);
    FRESH.forEach((steps, n) => {
      const from = Math.max(0, k - steps);
      const list = Array.from({ length: k - from + 1 }, (_, s) => at(playback.params, from + s)).filter(near);
      this.fresh[n].setAttribute("d", joined(list));
      this.dots[n].setAttribute("d", list.map((place) => `M${written(place)}h0`).join(""));
    });
    this.ahead.style.display = this.held ? "" : "none";
    if (!this.held) return;
    const whole = Array.from({ length: playback.taken + 1 }, (_, s) => at(playback.params, s));
    this.ahead.setAttribute("d", joined(whole));
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
      trail.setAttribute("d", this.#path(other, k, at).d);
      this.#put(end, at(other.params, k));
    });
  }

  /**
   * The path of a run so far; kept from frame to frame and made longer, unless it moves with the
   * surface.
   * @param {Taken} run @param {number} k @param {At} at
   */
  #path({ params }, k, at) {
    let kept = this.#paths.get(params);
    if (!kept || kept.xs !== this.xs || kept.k > k || this.solid) kept = { xs: this.xs, k: -1, d: "", dots: "" };
    this.#paths.set(params, kept);
    const stride = this.solid ? Math.ceil((k + 1) / MOST) : 1;
    for (let n = kept.k + 1; n <= k; n += n + stride > k && n < k ? k - n : stride) {
      const p = at(params, n);
      if (!near(p)) continue;
      kept.d += `${kept.d ? "L" : "M"}${written(p)}`;
      kept.dots += `M${written(p)}h0`;
    }
    kept.k = k;
    return kept;
  }

  /**
   * Where −η∂J leads, in px.
   * @param {number} k
   */
  #down(k) {
    const { playback } = this;
    const { constants, plane: [i, j] } = playback.spec;
    const [w, g] = [playback.at(playback.params, k), playback.at(playback.gradients, k)];
    return this.px(w[i] - constants.eta * g[i], w[j] - constants.eta * g[j]);
  }

  /**
   * Gradient descent's own step from here, −η∂J, as long as it is; Newton has no η.
   * @param {Place} from @param {number} k
   */
  #arrow([x, y], k) {
    const { opt } = this.playback.spec;
    const [ex, ey] = this.#down(k);
    const length = Math.hypot(ex - x, ey - y);
    const shown = opt !== "newton" && length > 1 && near([x, y]) && near([ex, ey]);
    this.downhill.style.display = shown ? "" : "none";
    if (!shown) return;
    const [u, v] = [(ex - x) / length, (ey - y) / length];
    const sides = [1, -1].map((s) => `${ex - 7 * u + 4 * s * v},${ey - 7 * v - 4 * s * u}`);
    const head = length > HEAD ? `M${sides[0]}L${ex},${ey}L${sides[1]}` : "";
    this.downhill.setAttribute("d", `M${x},${y}L${ex},${ey}${head}`);
  }

  /** What the caption adds where the axes are not drawn 1 : 1. */
  get note() {
    if (!this.spec || this.spec.equal || this.solid || !this.xs) return "";
    const [across, up] = this.playback.axes.map((axis) => axis[axis.length - 1] - axis[0]);
    const ratio = (this.box.w / across) / (this.box.h / up);
    const [a, b] = ratio > 1 ? this.spec.letters : [this.spec.letters[1], this.spec.letters[0]];
    const times = number(Number((ratio > 1 ? ratio : 1 / ratio).toPrecision(2)));
    return ` A unit of ${a} is drawn about ${times} times as long as one of ${b}: `
      + "here downhill does not stand at right angles to the contours.";
  }
}
