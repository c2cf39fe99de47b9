// The figures of a training. Plotly draws what stands still; what moves lies on an SVG layer
// above it, because that costs a tenth of a millisecond and Plotly's own update several.

import { el } from "./dom.js";
import { recolour } from "./figure.js";
import { halfPlane } from "./playback.js";

const SVG = "http://www.w3.org/2000/svg";
let clips = 0;

function shape(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

const points = (list) => list.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L");

/** One figure, one element, for ever; with a layer that moves. */
class View {
  constructor(name) {
    this.plot = el("div", { class: "lvt-plot", role: "img" });
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "lvt-layer");
    this.svg.setAttribute("aria-hidden", "true");
    const id = `lvt-clip-${(clips += 1)}`;
    const clip = shape("clipPath", { id }, shape("defs", {}, this.svg));
    this.window = shape("rect", {}, clip);
    this.layer = shape("g", { "clip-path": `url(#${id})` }, this.svg);
    this.node = el("div", { class: `lvt-view lvt-${name}` }, this.plot, this.svg);
  }

  async draw(Plotly, figure, palettes, mode) {
    this.Plotly = Plotly;
    const own = recolour(figure, palettes.light, palettes[mode]);
    this.fill(own);
    Object.assign(own.layout, this.#size());
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

  /** Data that the figure's JSON leaves to the browser. */
  fill() {}

  #size() {
    return { width: this.node.clientWidth, height: this.node.clientHeight };
  }

  async resize() {
    const { width, height } = this.#size();
    const { layout } = this.plot;
    if (!layout || !width || (layout.width === width && layout.height === height)) return;
    await this.Plotly.relayout(this.plot, { width, height });
    this.place();
  }

  /** Bring the layer to the axes as they are; subclasses redraw what lies on it. */
  place() {
    const { width, height, margin, scene } = this.plot.layout;
    this.svg.style.display = scene ? "none" : "";
    if (scene) return;
    this.box = { x: margin.l, y: margin.t, w: width - margin.l - margin.r, h: height - margin.t - margin.b };
    for (const [name, value] of [["x", this.box.x], ["y", this.box.y], ["width", this.box.w], ["height", this.box.h]]) {
      this.window.setAttribute(name, Math.max(value, 0));
    }
    this.xs = this.#scale(this.plot.layout.xaxis, this.box.x, this.box.w);
    this.ys = this.#scale(this.plot.layout.yaxis, this.box.y + this.box.h, -this.box.h);
    this.move(true);
  }

  #scale(axis, from, length) {
    const [low, high] = axis.range.map(Number);
    return axis.type === "log"
      ? (v) => from + ((Math.log10(v) - low) / (high - low)) * length
      : (v) => from + ((v - low) / (high - low)) * length;
  }

  px(x, y) {
    return [this.xs(x), this.ys(y)];
  }

  /** What stands at a pixel of a linear axis: the way back from `px`. */
  read(left, top) {
    const { box } = this;
    const { xaxis, yaxis } = this.plot.layout;
    const back = ({ range: [low, high] }, share) => Number(low) + share * (Number(high) - Number(low));
    return [back(xaxis, (left - box.x) / box.w), back(yaxis, 1 - (top - box.y) / box.h)];
  }

  move() {}

  describe(sentence) {
    this.plot.setAttribute("aria-label", sentence);
  }
}

/** One line for each run that may stand beside the first. */
const beside = (layer, name) => ["b", "c"].map((letter) => shape("path", { class: `${name} lvt-run-${letter}` }, layer));

/** Where those runs stand: a marker with the run's letter in it. */
const markers = (layer) => ["b", "c"].map((letter) => {
  const end = shape("g", { class: `lvt-end lvt-run-${letter}` }, layer);
  shape("path", {}, end);
  shape("text", { class: "lvt-letter", "text-anchor": "middle", y: 3.2 }, end).textContent = letter.toUpperCase();
  return end;
});

/** Dash and marker of those runs, as `figures/styles.py` has them; the colour is in the style sheet. */
function dress(lines, ends, styles) {
  lines.forEach((node, n) => node.setAttribute("stroke-dasharray", styles[n + 1].dasharray));
  ends.forEach((node, n) => node.firstChild.setAttribute("d", styles[n + 1].outline));
}

const FAR = 1e5; // px; beyond it SVG renderers lose precision
const near = ([x, y]) => Math.abs(x) < FAR && Math.abs(y) < FAR;
const ARROW = 46; // px
const LIFT = 0.012; // of the height: what stands on a surface must not sink into it
const FLAT = 1e-6; // a gradient this small is not worth an arrow

/** The loss in a plane, the path on it, downhill and the next step. */
export class SurfaceView extends View {
  constructor() {
    super("surface");
    this.others = beside(this.layer, "lvt-trail");
    this.trail = shape("path", { class: "lvt-trail" }, this.layer);
    this.leap = shape("path", { class: "lvt-leap" }, this.layer);
    this.ghost = shape("circle", { class: "lvt-ghost", r: 7 }, this.layer);
    this.downhill = shape("path", { class: "lvt-downhill" }, this.layer);
    this.ends = markers(this.layer);
    this.marker = shape("circle", { class: "lvt-marker", r: 7 }, this.layer);
    this.best = shape("path", { class: "lvt-best" }, this.layer);
  }

