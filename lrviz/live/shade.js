// What the model believes, under the points of the data plane: the ground shaded by a, and around
// each point a halo that is as large as |a − y|. Painted anew at each step, on one canvas.

import { assign, el } from "./dom.js";

/** @import { Place } from "./playback.js" */

/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {(i: number) => Place} Spot where example i lies, in px */

const [ACROSS, UP] = [96, 64]; // a ground of so few cells is smoothed when it is stretched
const [CELLS, FLAT] = [512, 8]; // entries of the table of a, for z from −8 to 8
const TINT = 0.42; // how much of its class's colour the ground has where a is 0 or 1
const [LEAST, GROWTH] = [0.12, 11]; // |a − y| from which a halo is drawn, and its px at 1

/** @param {string} colour @returns {number[]} */
const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

export class Shade {
  canvas = el("canvas", { class: "lvt-canvas lvt-shade", "aria-hidden": "true" });
  cells = el("canvas", { width: ACROSS, height: UP });
  table = new Uint32Array(CELLS + 1);
  /** @type {ImageData | null} */
  image = null;
  /** @type {string[]} of the two classes */
  colours = [];

  /**
   * The colours of the two classes; where a = ½ the ground has none.
   * @param {string[]} colours
   */
  dye(colours) {
    this.colours = colours;
    const [zero, one] = colours.map(channels);
    const bytes = new Uint8ClampedArray(this.table.buffer);
    for (let n = 0; n <= CELLS; n += 1) {
      const a = 1 / (1 + Math.exp(-FLAT * (2 * n / CELLS - 1)));
      const [r, g, b] = a < 0.5 ? zero : one;
      bytes.set([r, g, b, 255 * TINT * Math.abs(2 * a - 1)], 4 * n);
    }
  }

  /** @param {number} width @param {number} height */
  fit(width, height) {
    const dense = window.devicePixelRatio || 1;
    const size = { width: Math.round(width * dense), height: Math.round(height * dense) };
    if (this.canvas.width !== size.width || this.canvas.height !== size.height) assign(this.canvas, size);
  }

  /**
   * The ground for w·x + b over a box of the plane.
   * @param {Box} box @param {number[]} params w₁, w₂, b for what the axes show
   * @param {number[]} across left and right @param {number[]} up bottom and top
   */
  paint({ x, y, w, h }, [w1, w2, b], [left, right], [bottom, top]) {
    const pen = this.canvas.getContext("2d");
    const small = this.cells.getContext("2d");
    if (!pen || !small || w <= 0 || h <= 0) return null;
    this.image ??= small.createImageData(ACROSS, UP);
    const pixels = new Uint32Array(this.image.data.buffer);
    const { table } = this;
    const scale = CELLS / (2 * FLAT);
    const [dx, dy] = [(right - left) / ACROSS, (top - bottom) / UP];
    const step = w1 * dx * scale;
    for (let r = 0, i = 0; r < UP; r += 1) {
      let at = (w1 * (left + dx / 2) + w2 * (top - (r + 0.5) * dy) + b + FLAT) * scale;
      for (let c = 0; c < ACROSS; c += 1, i += 1, at += step) {
        pixels[i] = table[at <= 0 ? 0 : at >= CELLS ? CELLS : at | 0];
      }
    }
    small.putImageData(this.image, 0, 0);
    const dense = window.devicePixelRatio || 1;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.drawImage(this.cells, x, y, w, h);
    return pen;
  }

  /**
   * A halo for each example, as wide as its |a − y|, and with an outline where it is misjudged.
   * @param {CanvasRenderingContext2D} pen @param {Box} box
   * @param {ArrayLike<number>} residuals a − y @param {Spot} spot @param {number} least px of a marker
   * @param {number} threshold of a, from which the model says 1
   */
  halos(pen, { x, y, w, h }, residuals, spot, least, threshold) {
    pen.save();
    pen.beginPath();
    pen.rect(x, y, w, h);
    pen.clip();
    for (const sign of [1, -1]) {
      // What is too high (y = 0) and what is too low (y = 1) has the colour of its own class.
      const wrong = new Path2D();
      pen.beginPath();
      for (let i = 0; i < residuals.length; i += 1) {
        const size = residuals[i] * sign;
        // a = y + (a − y): too high is a ≥ the threshold with y = 0, too low is below it with y = 1.
        const missed = sign > 0 ? size >= threshold : size > 1 - threshold;
        if (!missed && !(size > LEAST)) continue;
        const [px, py] = spot(i);
        const r = least + GROWTH * size;
        pen.moveTo(px + r, py);
        pen.arc(px, py, r, 0, 2 * Math.PI);
        if (!missed) continue;
        wrong.moveTo(px + r, py);
        wrong.arc(px, py, r, 0, 2 * Math.PI);
      }
      pen.fillStyle = pen.strokeStyle = this.colours[sign > 0 ? 0 : 1];
      pen.globalAlpha = 0.3;
      pen.fill();
      pen.globalAlpha = 1;
      pen.lineWidth = 1.5;
      pen.stroke(wrong);
    }
    pen.restore();
  }
}
