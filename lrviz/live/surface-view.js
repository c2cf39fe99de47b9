// The loss surface in a plane of two parameters, with the run on it.

import { beside, dress, markers, near, points, shape, View } from "./view.js";

/** @import { Place, Playback, Run } from "./playback.js" */
/** @import { FigureSpec, Plotly, RunStyle } from "./types.d.ts" */
/** @import { At, Taken } from "./view.js" */

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
    this.play(playback);
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
    this.stand(k, all);
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
