// What an optimizer does that gradient descent does not, as one small picture of the next step:
// Newton's parabola, the velocity that momentum carries on, a learning rate for each parameter.
// text/pictures.py has the same numbers for the sentence; a test holds the two equal.

import { el, later, put, svg } from "./dom.js";
import { exact, number } from "./numbers.js";
import { say } from "./sentence.js";

/** @import { Playback } from "./playback.js" */

/** @typedef {[x: number, y: number]} Place */
/** @typedef {Record<string, number>} Numbers */

const [WIDTH, HEIGHT, TEXT] = [360, 176, 12];
const [SAMPLES, HEAD] = [40, 7];
/** Slopes that are drawn beside their running mean: older ones count for less than a tenth of the newest. */
const TICKS = 22;

/** @param {number[]} v */
const length = (v) => Math.hypot(...v);
/** @param {number} x */
const px = (x) => x.toFixed(1);
/** @param {Place[]} places */
const way = (places) => places.map(([x, y], i) => `${i ? "L" : "M"}${px(x)},${px(y)}`).join("");
/** @param {number} x */
const shown = (x) => (Number.isFinite(x) ? number(x) : "beyond float64");

/** @param {string} colour @param {number} width */
const stroke = (colour, width) => ({
  style: `fill: none; stroke: var(--lv-${colour}); stroke-width: ${width}`, "stroke-linejoin": "round",
});
/** @param {string} colour */
const ink = (colour) => ({ style: `fill: var(--lv-${colour})` });

/**
 * @param {Place} at @param {string} text @param {string} colour @param {"start" | "middle" | "end"} anchor
 */
const label = ([x, y], text, colour = "muted", anchor = "start") =>
  svg("text", { x: px(x), y: px(y), "font-size": TEXT, "text-anchor": anchor, ...ink(colour) }, text);

/**
 * An arrow that ends at its head's tip; nothing where it has no length.
 * @param {Place} from @param {Place} to @param {string} colour @param {number} width
 */
function arrow(from, to, colour, width) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const size = Math.hypot(dx, dy);
  if (size < 1) return svg("g");
  const [ux, uy] = [dx / size, dy / size];
  const head = Math.min(HEAD + width, size);
  /** @type {Place} */
  const neck = [to[0] - ux * head, to[1] - uy * head];
  /** @type {Place[]} */
  const tip = [to, [neck[0] - uy * head * 0.45, neck[1] + ux * head * 0.45],
    [neck[0] + uy * head * 0.45, neck[1] - ux * head * 0.45]];
  return svg("g", {},
    svg("path", { d: way([from, neck]), ...stroke(colour, width) }),
    svg("path", { d: `${way(tip)}Z`, ...ink(colour) }));
}

/** @param {Place} at @param {string} colour @param {boolean} hollow */
const dot = ([x, y], colour, hollow = false) => svg("circle", {
  cx: px(x), cy: px(y), r: 5,
  style: `fill: var(--lv-${hollow ? "surface" : colour}); stroke: var(--lv-${hollow ? colour : "surface"})`,
  "stroke-width": 2,
});

// The numbers, as text/pictures.py has them

/** @param {Playback} playback @param {number} k @returns {Numbers} */
function ofParabola({ newton, losses, terms }, k) {
  if (!newton) return {};
  const [slope, bend] = [newton.slopes[2 * k], newton.bends[2 * k]];
  return {
    slope,
    bend,
    damping: terms.delta[k],
    share: slope ? bend / slope : 0,
    "newton.bottom": bend ? losses[k] - (slope * slope) / (2 * bend) : losses[k],
    "newton.after": newton.ends[2 * k],
    "gradient.after": newton.ends[2 * k + 1],
  };
}

/** Of the step: the slope's part and the velocity's, without η. @param {Playback} playback @param {number} k */
function parts(playback, k) {
  const { terms, spec } = playback;
  const mu = spec.constants.mu;
  const g = playback.at(playback.used, k);
  // Nesterov looks ahead: it carries the new velocity, momentum the one from before.
  const carried = playback.at(spec.picture?.ahead ? terms.v : terms.v_before, k).map((x) => mu * x);
  const before = playback.at(terms.v_before, k).map((x) => mu * x);
  return { g, carried, before, moved: g.map((x, i) => x + carried[i]) };
}

