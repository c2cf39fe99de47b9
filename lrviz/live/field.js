// A grid of heights as a picture: coloured between its nodes, with contours, and as a surface in
// space. Pure: numbers in, pixels and lines out. Heights are a flat array, row after row upwards.

/** @typedef {{ across: number, up: number, z: ArrayLike<number> }} Grid nodes across and up, and their heights */
/** @typedef {[x: number, y: number, depth: number]} Projected */

/** Colours that a ramp is cut into. */
const TONES = 256;

/**
 * A ramp of colours as red, green, blue triples of TONES tones.
 * @param {string[]} colours from low to high, #rrggbb
 */
export function tones(colours) {
  const stops = colours.map((c) => [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16)));
  return Array.from({ length: TONES }, (_, n) => {
    const at = (n / (TONES - 1)) * (stops.length - 1);
    const i = Math.min(Math.floor(at), stops.length - 2);
    return stops[i].map((v, c) => Math.round(v + (at - i) * (stops[i + 1][c] - v)));
  });
}

/**
 * The same as pixels of an image.
 * @param {number[][]} list
 */
export function pixels(list) {
  const bytes = Uint8ClampedArray.from(list.flatMap((rgb) => [...rgb, 255]));
  return new Uint32Array(bytes.buffer);
}

/**
 * Between which nodes each pixel of a line of pixels lies, and how far.
 * @param {ArrayLike<number>} nodes their places in px, rising @param {number} length of the line
 */
export function ruler(nodes, length) {
  const cell = new Uint16Array(length);
  const share = new Float32Array(length);
  for (let p = 0, c = 0; p < length; p += 1) {
    while (c < nodes.length - 2 && nodes[c + 1] < p + 0.5) c += 1;
    cell[p] = c;
    share[p] = Math.max(0, Math.min(1, (p + 0.5 - nodes[c]) / (nodes[c + 1] - nodes[c])));
  }
  return { cell, share };
}

/** @typedef {ReturnType<typeof ruler>} Ruler */

/**
 * Colour an image by the heights, bilinear between the nodes.
 * @param {Uint32Array} image rows from the top @param {Grid} grid
 * @param {Ruler} columns @param {Ruler} rows of pixels upwards
 * @param {[low: number, high: number]} range @param {Uint32Array} colours
 */
export function paint(image, { across, z }, columns, rows, [low, high], colours) {
  const wide = columns.cell.length;
  const tall = rows.cell.length;
  const scale = (TONES - 1) / (high - low);
  const line = new Float32Array(across);
  for (let p = 0; p < tall; p += 1) {
    const base = rows.cell[p] * across;
    const t = rows.share[p];
    for (let c = 0; c < across; c += 1) {
      const tone = (z[base + c] + t * (z[base + across + c] - z[base + c]) - low) * scale + 0.5;
      line[c] = Math.max(0, Math.min(TONES - 0.5, tone));
    }
    let at = (tall - 1 - p) * wide;
    for (let q = 0; q < wide; q += 1, at += 1) {
      const c = columns.cell[q];
      image[at] = colours[(line[c] + columns.share[q] * (line[c + 1] - line[c])) | 0];
    }
  }
}

/**
 * The contours in one cell: told as segments (level, x0, y0, x1, y1) with places from 0 to 1.
 *
 * Heights run linearly along the sides. Where a level passes all four, the two corners below it
 * are joined: a loss is convex, so the way between them is below the level too.
 * @param {[number, number, number, number]} corners left and right below, left and right above
 * @param {ArrayLike<number>} levels rising
 * @param {(level: number, x0: number, y0: number, x1: number, y1: number) => void} tell
 */
export function crossings([a, b, d, e], levels, tell) {
  const low = Math.min(a, b, d, e);
  const high = Math.max(a, b, d, e);
  for (let n = 0; n < levels.length; n += 1) {
    const level = levels[n];
    if (level < low) continue;
    if (level >= high) break;
    const below = (a <= level ? 1 : 0) + (b <= level ? 2 : 0) + (d <= level ? 4 : 0) + (e <= level ? 8 : 0);
    const bottom = (level - a) / (b - a);
    const right = (level - b) / (e - b);
    const top = (level - d) / (e - d);
    const left = (level - a) / (d - a);
    switch (below) {
      case 1: case 14: tell(n, bottom, 0, 0, left); break;
      case 2: case 13: tell(n, bottom, 0, 1, right); break;
      case 4: case 11: tell(n, 0, left, top, 1); break;
      case 8: case 7: tell(n, 1, right, top, 1); break;
      case 3: case 12: tell(n, 0, left, 1, right); break;
      case 5: case 10: tell(n, bottom, 0, top, 1); break;
      case 9: tell(n, bottom, 0, 1, right); tell(n, 0, left, top, 1); break;
      case 6: tell(n, bottom, 0, 0, left); tell(n, 1, right, top, 1); break;
      default:
    }
  }
}

/**
 * All contours of a grid whose nodes stand at places in px.
 * @param {Grid} grid @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys
 * @param {ArrayLike<number>} levels rising
 * @param {(level: number, x0: number, y0: number, x1: number, y1: number) => void} tell
 */
export function contours({ across, up, z }, xs, ys, levels, tell) {
  const [least, most] = [levels[0], levels[levels.length - 1]];
  for (let r = 0; r < up - 1; r += 1) {
    for (let c = 0, i = r * across; c < across - 1; c += 1, i += 1) {
      const [a, b, d, e] = [z[i], z[i + 1], z[i + across], z[i + across + 1]];
      const [low, high] = [Math.min(a, b, d, e), Math.max(a, b, d, e)];
      if (high < least || low > most) continue;
      const [x, y, w, h] = [xs[c], ys[r], xs[c + 1] - xs[c], ys[r + 1] - ys[r]];
      crossings([a, b, d, e], levels, (n, x0, y0, x1, y1) =>
        tell(n, x + w * x0, y + h * y0, x + w * x1, y + h * y1));
    }
  }
}

