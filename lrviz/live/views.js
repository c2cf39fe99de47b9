// The figures of a film. Plotly draws what stands still; what moves lies on an SVG layer
// above it, because that costs a tenth of a millisecond and Plotly's own update several.

import { el } from "./dom.js";
import { recolour } from "./figure.js";
import { halfPlane } from "./reel.js";

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
    this.plot = el("div", { class: "lvf-plot", role: "img" });
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "lvf-layer");
    this.svg.setAttribute("aria-hidden", "true");
    const id = `lvf-clip-${(clips += 1)}`;
    const clip = shape("clipPath", { id }, shape("defs", {}, this.svg));
    this.window = shape("rect", {}, clip);
    this.layer = shape("g", { "clip-path": `url(#${id})` }, this.svg);
    this.node = el("div", { class: `lvf-view lvf-${name}` }, this.plot, this.svg);
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

  move() {}

  describe(sentence) {
    this.plot.setAttribute("aria-label", sentence);
  }
}

const FAR = 1e5; // px; beyond it SVG renderers lose precision
const near = ([x, y]) => Math.abs(x) < FAR && Math.abs(y) < FAR;
const ARROW = 46; // px
const FLAT = 1e-6; // a gradient this small is not worth an arrow

/** The loss in a plane, the path on it, downhill and the next step. */
export class SurfaceView extends View {
  constructor() {
    super("surface");
    this.trail = shape("path", { class: "lvf-trail" }, this.layer);
    this.leap = shape("path", { class: "lvf-leap" }, this.layer);
    this.ghost = shape("circle", { class: "lvf-ghost", r: 7 }, this.layer);
    this.downhill = shape("path", { class: "lvf-downhill" }, this.layer);
    this.marker = shape("circle", { class: "lvf-marker", r: 7 }, this.layer);
    this.best = shape("path", { class: "lvf-best" }, this.layer);
  }

  load(reel) {
    this.reel = reel;
    this.k = 0;
  }

  fill(figure) {
    const [loss] = figure.data;
    this.solid = loss.type === "surface";
    loss.z = this.reel.z;
    if (!this.solid) loss.customdata = this.reel.losses2d;
  }

  /** Draw step k. `changed`: the reel has cut another slice. */
  show(k, changed) {
    this.k = k;
    if (!this.Plotly) return;
    if (this.solid) this.#solid(changed);
    else if (changed) this.Plotly.restyle(this.plot, { z: [this.reel.z] }, [0]);
    this.move();
  }

  /** WebGL draws as fast as it can: a frame that comes while it draws waits its turn. */
  #solid(changed) {
    if (this.drawing) {
      this.late = true;
      return;
    }
    const { reel, k } = this;
    const [i, j] = reel.spec.plane;
    const upTo = k + 1;
    const column = (n) => Array.from({ length: upTo }, (_, s) => reel.params[3 * s + n]);
    const heights = Array.from({ length: upTo }, (_, s) => Math.log10(reel.losses[s]));
    const next = reel.at(reel.following, k);
    const nextLoss = k < reel.taken ? [Math.log10(reel.losses[k + 1])] : [];
    const xs = [column(i), [reel.params[3 * k + i]], nextLoss.length ? [next[i]] : []];
    const ys = [column(j), [reel.params[3 * k + j]], nextLoss.length ? [next[j]] : []];
    const zs = [heights, [heights[k]], nextLoss];
    this.drawing = true;
    const traces = changed ? [0, 1, 2, 3] : [1, 2, 3];
    if (changed) for (const [list, grid] of [[xs, reel.axes[0]], [ys, reel.axes[1]], [zs, reel.z]]) list.unshift(grid);
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
    const { reel, k } = this;
    const [i, j] = reel.spec.plane;
    const at = (array, n) => this.px(array[3 * n + i], array[3 * n + j]);
    const here = at(reel.params, k);
    this.trail.setAttribute("d", this.#path(k, at));
    this.marker.setAttribute("transform", `translate(${here})`);
    this.marker.style.display = near(here) ? "" : "none";
    const next = at(reel.following, k);
    const shown = next.every(Number.isFinite) && near(next);
    for (const node of [this.ghost, this.leap]) node.style.display = shown ? "" : "none";
    if (shown) {
      this.ghost.setAttribute("transform", `translate(${next})`);
      this.leap.setAttribute("d", `M${points([here, next])}`);
    }
    this.#arrow(here, reel.at(reel.gradients, k));
    const best = reel.spec.minimum;
    this.best.style.display = best ? "" : "none";
    if (best) {
      const [x, y] = this.px(best[i], best[j]);
      // A minimum on another slice is drawn faint: here it is only the place below it.
      const third = 3 - i - j;
      const far = Math.abs(best[third] - reel.at(reel.params, k)[third]) > 0.05 * (1 + Math.abs(best[third]));
      this.best.style.opacity = far ? 0.35 : 1;
      this.best.setAttribute("d", `M${x - 6},${y}h12M${x},${y - 6}v12`);
    }
  }