/** @param {Playback} playback @param {number} k @returns {Numbers} */
function ofVelocity(playback, k) {
  const { g, before, moved } = parts(playback, k);
  const [size, bare] = [length(moved), length(g)];
  let [ratio, turn] = [0, 0];
  if (size && bare) {
    ratio = size / bare;
    const [one, other] = [moved.map((x) => x / size), g.map((x) => x / bare)];
    const apart = length(one.map((x, i) => x - other[i]));
    const along = length(one.map((x, i) => x + other[i]));
    turn = (2 * Math.atan2(apart, along) * 180) / Math.PI;
  }
  return { moves: size, bare, carried: length(before), ratio, turn };
}

/** Slopes, rates and steps of the three parameters. @param {Playback} playback @param {number} k */
function rated(playback, k) {
  const { terms, spec } = playback;
  const slopes = playback.at(terms.m_hat ?? playback.used, k);
  const squares = playback.at(terms.s_hat ?? terms.s, k);
  const rates = squares.map((s) => spec.constants.eta / (Math.sqrt(s) + spec.constants.epsilon));
  return { slopes, rates, steps: slopes.map((x, i) => x * rates[i]) };
}

/**
 * What a slope counts in Adam's mean m̂, by its age in steps; all together count 1.
 * @param {Playback} playback @param {number} k @returns {(age: number) => number}
 */
function fading({ spec }, k) {
  const { beta1 } = spec.constants;
  const whole = 1 - beta1 ** (k + 1);
  return (age) => ((1 - beta1) * beta1 ** age) / whole;
}

/** The mean size of each parameter's slopes, each counting as in m̂. @param {Playback} playback @param {number} k */
function meanSizes(playback, k) {
  const share = fading(playback, k);
  const sizes = [0, 0, 0];
  for (let age = k; age >= 0; age -= 1) {
    const part = share(age);
    playback.at(playback.used, k - age).forEach((g, i) => {
      sizes[i] += part * Math.abs(g);
    });
  }
  return sizes;
}

/**
 * The least share of its slopes' size that a mean has kept, and of which parameter.
 * @param {Playback} playback @param {number} k @param {number[]} means
 */
function cancelled(playback, k, means) {
  const shares = meanSizes(playback, k).map((size, i) => (size ? means[i] / size : 1));
  const left = Math.min(...shares);
  return { left, whose: shares.indexOf(left) };
}

/** @param {Playback} playback @param {number} k @returns {Numbers} */
function ofRates(playback, k) {
  const found = rated(playback, k);
  const [slopes, steps] = [found.slopes.map(Math.abs), found.steps.map(Math.abs)];
  /** @param {number[]} all */
  const spread = (all) => (Math.min(...all) ? Math.max(...all) / Math.min(...all) : 1);
  const [ofSlopes, ofSteps] = [spread(slopes), spread(steps)];
  return {
    moves: Math.max(...steps), least: Math.min(...slopes), slopes: ofSlopes, steps: ofSteps,
    evened: ofSlopes / ofSteps, ...(playback.terms.m_hat ? cancelled(playback, k, slopes) : {}),
  };
}

const NUMBERS = { parabola: ofParabola, velocity: ofVelocity, rates: ofRates };

/**
 * The numbers of the sentence on the step from k on; none where the optimizer has no picture.
 * @param {Playback} playback @param {number} k
 * @returns {Numbers}
 */
export function quantities(playback, k) {
  const { picture } = playback.spec;
  if (!picture) return {};
  const found = NUMBERS[picture.kind](playback, k);
  return { ...found, finite: Number(Object.values(found).every(Number.isFinite)) };
}

// The pictures

/**
 * Two curves of J side by side on one scale: along d, and along the gradient.
 * @param {Playback} playback @param {number} k
 */
