// Small plots inside the picture of the graph, as lrviz/figures/plots.py has them: a curve with its
// point and tangent, bars that add up. Python is the authority; a test holds the two equal.

import { put, svg } from "./dom.js";
import { compile, plain } from "./expression.js";
import { exact, number } from "./numbers.js";

/** @import { BarsSpec, CurveSpec, PlotSpec, Read } from "./types.d.ts" */

/** @typedef {[kind: string, d: string]} Mark */
/** @typedef {[x: number, y: number]} Place */

const [SAMPLES, FAR, SPARE, LEAST, STEEP, THIN, EDGE, ROUND] = [96, 1e4, 1.08, 0.25, 1e9, 1.5, 1e-9, 0.5523];
const [THICK, TICK, APART, UNDER, ASIDE, BEYOND, OUT] = [6, 4, 22, 9, 4, 1.1, 0.5];
const BOTH = 500; // px of width for the title of a plot and what the dashed line is
const Z_LIMIT = 700;

/** @type {(x: number, y: number) => string} */
const px = (x, y) => `${x.toFixed(2)},${y.toFixed(2)}`;

/** @type {(place: Place, r: number) => string} */
function dot([x, y], r) {
  const k = r * ROUND;
  return `M${px(x - r, y)} C${px(x - r, y - k)} ${px(x - k, y - r)} ${px(x, y - r)} `
    + `C${px(x + k, y - r)} ${px(x + r, y - k)} ${px(x + r, y)} `
    + `C${px(x + r, y + k)} ${px(x + k, y + r)} ${px(x, y + r)} `
    + `C${px(x - k, y + r)} ${px(x - r, y + k)} ${px(x - r, y)} Z`;
}

/** @type {(tip: Place, away: number[], r: number) => string} */
function arrow([x, y], away, r) {
  const [right, down] = away.map((d) => (Math.abs(d) < OUT ? 0 : Math.sign(d)));
  const long = Math.hypot(right, down);
  const [dx, dy] = [right / long, down / long];
  /** @type {(back: number, aside: number) => string} */
  const corner = (back, aside) => px(x - back * r * dx + aside * r * dy, y - back * r * dy - aside * r * dx);
  return `M${px(x, y)} L${corner(2.4, 1.3)} L${corner(1.6, 0)} L${corner(2.4, -1.3)} Z`;
}

/** @type {(at: number, step: number, low: number, high: number) => number} */
const room = (at, step, low, high) => (step === 0 ? Infinity : Math.max(0, ((step > 0 ? high : low) - at) / step));

/** @type {(v: number, low: number, high: number) => number} */
const within = (v, low, high) => Math.min(Math.max(v, low), high);

/** @param {BarsSpec} plot @param {Read} read @returns {Mark[]} */
function bars({ box: [left, top, width, height], terms }, read) {
  const sums = [0];
  for (const term of terms) sums.push(sums[sums.length - 1] + Number(read(term)));
  const [low, high] = [Math.min(...sums), Math.max(...sums)];
  const scale = width / Math.max(1, high - low);
  const row = height / (terms.length + 1);
  /** @param {number} v */
  const across = (v) => left + width / 2 + (v - (low + high) / 2) * scale;
  /** @type {(n: number, start: number, end: number) => string} */
  const bar = (n, start, end) => {
    const [middle, half] = [across((start + end) / 2), Math.max(Math.abs(end - start) * scale, THIN) / 2];
    const [x0, x1] = [middle - half, middle + half];
    const [y0, y1] = [top + row * n + 3, top + row * (n + 1) - 3];
    return `M${px(x0, y0)} L${px(x1, y0)} L${px(x1, y1)} L${px(x0, y1)} Z`;
  };
  const steps = sums.slice(1).map((v, n) => {
    const y = top + row * (n + 1);
    return `M${px(across(v), y - 3)} L${px(across(v), y + 3)}`;
  });
  return [
    ["axis", `M${px(across(0), top)} L${px(across(0), top + height)}`],
    ["step", steps.join(" ")],
    ["bar", terms.map((_, n) => bar(n, sums[n], sums[n + 1])).join(" ")],
    ["total", bar(terms.length, 0, sums[sums.length - 1])],
  ];
}

/** @type {WeakMap<CurveSpec, ReturnType<typeof compile>>} */
const formulas = new WeakMap();

/** @param {CurveSpec} plot */
function formula(plot) {
  const made = formulas.get(plot) ?? compile(plot.formula);
  formulas.set(plot, made);
  return made;
}

/**
 * The curve at x; null where it has no number.
 * @param {CurveSpec} plot @param {Read} read @param {number} at
 * @returns {(x: number) => number | null}
 */