  /** The path so far; kept from frame to frame and made longer. */
  #path(k, at) {
    const same = this.kept && this.kept.xs === this.xs && this.kept.reel === this.reel;
    if (!same || this.kept.k > k) this.kept = { xs: this.xs, reel: this.reel, k: -1, d: "" };
    const { kept } = this;
    for (let n = kept.k + 1; n <= k; n += 1) {
      const p = at(this.reel.params, n);
      if (near(p)) kept.d += `${kept.d ? "L" : "M"}${p[0].toFixed(1)},${p[1].toFixed(1)}`;
    }
    kept.k = k;
    return kept.d;
  }

  /** Downhill in this plane, −∂J: its direction; its length says nothing. */
  #arrow([x, y], gradient) {
    const [i, j] = this.reel.spec.plane;
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

/** The examples, the side the model calls 1, the boundary, and the example chosen. */
export class DataView extends View {
  constructor() {
    super("data");
    this.side = shape("path", { class: "lvf-side" }, this.layer);
    this.line = shape("path", { class: "lvf-boundary" }, this.layer);
    this.pulls = shape("g", {}, this.layer);
    this.ring = shape("circle", { class: "lvf-ring", r: 9 }, this.layer);
  }

  load(reel) {
    this.reel = reel;
  }

  show(k, example, hardest) {
    Object.assign(this, { k, example, hardest });
    this.move();
  }

  move() {
    if (!this.xs || this.k === undefined) return;
    const { reel } = this;
    const { xaxis, yaxis } = this.plot.layout;
    const w = reel.raws(reel.at(reel.params, this.k));
    const flat = w[0] === 0 && w[1] === 0;
    const { inside, line } = halfPlane(w, xaxis.range, yaxis.range);
    const map = (list) => points(list.map(([x, y]) => this.px(x, y)));
    this.side.setAttribute("d", inside.length > 2 && !flat ? `M${map(inside)}Z` : "");
    this.line.setAttribute("d", line ? `M${map(line)}` : "");
    this.ring.setAttribute("transform", `translate(${this.#at(this.example)})`);
    while (this.pulls.childNodes.length < this.hardest.length) {
      shape("circle", { class: "lvf-pull", r: 6 }, this.pulls);
    }
    [...this.pulls.childNodes].forEach((node, n) => {
      node.style.display = n < this.hardest.length ? "" : "none";
      if (n < this.hardest.length) node.setAttribute("transform", `translate(${this.#at(this.hardest[n])})`);
    });
  }

  #at(i) {
    return this.px(this.reel.raw[2 * i], this.reel.raw[2 * i + 1]);
  }
}

/** The loss by step, and where we are. */
export class LossView extends View {
  constructor() {
    super("loss");
    this.cursor = shape("path", { class: "lvf-cursor" }, this.layer);
    this.dot = shape("circle", { class: "lvf-marker", r: 5 }, this.layer);
  }

  load(reel) {
    this.reel = reel;
  }

  show(k) {
    this.k = k;
    this.move();
  }

  move() {
    if (!this.xs || this.k === undefined) return;
    const [x, y] = this.px(this.k, Math.max(this.reel.losses[this.k], 1e-12));
    this.cursor.setAttribute("d", `M${x},${this.box.y}v${this.box.h}`);
    this.dot.setAttribute("transform", `translate(${x},${y})`);
  }
}