  load(playback, styles) {
    this.playback = playback;
    this.k = this.all = 0;
    dress(this.others, this.ends, styles);
  }

  fill(figure) {
    const [loss] = figure.data;
    this.solid = loss.type === "surface";
    loss.z = this.playback.z;
    if (!this.solid) loss.customdata = this.playback.losses2d;
  }

  /** Draw step k. `changed`: the playback has cut another slice. Runs beside stand at step `all`. */
  show(k, changed, all = k) {
    this.k = k;
    this.all = all;
    if (!this.Plotly) return;
    if (this.solid) this.#solid(changed);
    else if (changed) this.Plotly.restyle(this.plot, { z: [this.playback.z] }, [0]);
    this.move();
  }

  /** WebGL draws as fast as it can: a frame that comes while it draws waits its turn. */
  #solid(changed) {
    if (this.drawing) {
      this.late = true;
      return;
    }
    const { playback, k } = this;
    const [i, j] = playback.spec.plane;
    // Everything stands on the slice drawn, as in the contour: paths are projections onto it.
    const lift = LIFT * (playback.spec.high - playback.spec.low);
    const along = (rows) => {
      const places = rows.map(([x, y]) => [x, y, playback.height(x, y)]).filter(([, , z]) => z !== null);
      return [0, 1, 2].map((n) => places.map((place) => place[n] + (n === 2 ? lift : 0)));
    };
    const upTo = (run, last) => Array.from({ length: last + 1 }, (_, s) => [run.params[3 * s + i], run.params[3 * s + j]]);
    const next = playback.at(playback.following, k);
    const drawn = [
      upTo(playback, k),
      [[playback.params[3 * k + i], playback.params[3 * k + j]]],
      next.every(Number.isFinite) ? [[next[i], next[j]]] : [],
    ];
    for (const other of playback.comparisons) {
      const rows = upTo(other, Math.min(this.all, other.taken));
      drawn.push(rows, rows.slice(-1));
    }
    const [xs, ys, zs] = [0, 1, 2].map((n) => drawn.map((rows) => along(rows)[n]));
    this.drawing = true;
    const traces = drawn.map((_, n) => n + 1);
    if (changed) traces.unshift(0);
    if (changed) for (const [list, grid] of [[xs, playback.axes[0]], [ys, playback.axes[1]], [zs, playback.z]]) list.unshift(grid);
    const done = this.Plotly.restyle(this.plot, { x: xs, y: ys, z: zs }, traces);
    done.then(() => new Promise((resolve) => requestAnimationFrame(resolve))).then(() => {
      this.drawing = false;
      if (this.late) {
        this.late = false;
        this.#solid(true);
      }
    });
  }

  move() {
    if (this.solid || !this.xs) return;
    const { playback, k } = this;
    const [i, j] = playback.spec.plane;
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
      this.best.style.opacity = far ? 0.35 : 1;
      this.best.setAttribute("d", `M${x - 6},${y}h12M${x},${y - 6}v12`);
    }
  }

  /** The runs beside: their paths, projected onto this slice, and where they stand. */
  #beside(at) {
    this.others.forEach((trail, n) => {
      const other = this.playback.comparisons[n];
      const end = this.ends[n];
      trail.style.display = other ? "" : "none";
      const k = other && Math.min(this.all, other.taken);
      const here = other && at(other.params, k);
      end.style.display = other && near(here) ? "" : "none";
      if (!other) return;
      trail.setAttribute("d", this.#path(other, k, at));
      end.setAttribute("transform", `translate(${here})`);
    });
  }

  /** The path of a run so far; kept from frame to frame and made longer. */
  #path(run, k, at) {
    this.kept ??= new WeakMap();
    let kept = this.kept.get(run);
    if (kept?.xs !== this.xs || kept.k > k) kept = { xs: this.xs, k: -1, d: "" };
    this.kept.set(run, kept);
    for (let n = kept.k + 1; n <= k; n += 1) {
      const p = at(run.params, n);
      if (near(p)) kept.d += `${kept.d ? "L" : "M"}${p[0].toFixed(1)},${p[1].toFixed(1)}`;
    }
    kept.k = k;
    return kept.d;
  }

  /** Downhill in this plane, −∂J: its direction; its length says nothing. */
  #arrow([x, y], gradient) {
    const [i, j] = this.playback.spec.plane;
    const dx = this.xs(-gradient[i]) - this.xs(0);
    const dy = this.ys(-gradient[j]) - this.ys(0);
    // Where the gradient is next to nothing there is no way down to point out.
    const length = Math.hypot(gradient[i], gradient[j]) < FLAT ? 0 : Math.hypot(dx, dy);
    this.downhill.style.display = length > 0 && Number.isFinite(length) ? "" : "none";
    if (!(length > 0)) return;
    const [u, v] = [dx / length, dy / length];
    const [ex, ey] = [x + ARROW * u, y + ARROW * v];
    this.downhill.setAttribute("d",
      `M${x + 9 * u},${y + 9 * v}L${ex},${ey}M${ex - 7 * u + 4 * v},${ey - 7 * v - 4 * u}L${ex},${ey}L${ex - 7 * u - 4 * v},${ey - 7 * v + 4 * u}`);
  }
}