function heights(plot, read, at) {
  const f = formula(plot);
  const y = Number(read("value.y"));
  const [from, rate] = plot.through
    ? [Number(read(plot.through[0])), plot.through[1] ? Number(read(plot.through[1])) : 1] : [0, 1];
  return (x) => {
    let value = plot.through ? from + (x - at) * rate : x;
    if (plot.through && Math.abs(value) > Z_LIMIT) return null;
    if (plot.name === "L") value = within(value, EDGE, 1 - EDGE);
    return plain(f((name) => (name === plot.letter ? value : y)));
  };
}

/**
 * A path through the points that fit, begun anew after each gap.
 * @param {[number, number | null][]} points @param {(y: number) => boolean} fits
 * @param {(x: number, y: number) => Place} place
 */
function through(points, fits, place) {
  const drawn = [];
  let begun = false;
  for (const [x, y] of points) {
    const seen = y !== null && fits(y);
    if (seen) drawn.push((begun ? "L" : "M") + px(...place(x, y)));
    begun = seen;
  }
  return drawn.join(" ");
}

/** @param {number} least @returns {number} the smallest of 1, 2 and 5 times a power of ten from there on */
function roundStep(least) {
  const power = Math.floor(Math.log10(least));
  const steps = [[1, 0], [2, 0], [5, 0], [1, 1], [2, 1]].map(([digit, more]) => Number(`${digit}e${power + more}`));
  return steps.find((step) => step >= least) ?? steps[4];
}

/**
 * The marks of a scale from 0 to a ceiling that follows its curve: values and where they stand.
 * @param {CurveSpec} plot @param {number} ceiling
 * @returns {[value: number, y: number][]}
 */
function levels({ box: [, top, , height] }, ceiling) {
  const step = roundStep(ceiling * APART / height);
  return Array.from({ length: Math.floor(ceiling / step) + 1 },
    (_, n) => [n * step, top + height - height * n * step / ceiling]);
}

/**
 * Both axes with their marks.
 * @param {CurveSpec} plot @param {[value: number, y: number][]} marks
 */
function axes({ box: [left, top, width, height] }, marks) {
  const under = top + height;
  const across = [0, 1, 2].map((n) => left + width * n / 2).map((x) => `M${px(x, under)} L${px(x, under + TICK)}`);
  const up = marks.map(([, y]) => `M${px(left, y)} L${px(left - TICK, y)}`);
  return [`M${px(left, top)} L${px(left, under)} L${px(left + width, under)}`, ...across, ...up].join(" ");
}

/**
 * From where to where a curve is drawn; to a round number where its point lies beyond.
 * @param {CurveSpec} plot @param {Read} read @returns {[low: number, high: number]}
 */
function span(plot, read) {
  const [low, high] = plot.x;
  const at = plain(read(plot.at));
  if (!plot.through || (low <= at && at <= high)) return [low, high];
  const far = roundStep(BEYOND * Math.abs(at));
  return [-far, far];
}

/**
 * The numbers at the ends of an axis that may grow, and where they stand.
 * @param {CurveSpec} plot @param {Read} read @returns {[value: number, x: number][]}
 */
export function ends(plot, read) {
  if (!plot.through) return [];
  const [low, high] = span(plot, read);
  const [left, , width] = plot.box;
  return [[low, left - ASIDE], [high, left + width + ASIDE]];
}

/** @type {WeakMap<CurveSpec, [value: number, y: number][]>} the marks that a curve's scale has now */
const scales = new WeakMap();

/** @type {WeakMap<CurveSpec, { y: number, d: string }>} curves that depend on the label alone */
const still = new WeakMap();

