// The axes of the loss surface: ticks, titles, a bar of colours, and the edges of the surface in
// space. What stands still is built once for a size; in space, once for a turn.

import { svg } from "./dom.js";
import { number } from "./numbers.js";
import { points } from "./view.js";

/** @import { Place } from "./playback.js" */
/** @import { SurfaceSpec } from "./types.d.ts" */
/** @import { Camera } from "./field.js" */

/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {[low: number, high: number]} Span */

const TICK = 5; // px
const BAR = 12; // px wide
let gradients = 0;

/**
 * Round numbers within a span: as many as asked for, or fewer.
 * @param {Span} span @param {number} most
 */
export function ticks([low, high], most) {
  const rough = (high - low) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= rough * (1 - 1e-9)) ?? 10 * power;
  /** @type {number[]} */
  const found = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) found.push(n * step || 0);
  // Far from zero neighbours may look the same with the digits that are shown.
  return new Set(found.map((v) => number(v))).size === found.length ? found : found.filter((_, n) => n === 0);
}

/** @type {(x: number, y: number, text: string, attributes: Record<string, unknown>) => SVGTextElement} */
const label = (x, y, text, attributes) => svg("text", { x: x.toFixed(1), y: y.toFixed(1), ...attributes }, text);

/** @type {(name: string, line: string, text: SVGTextElement) => SVGGElement} */
const tick = (name, line, text) => svg("g", { class: name }, svg("path", { class: "lvt-axis", d: line }), text);

/**
 * Axes below and to the left of a box.
 * @param {SurfaceSpec} spec @param {Box} box @param {[Span, Span]} spans
 * @param {(x: number, y: number) => Place} px
 */
export function flat(spec, { x, y, w, h }, [across, up], px) {
  const bottom = y + h;
  return [
    svg("path", { class: "lvt-axis", d: `M${x},${y}v${h}h${w}` }),
    ...ticks(across, w / 70).map((v) => {
      const [at] = px(v, up[0]);
      return tick("xtick", `M${at},${bottom}v${TICK}`, label(at, bottom + 18, number(v), { "text-anchor": "middle" }));
    }),
    ...ticks(up, h / 45).map((v) => {
      const [, at] = px(across[0], v);
      return tick("ytick", `M${x},${at}h${-TICK}`, label(x - 8, at + 4, number(v), { "text-anchor": "end" }));
    }),
    label(x + w / 2, bottom + 36, spec.letters[0], { class: "xtitle lvt-axis-title", "text-anchor": "middle" }),
    label(Math.max(12, x - 74), y + h / 2, spec.letters[1],
      { class: "ytitle lvt-axis-title", "text-anchor": "middle" }),
  ];
}

/**
 * What the colours mean, to the right of a box.
 * @param {SurfaceSpec} spec @param {Box} box @param {Span} range
 * @param {string[]} colours
 */
export function bar(spec, box, [low, high], colours) {
  const { y, h } = box;
  const x = box.x + box.w + 14;
  const id = `lvt-ramp-${(gradients += 1)}`;
  const stops = colours.map((colour, n) =>
    svg("stop", { offset: n / (colours.length - 1), "stop-color": colour }));
  const top = y + 22;
  const tall = h - 22;
  return [
    svg("defs", {}, svg("linearGradient", { id, x1: 0, y1: 1, x2: 0, y2: 0 }, ...stops)),
    label(x - 2, y + 11, "loss J", { class: "lvt-axis-title" }),
    svg("rect", { class: "lvt-bar", x, y: top, width: BAR, height: Math.max(tall, 0), fill: `url(#${id})` }),
    ...spec.ticks.map(([at, text]) => {
      const level = top + tall - ((at - low) / (high - low)) * tall;
      return tick("lvt-bar-tick", `M${x + BAR},${level.toFixed(1)}h${TICK}`, label(x + BAR + 8, level + 4, text, {}));
    }),
  ];
}

/**
 * The ground that a surface stands over, with the parameters along its near edges, and the losses
 * on an upright.
 * @param {SurfaceSpec} spec @param {Camera} camera @param {[Span, Span, Span]} spans
 * @param {(x: number, y: number, z: number) => Place} px a place of the cube from −1 to 1
 */
export function spatial(spec, camera, [across, up, range], px) {
  /** @param {[number, number, number][]} list */
  const way = (list) => `M${points(list.map((place) => px(...place)))}`;
  const { order } = camera;
  // The edges that lie nearest, where nothing hides what is written along them.
  const [near, side] = [order.up ? 1 : -1, order.across ? 1 : -1];
  const middle = px(0, 0, -1);
  /** Away from the middle of the ground. */
  /** @type {(from: Place, by: number) => Place} */
  const out = ([x, y], by) => {
    const [dx, dy] = [x - middle[0], y - middle[1]];
    const long = Math.hypot(dx, dy) || 1;
    return [x + (by * dx) / long, y + (by * dy) / long + 4];
  };
  /** @param {number} v @param {Span} span */
  const share = (v, [low, high]) => (2 * (v - low)) / (high - low) - 1;
  /** @type {(name: string, v: number, place: [number, number, number], text: string) => SVGGElement} */
  const mark = (name, v, place, text) => {
    const at = px(...place);
    const [x, y] = out(at, 18);
    const [u, w] = out(at, 5);
    return tick(name, `M${at.map((n) => n.toFixed(1))}L${u.toFixed(1)},${(w - 4).toFixed(1)}`,
      label(x, y, text, { "text-anchor": "middle" }));
  };
  const [ox, oy] = [out(px(0, near, -1), 42), out(px(side, 0, -1), 42)];
  const corner = [-side, near];
  return [
    svg("path", { class: "lvt-axis", d: way([[-side, near, -1], [side, near, -1], [side, -near, -1]]) }),
    svg("path", { class: "lvt-axis", d: way([[corner[0], corner[1], -1], [corner[0], corner[1], 1]]) }),
    ...ticks(across, 5).map((v) => mark("xtick", v, [share(v, across), near, -1], number(v))),
    ...ticks(up, 5).map((v) => mark("ytick", v, [side, share(v, up), -1], number(v))),
    ...spec.ticks.map(([at, text]) => {
      const [x, y] = px(corner[0], corner[1], share(at, range));
      const away = x < middle[0] ? -1 : 1;
      return tick("ztick", `M${x.toFixed(1)},${y.toFixed(1)}h${away * TICK}`,
        label(x + away * 8, y + 4, text, { "text-anchor": away < 0 ? "end" : "start" }));
    }),
    label(...ox, spec.letters[0], { class: "xtitle lvt-axis-title", "text-anchor": "middle" }),
    label(...oy, spec.letters[1], { class: "ytitle lvt-axis-title", "text-anchor": "middle" }),
    label(px(corner[0], corner[1], 1)[0], px(corner[0], corner[1], 1)[1] - 10, "loss J",
      { class: "lvt-axis-title", "text-anchor": "middle" }),
  ];
}