/** From so many rows on, points are painted on a canvas: as SVG they would slow every frame. */
const MANY = 1500;
const TURN = 250; // rows painted before the other class has its turn
const REACH = 12; // px around a painted point that a click may miss it by

/** The examples, the side the model calls 1, the boundary, and the example chosen. */
export class DataView extends View {
  constructor() {
    super("data");
    this.canvas = el("canvas", { class: "lvt-canvas", "aria-hidden": "true" });
    this.svg.before(this.canvas);
    this.side = shape("path", { class: "lvt-side" }, this.layer);
    this.lines = beside(this.layer, "lvt-boundary");
    this.line = shape("path", { class: "lvt-boundary" }, this.layer);
    this.contributions = shape("g", {}, this.layer);
    this.ring = shape("circle", { class: "lvt-ring", r: 9 }, this.layer);
    this.node.addEventListener("pointerdown", (down) => {
      // Plotly lays a sheet over the page while a button is down: the release comes anywhere.
      window.addEventListener("pointerup", (up) => this.#pick(down, up), { once: true, capture: true });
    }, true);
  }

  load(playback, styles) {
    this.playback = playback;
    dress(this.lines, [], styles);
    // Nothing is chosen among these rows before the first show.
    this.k = undefined;
  }

  get many() {
    return this.playback.rows > MANY;
  }

  fill(figure) {
    this.colours = figure.data.map((trace) => trace.marker.color);
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

  show(k, example, hardest, all = k) {
    Object.assign(this, { k, example, hardest, all });
    this.move();
  }

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
    Object.assign(canvas, { width: width * dense, height: height * dense });
    const pen = canvas.getContext("2d");
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

  /** Points of one class among some rows: open circles for 0, full diamonds for 1. */
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

  /** The painted point nearest to a click. */
  #pick(down, event) {
    if (!this.many || this.bare || Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > 3) return;
    const { left, top } = this.node.getBoundingClientRect();
    let [best, least] = [-1, REACH];
    for (let i = 0; i < this.playback.rows; i += 1) {
      const [px, py] = this.#at(i);
      const far = Math.hypot(px - event.clientX + left, py - event.clientY + top);
      if (far < least) [best, least] = [i, far];
    }
    if (best >= 0) this.clicked({ customdata: best });
  }

  move() {
    if (!this.xs || this.k === undefined) return;
    const { playback } = this;
    const { xaxis, yaxis } = this.plot.layout;
    const map = (list) => points(list.map(([x, y]) => this.px(x, y)));
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
    this.ring.setAttribute("r", wide + 3);
    this.ring.setAttribute("transform", `translate(${this.#at(this.example)})`);
    while (this.contributions.childNodes.length < this.hardest.length) {
      shape("circle", { class: "lvt-contribution", r: 6 }, this.contributions);
    }
    [...this.contributions.childNodes].forEach((node, n) => {
      node.style.display = n < this.hardest.length ? "" : "none";
      node.setAttribute("r", wide);
      if (n < this.hardest.length) node.setAttribute("transform", `translate(${this.#at(this.hardest[n])})`);
    });
  }

  #at(i) {
    // While a hand moves a point, its ring goes with it; training follows a moment later.
    const own = this.placedNow?.()?.[i];
    return own ? this.px(own[0], own[1]) : this.px(this.playback.raw[2 * i], this.playback.raw[2 * i + 1]);
  }
}

/** The loss by step, and where we are. */
export class LossView extends View {
  constructor() {
    super("loss");
    this.cursor = shape("path", { class: "lvt-cursor" }, this.layer);
    this.ends = markers(this.layer);
    this.dot = shape("circle", { class: "lvt-marker", r: 5 }, this.layer);
  }

  load(playback, styles) {
    this.playback = playback;
    dress([], this.ends, styles);
  }

  show(k, all = k) {
    this.k = k;
    this.all = all;
    this.move();
  }

  move() {
    if (!this.xs || this.k === undefined) return;
    const at = (run, k) => this.px(k, Math.max(run.losses[k], 1e-12));
    this.cursor.setAttribute("d", `M${this.xs(this.all)},${this.box.y}v${this.box.h}`);
    this.dot.setAttribute("transform", `translate(${at(this.playback, this.k)})`);
    this.ends.forEach((node, n) => {
      const other = this.playback.comparisons[n];
      node.style.display = other ? "" : "none";
      if (other) node.setAttribute("transform", `translate(${at(other, Math.min(this.all, other.taken))})`);
    });
  }
}