/** @param {CurveSpec} plot @param {Read} read @param {Read | null} nudged @returns {Mark[]} */
function curve(plot, read, nudged) {
  const [left, top, width, height] = plot.box;
  const [at, level, slope] = [plot.at, plot.height, plot.slope].map((key) => plain(read(key)));
  const [low, high] = span(plot, read);
  const label = Number(read("value.y"));
  const known = still.get(plot);
  const drawn = known?.y === label ? known.d : null;
  /** @type {[number, number | null][]} */
  const points = [];
  let highest = Math.max(LEAST, level);
  if (drawn === null) {
    const f = heights(plot, read, at);
    for (let n = 0; n <= SAMPLES; n += 1) {
      const x = low + (high - low) * n / SAMPLES;
      const y = f(x);
      points.push([x, y]);
      if (y !== null && y > highest) highest = y;
    }
  }
  const [bottom, ceiling] = plot.y ?? [0, SPARE * highest];
  /** @type {(x: number, y: number) => Place} */
  const place = (x, y) => [
    left + width * (x - low) / (high - low), top + height - height * (y - bottom) / (ceiling - bottom),
  ];
  /** @type {(x: number, y: number) => Place} */
  const inside = (x, y) => {
    const [h, v] = place(x, y);
    return [within(h, left, left + width), within(v, top, top + height)];
  };
  /** @type {(x: number, y: number, r: number) => string} */
  const point = (x, y, r) => {
    const [real, seen] = [place(x, y), inside(x, y)];
    const away = [real[0] - seen[0], real[1] - seen[1]];
    return away.every((d) => Math.abs(d) < OUT) ? dot(seen, r) : arrow(seen, away, r);
  };
  /** @type {(through: Place, rise: number, reach: number) => string} */
  const line = ([x, y], rise, reach) => {
    const steep = -within(rise * height / (ceiling - bottom) * (high - low) / width, -STEEP, STEEP);
    const long = Math.hypot(1, steep);
    const [from, to] = [-1, 1].map((sign) => {
      const [dx, dy] = [sign / long, sign * steep / long];
      const far = Math.min(reach, room(x, dx, left, left + width), room(y, dy, top, top + height));
      return px(x + dx * far, y + dy * far);
    });
    return `M${from} L${to}`;
  };
  const path = drawn ?? through(points, (y) => bottom <= y && y <= ceiling, place);
  if (plot.y && !plot.through) still.set(plot, { y: label, d: path });
  const here = inside(at, level);
  /** @type {Mark[]} */
  const out = [];
  if (plot.through) {
    const found = levels(plot, ceiling);
    scales.set(plot, found);
    out.push(["axis", axes(plot, found)]);
  }
  out.push(["curve", path], ["tangent", line(here, slope, plot.reach)]);
  if (nudged) {
    const [x, y] = [plot.at, plot.height].map((key) => plain(nudged(key)));
    out.push(["secant", line(here, x === at ? slope : (y - level) / (x - at), FAR)], ["twin", point(x, y, 4)]);
  }
  out.push(["dot", point(at, level, 5)]);
  return out;
}

/**
 * Width of an edge by the size of its local derivative.
 * @param {number[]} sizes @param {boolean} lit
 */
export const stroke = (sizes, lit) =>
  Math.min(THICK, Math.max(lit ? 2 : 1.2, 1.2 + 1.3 * Math.log2(1 + Math.hypot(...sizes))));

/**
 * The parts of a plot, from back to front.
 * @param {PlotSpec} plot @param {Read} read @param {Read | null} nudged
 */
export const marks = (plot, read, nudged = null) =>
  (plot.kind === "bars" ? bars(plot, read) : curve(plot, read, nudged));

/** The plots of one picture, on a layer over it. */
export class Plots {
  layer = svg("svg", { class: "lv-plots", "aria-hidden": "true" });
  /** @type {PlotSpec[]} */
  specs = [];
  /** @type {Map<string, SVGPathElement>} */
  paths = new Map();
  /** @type {Map<string, string>} what was last written into each */
  last = new Map();
  stage = Infinity;
  /** @type {string[]} slopes that are shown before the walk comes to them */
  seen = [];
  /** @type {SVGTextElement[]} the numbers of a scale that follows its curve */
  ticks = [];
  /** @type {SVGTextElement[]} those at the ends of the axis that may grow */
  outer = [];
  named = svg("text", { class: "lv-mark-name", "text-anchor": "end" });

  /** @param {PlotSpec[]} specs @param {number} width @param {number} height @param {number} offset */
  build(specs, width, height, offset) {
    this.specs = specs;
    this.paths.clear();
    this.last.clear();
    this.ticks = [];
    this.outer = [];
    this.layer.replaceChildren();
    this.fit(width, height, offset);
  }

  /** @param {number} width @param {number} height @param {number} offset */
  fit(width, height, offset) {
    for (const [name, value] of Object.entries({ width, height, viewBox: `${-offset} 0 ${width} ${height}` })) {
      this.layer.setAttribute(name, String(value));
    }
  }

  /** @param {Read} read @param {Read | null} nudged */
  paint(read, nudged) {
    for (const plot of this.specs) {
      const made = marks(plot, read, nudged);
      for (const [kind, d] of made) if (!plot.without.includes(kind)) this.#write(plot, kind, d);
      if (plot.kind === "curve" && plot.through && !plot.without.includes("curve")) {
        this.#scale(plot);
        this.#ends(plot, read);
      }
      if (plot.kind === "curve" && plot.dashed) this.#name(plot, read, nudged);
      for (const kind of ["secant", "twin"]) {
        if (!nudged && this.paths.has(`${plot.name} ${kind}`)) this.#write(plot, kind, "");
      }
    }
  }