function drawParabola({ newton, losses }, k) {
  if (!newton) return [];
  const n = newton.along.length;
  const [top, floor, half] = [40, HEIGHT - 24, WIDTH / 2];
  /** @param {number} side @param {number} t */
  const parabola = (side, t) => losses[k] - newton.slopes[2 * k + side] * t + (newton.bends[2 * k + side] * t * t) / 2;
  const sides = [0, 1].map((side) => newton.heights.subarray((2 * k + side) * n, (2 * k + side + 1) * n));
  const ends = [losses[k], newton.ends[2 * k], newton.ends[2 * k + 1], parabola(0, 1)].filter(Number.isFinite);
  const low = Math.min(...ends, ...sides.map((heights) => Math.min(...heights)));
  // A wall that is far higher than the step says nothing about it.
  const high = Math.max(...ends) + 0.6 * Math.max(Math.max(...ends) - low, 1e-12);
  /** @param {number} j */
  const y = (j) => floor - 6 - ((j - low) / (high - low)) * (floor - top - 6);
  return sides.flatMap((heights, side) => {
    const left = side * half + 12;
    const [first, last] = [newton.along[0], newton.along[n - 1]];
    /** @param {number} t */
    const x = (t) => left + ((t - first) / (last - first)) * (half - 24);
    /** @param {(t: number) => number} f @param {number[]} at */
    const curve = (f, at) => way(at.map((t) => /** @type {Place} */ ([t, f(t)]))
      .filter(([, j]) => j <= high && j >= low - (high - low))
      .map(([t, j]) => [x(t), Math.min(y(j), floor)]));
    const many = Array.from({ length: 4 * SAMPLES }, (_, i) => first + ((last - first) * i) / (4 * SAMPLES - 1));
    const after = newton.ends[2 * k + side];
    const landed = Number.isFinite(after) && after <= high;
    return [
      label([left, 14], side ? "a gradient step, η = 1/K" : "Newton’s step, along d", "text"),
      svg("path", { d: way([[left, floor], [left + half - 24, floor]]), ...stroke("line", 1) }),
      svg("path", { d: curve((t) => heights[newton.along.indexOf(t)], newton.along), ...stroke("value", 2) }),
      svg("path", { d: curve((t) => parabola(side, t), many), ...stroke("rate", 1.75), "stroke-dasharray": "5 4" }),
      arrow([x(0), floor + 12], [x(1), floor + 12], "gradient", 2.5),
      svg("path", {
        d: way([[x(1), floor], [x(1), y(Math.min(after, high))]]), ...stroke("gradient", 1), "stroke-dasharray": "2 3",
      }),
      dot([x(0), y(losses[k])], "selection"),
      ...(landed ? [dot([x(1), y(after)], "gradient")] : []),
      label([left, 30], `finds J ${Number.isFinite(after) && exact(after) ? "=" : "≈"} ${shown(after)}`, "gradient"),
    ];
  });
}

/**
 * The step as a sum of two arrows in the plane that the surface shows.
 * @param {Playback} playback @param {number} k
 */
function drawVelocity(playback, k) {
  const { spec } = playback;
  const [i, j] = spec.plane;
  const { g, carried, moved } = parts(playback, k);
  /** @param {number[]} v @returns {Place} */
  const inPlane = (v) => [-v[i] * spec.constants.eta, -v[j] * spec.constants.eta];
  const [slope, kept, whole] = [g, carried, moved].map(inPlane);
  const reach = [slope, kept, whole, [0, 0]];
  const [xs, ys] = [reach.map((v) => v[0]), reach.map((v) => v[1])];
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  if (![left, right, low, high].every(Number.isFinite) || (left === right && low === high)) return [];
  const room = { left: 14, right: 150, top: 12, bottom: 30 };
  // One scale both ways: an angle is an angle.
  const scale = Math.min((WIDTH - room.left - room.right) / Math.max(right - left, 1e-300),
    (HEIGHT - room.top - room.bottom) / Math.max(high - low, 1e-300));
  const middle = [(WIDTH - room.right + room.left) / 2, (HEIGHT - room.bottom + room.top) / 2];
  /** @param {number[]} v @returns {Place} */
  const at = (v) => [middle[0] + (v[0] - (left + right) / 2) * scale, middle[1] - (v[1] - (low + high) / 2) * scale];
  const start = at([0, 0]);
  const aside = WIDTH - room.right + 18;
  const key = [["gradient", "−η·g, the slope’s part"], ["rate", "−η·μ·v, carried on"], ["value", "the step"]];
  return [
    svg("path", { d: way([at(slope), at(whole)]), ...stroke("line", 1), "stroke-dasharray": "3 3" }),
    svg("path", { d: way([at(kept), at(whole)]), ...stroke("line", 1), "stroke-dasharray": "3 3" }),
    arrow(start, at(whole), "value", 4),
    arrow(start, at(kept), "rate", 2.5),
    arrow(start, at(slope), "gradient", 2.5),
    dot(start, "selection"),
    dot(at(whole), "value", true),
    ...key.flatMap(([colour, text], n) => [
      svg("path", {
        d: way([[aside - 14, 66 + 22 * n], [aside - 4, 66 + 22 * n]]), ...stroke(colour, n === 2 ? 4 : 2.5),
      }),
      label([aside, 70 + 22 * n], text, colour),
    ]),
    label([room.left, HEIGHT - 4], `in the plane of ${spec.symbols[i]} and ${spec.symbols[j]}`),
  ];
}