/** A place to look from: turned about the upright, raised above the ground, in radians. */
export class Camera {
  turn = -0.55;
  rise = 0.72;
  /** Distance in half widths of the surface: nearer means stronger perspective. */
  far = 5;
  /** Half the height of the surface, in its half widths. */
  height = 0.62;
  #sines = [0, 1, 0, 1];

  /** Where it looks from; called when that has changed. */
  aim() {
    this.rise = Math.max(0.15, Math.min(1.5, this.rise));
    this.#sines = [Math.sin(this.turn), Math.cos(this.turn), Math.sin(this.rise), Math.cos(this.rise)];
  }

  /**
   * A place of the cube from −1 to 1, as seen: right, up, and how far away.
   * @param {number} x @param {number} y @param {number} z
   * @returns {Projected}
   */
  see(x, y, z) {
    const [st, ct, sr, cr] = this.#sines;
    const u = x * ct - y * st;
    const v = x * st + y * ct;
    const w = z * this.height;
    const depth = v * cr - w * sr;
    const near = this.far / (this.far + depth);
    return [u * near, (v * sr + w * cr) * near, depth];
  }

  /** Whether columns and rows are painted from the first to the last: from the far end on. */
  get order() {
    const [st, ct] = this.#sines;
    return { across: st < 0, up: ct < 0 };
  }
}

/**
 * Every how many nodes a surface in space has a corner, so that no more than some are painted.
 * @param {number} nodes @param {number} most
 */
function thinned(nodes, most) {
  const stride = Math.ceil((nodes - 1) / (most - 1));
  const kept = Array.from({ length: Math.floor((nodes - 1) / stride) + 1 }, (_, n) => n * stride);
  if (kept[kept.length - 1] !== nodes - 1) kept.push(nodes - 1);
  return kept;
}

/**
 * Paint the surface cell by cell, from the far end to the near one, each with its contours.
 * @param {CanvasRenderingContext2D} pen
 * @param {Grid} grid
 * @param {{ xs: ArrayLike<number>, ys: ArrayLike<number>, see: (x: number, y: number, z: number) => number[] }} space
 *   the nodes' places from −1 to 1, and where a place (x, y, height) is seen, in px
 * @param {{ across: boolean, up: boolean }} order
 * @param {{ range: [low: number, high: number], shades: string[], levels: ArrayLike<number>, line: string }} look
 */
export function solid(pen, { across, up, z }, { xs, ys, see }, order, { range: [low, high], shades, levels, line }) {
  const [columns, rows] = [thinned(across, 61), thinned(up, 61)];
  const wide = columns.length;
  const seen = new Float32Array(2 * wide * rows.length);
  const heights = new Float32Array(wide * rows.length);
  for (let r = 0, i = 0; r < rows.length; r += 1) {
    for (let c = 0; c < wide; c += 1, i += 1) {
      heights[i] = z[rows[r] * across + columns[c]];
      const [px, py] = see(xs[columns[c]], ys[rows[r]], heights[i]);
      seen[2 * i] = px;
      seen[2 * i + 1] = py;
    }
  }
  const scale = (shades.length - 1) / (high - low);
  pen.lineWidth = 0.8;
  pen.strokeStyle = line;
  let tone = -1;
  for (let n = 0; n < rows.length - 1; n += 1) {
    const r = order.up ? n : rows.length - 2 - n;
    for (let m = 0; m < wide - 1; m += 1) {
      const c = order.across ? m : wide - 2 - m;
      const i = r * wide + c;
      const [a, b, d, e] = [heights[i], heights[i + 1], heights[i + wide], heights[i + wide + 1]];
      const next = Math.max(0, Math.min(shades.length - 1, Math.round(((a + b + d + e) / 4 - low) * scale)));
      if (next !== tone) {
        tone = next;
        pen.fillStyle = shades[tone];
      }
      const [j, k, l] = [2 * i, 2 * (i + wide), 2 * i + 2];
      const [ax, ay, bx, by] = [seen[j], seen[j + 1], seen[l], seen[l + 1]];
      const [dx, dy, ex, ey] = [seen[k], seen[k + 1], seen[k + 2], seen[k + 3]];
      // A little larger than it is, or the ground shines through between two cells.
      const [mx, my, out] = [(ax + bx + dx + ex) / 4, (ay + by + dy + ey) / 4, 1.09];
      pen.beginPath();
      pen.moveTo(mx + out * (ax - mx), my + out * (ay - my));
      pen.lineTo(mx + out * (bx - mx), my + out * (by - my));
      pen.lineTo(mx + out * (ex - mx), my + out * (ey - my));
      pen.lineTo(mx + out * (dx - mx), my + out * (dy - my));
      pen.fill();
      let lines = false;
      crossings([a, b, d, e], levels, (_, x0, y0, x1, y1) => {
        if (!lines) pen.beginPath();
        lines = true;
        /** @type {(s: number, t: number) => [number, number]} */
        const at = (s, t) => [
          (1 - t) * (ax + s * (bx - ax)) + t * (dx + s * (ex - dx)),
          (1 - t) * (ay + s * (by - ay)) + t * (dy + s * (ey - dy)),
        ];
        pen.moveTo(...at(x0, y0));
        pen.lineTo(...at(x1, y1));
      });
      if (lines) pen.stroke();
    }
  }
}