  /** @param {PlotSpec} plot @param {string} kind @param {string} d */
  #write(plot, kind, d) {
    const key = `${plot.name} ${kind}`;
    const drawn = d.includes("NaN") ? "" : d; // what no float64 holds has no place
    if (this.last.get(key) === drawn) return;
    this.#path(plot, kind).setAttribute("d", drawn);
    this.last.set(key, drawn);
  }

  /**
   * The numbers of a scale, where its marks are.
   * @param {CurveSpec} plot
   */
  #scale(plot) {
    const found = scales.get(plot) ?? [];
    while (this.ticks.length < found.length) {
      const tick = svg("text", { class: "lv-mark-tick", "text-anchor": "end", x: plot.box[0] - TICK - 3 });
      this.ticks.push(tick);
      this.layer.append(tick);
    }
    this.ticks.forEach((tick, n) => {
      const [text, y] = found[n] ? [number(found[n][0]), (found[n][1] + 4).toFixed(1)] : ["", "0"];
      put(tick, text);
      if (tick.getAttribute("y") !== y) tick.setAttribute("y", y);
    });
  }

  /**
   * The numbers at the ends of an axis that may grow.
   * @param {CurveSpec} plot @param {Read} read
   */
  #ends(plot, read) {
    const [, top, , height] = plot.box;
    ends(plot, read).forEach(([value, x], n) => {
      if (!this.outer[n]) {
        const where = { "text-anchor": n ? "end" : "start", x, y: top + height + UNDER + 4 };
        this.outer.push(svg("text", { class: "lv-mark-tick", ...where }));
        this.layer.append(this.outer[n]);
      }
      put(this.outer[n], number(value));
    });
  }

  /**
   * What the dashed line is, and its slope.
   * @param {CurveSpec} plot @param {Read} read @param {Read | null} nudged
   */
  #name({ at, height, dashed, box: [left, top, width] }, read, nudged) {
    if (!this.named.isConnected) this.layer.append(this.named);
    if (!nudged) {
      this.named.textContent = "";
      return;
    }
    const [run, rise] = [at, height].map((key) => plain(nudged(key)) - plain(read(key)));
    this.named.setAttribute("x", String(left + width));
    // Beside the title of the plot, or above it where there is no room for both.
    this.named.setAttribute("y", String(top - (width < BOTH ? 26 : 8)));
    this.named.textContent = `${dashed} ${exact(rise / run) ? "=" : "≈"} ${number(rise / run)}`;
  }

  /** @param {PlotSpec} plot @param {string} kind */
  #path(plot, kind) {
    const key = `${plot.name} ${kind}`;
    let path = this.paths.get(key);
    if (!path) {
      const role = plot.kind === "curve" ? plot.role : "value";
      path = svg("path", { class: `lv-mark lv-mark-${kind} lv-mark-of-${role}`, "data-plot": plot.name });
      // The point lies over all else of its plot.
      const over = this.paths.get(`${plot.name} dot`);
      if (over) over.before(path);
      else this.layer.append(path);
      this.paths.set(key, path);
      this.#reveal(plot, kind, path);
    }
    return path;
  }

  /** @param {number} stage @param {string[]} seen slopes that are shown all the same */
  reveal(stage, seen = /** @type {string[]} */ ([])) {
    this.stage = stage;
    this.seen = seen;
    const of = this.specs.find((plot) => plot.kind === "curve" && plot.dashed);
    this.named.classList.toggle("lv-not-yet", Boolean(of && of.stages[1] > stage && !this.#seen(of)));
    for (const plot of this.specs) {
      for (const [key, path] of this.paths) {
        const [name, kind] = key.split(" ");
        if (name === plot.name) this.#reveal(plot, kind, path);
      }
    }
  }

  /** @param {PlotSpec} plot whether its slope is shown before the walk comes to it */
  #seen(plot) {
    return plot.kind === "curve" && this.seen.includes(plot.slope);
  }

  /** @param {PlotSpec} plot @param {string} kind @param {SVGPathElement} path */
  #reveal(plot, kind, path) {
    const first = kind === "curve" || kind === "axis" ? 0 : plot.stages[0];
    const at = (kind === "tangent" || kind === "secant") && !this.#seen(plot) ? plot.stages[1] : first;
    path.classList.toggle("lv-not-yet", at > this.stage);
  }
}