/**
 * Three rows: each parameter's slope and step as bars, its own rate between them as a number. Where
 * the slope is a running mean, the slopes that it is of are ticks, which fade as they do in the mean.
 * @param {Playback} playback @param {number} k
 */
function drawRates(playback, k) {
  const { spec } = playback;
  const { slopes, rates, steps } = rated(playback, k);
  const mean = Boolean(playback.terms.m_hat);
  const ages = mean ? Array.from({ length: Math.min(k + 1, TICKS) }, (_, age) => age) : [];
  const past = ages.map((age) => playback.at(playback.used, k - age));
  const share = fading(playback, k);
  if (![...slopes, ...steps, ...past.flat()].every(Number.isFinite)) return [];
  const [width, row, first] = [96, 42, 44];
  const [name, slope, rate, step] = [4, 30, 184, WIDTH - width - 4];
  /** @param {number} left @param {number} part of the most, with its sign */
  const place = (left, part) => left + (width / 2) * (1 + part);
  /** @param {number} left @param {number} y @param {number} part @param {string} colour */
  const bar = (left, y, part, colour) => [
    svg("rect", { x: left, y, width, height: 12, rx: 2, ...ink("card") }),
    svg("rect", {
      class: "lvt-part", x: px(Math.min(place(left, part), place(left, 0))), y,
      width: px(Math.max((Math.abs(part) * width) / 2, 1)), height: 12, ...ink(colour),
    }),
    svg("path", { d: way([[place(left, 0), y - 2], [place(left, 0), y + 14]]), ...stroke("muted", 1) }),
  ];
  /** @param {number[]} all */
  const reach = (all) => Math.max(...all.map(Math.abs)) || 1;
  const [most, furthest] = [reach([...slopes, ...past.flat()]), reach(steps)];
  return [
    label([slope, 16], mean ? "slopes |, mean m̂" : "slope g", "gradient"),
    label([rate, 16], "its own rate", "rate", "middle"),
    label([step, 16], "step", "value"),
    ...spec.symbols.flatMap((letter, n) => {
      const y = first + row * n;
      // The newest comes last, above the others.
      const ticks = [...ages].reverse().map((age) => {
        const x = place(slope, past[age][n] / most);
        const opacity = (share(age) / share(0)).toFixed(3);
        const d = way([[x, y - 10], [x, y + 6]]);
        return svg("path", { class: "lvt-slope", d, ...stroke("text", age ? 1.25 : 2), opacity });
      });
      return [
        label([name, y + 2], letter, "text"),
        ...bar(slope, y - 8, slopes[n] / most, "gradient"),
        ...ticks,
        label([slope, y + 18], shown(slopes[n])),
        label([rate, y + 2], `× ${shown(rates[n])}`, "rate", "middle"),
        ...bar(step, y - 8, -steps[n] / furthest, "value"),
        label([step, y + 18], shown(-steps[n])),
      ];
    }),
  ];
}

const DRAWN = { parabola: drawParabola, velocity: drawVelocity, rates: drawRates };

export class OptimizerView {
  playback = /** @type {Playback} */ (later);
  title = el("h2");
  drawing = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "font-family": "inherit",
    style: `width: 100%; max-width: ${WIDTH * 1.25}px; height: auto; display: block`,
  });
  said = el("p");
  node = el("section", { class: "lvt-section", "aria-label": "What this rule does" },
    this.title, this.drawing, this.said);

  /**
   * A run; where its optimizer has no picture, nothing is shown.
   * @param {Playback} playback
   */
  load(playback) {
    this.playback = playback;
    const { picture } = playback.spec;
    this.node.hidden = !picture;
    if (!picture) return;
    this.title.textContent = picture.title;
    this.drawing.setAttribute("aria-label", picture.title);
  }

  /**
   * The step that leads on from step k; a run that ended stays at its end.
   * @param {number} k
   */
  show(k) {
    const { playback } = this;
    const { picture } = playback.spec;
    if (!picture) return;
    const last = playback.newton ? playback.newton.ends.shape[0] - 1 : playback.taken;
    const at = Math.min(k, playback.taken, last);
    const found = quantities(playback, at);
    const text = say(picture.says, (key) => found[key]);
    put(this.said, text);
    this.drawing.replaceChildren(...DRAWN[picture.kind](playback, at));
  }
}
