// Hand-placed points: a click adds one, a drag moves it, the keyboard does both. They are
// drawn over the data plane and edited here; Python trains on them. Undo keeps what was.

import { button, choice, el, svg } from "./dom.js";
import { number } from "./numbers.js";
import { cover } from "./view.js";

/** @import { PlacedPoint, PointsLimits, TrainingFields } from "./types.d.ts" */
/** @import { DataView } from "./data-view.js" */

/** @typedef {Pick<TrainingFields, "data" | "points" | "example">} State what undo goes back to */

/**
 * @typedef {object} PointsActions
 * @property {(state: State, moving: boolean) => void} changed the state is another
 * @property {(row: number) => void} chosen a point was picked
 * @property {() => State} read the state as it is
 */

const KEPT = 200; // states that undo goes back to
const BURST = 1000; // ms between keys that undo takes back together
const STILL = 3; // px that a hand may shake without moving a point
/** @type {Record<string, number[]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

/** Tens of units from the middle of the plane, the nearest to its right first: all that are in it. */
const ASIDE = [...Array(11).keys(), ...Array.from({ length: 10 }, (_, n) => -1 - n)];

const ENDS = /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]);
const KEYS = "Click adds, drag moves. On a point: arrow keys, Delete, 0 and 1.";
const NAME = "Your points. Arrow keys move one, Delete removes it, 0 and 1 set its class.";

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** A button that is a sign to the eye and a word to the ear. */
const sign = (/** @type {string} */ name, title = name) =>
  ({ class: "lv-button lvt-sign", "aria-label": name, title });

export class Points {
  /** @type {State[]} */
  past = [];
  /** @type {State[]} */
  future = [];
  /** @type {{ point: number, time: number } | null} the last change by an arrow key, while keys go on */
  moved = null;
  /** The class of new points. */
  kind = 1;
  /** @type {PointsLimits} */
  limits = { most: 0, reach: 0 };
  /** @type {SVGGElement[]} */
  handles = [];
  plane = svg("rect", { class: "lvt-plane" });
  group = svg("g", { role: "group", "aria-label": NAME });
  svg = svg("svg", { class: "lvt-edit" }, this.plane, this.group);
  pick = choice({ name: "class", label: "Class of new points", options: [[0, "○ 0"], [1, "◆ 1"]], value: 1 },
    (kind) => {
      this.kind = Number(kind);
    });
  put = button("+", () => this.#add(this.#middle()),
    sign("Add", "Add a point in the middle; a click in the plane adds one there"));
  turn = button("Flip", () => this.#flip(this.read().example), { title: "Give the chosen point the other class" });
  drop = button("Delete", () => this.#remove(this.read().example), { title: "Delete the chosen point" });
  back = button("↶", () => this.#travel(this.past, this.future), sign("Undo"));
  forth = button("↷", () => this.#travel(this.future, this.past), sign("Redo"));
  clear = button("Clear", () => {
    this.edit({ points: [], example: 0 });
    this.put.focus({ preventScroll: true });
  });
  said = el("span", { class: "lvt-label", role: "status" });
  node = el("div", { class: "lvt-points" },
    this.pick.node, this.put, this.turn, this.drop, this.back, this.forth, this.clear,
    el("p", { class: "lvt-caption lvt-keys", text: KEYS }));
  edge = button("", () => this.begin());

  /** @param {DataView} view @param {PointsActions} actions */
  constructor(view, { changed, chosen, read }) {
    this.view = view;
    this.changed = changed;
    this.chosen = chosen;
    this.read = read;
    this.plane.addEventListener("click", (event) => this.#add(this.#at(event)));
    view.node.append(this.svg);
  }

  /** Start from the points on screen where they are few enough, else from an empty plane. */
  begin() {
    const { playback } = this.view;
    /** @type {PlacedPoint[]} */
    const copied = this.#few && this.read().data !== "own"
      ? Array.from(playback.y, (y, i) => [playback.raw[2 * i], playback.raw[2 * i + 1], y]) : [];
    this.edit({ data: "own", points: copied });
    this.put.focus({ preventScroll: true });
    this.view.node.scrollIntoView({ block: "nearest" });
  }

  /** Whether the data on screen can become points: few enough, and within their reach. */
  get #few() {
    const { playback } = this.view;
    const { most, reach } = this.limits;
    return playback.rows <= most && playback.raw.every((v) => Math.abs(v) <= reach);
  }

  /**
   * What a button offers to do with the data on screen.
   * @param {boolean} file whether they are an uploaded file
   */
  offer(file) {
    const copy = file ? "Copy into the link, to edit" : "Edit these points";
    this.edge.textContent = this.#few ? copy : "Place your own points";
  }

  /**
   * A step that undo can take back.
   * @param {Partial<State>} change
   */
  edit(change, burst = false) {
    const before = this.#state();
    const next = { ...before, ...change };
    next.example = Math.max(0, Math.min(next.example, next.points.length - 1));
    if (same(before, next)) return;
    if (!burst) this.#keep(before);
    this.changed(next, false);
  }

  /** @param {State} before */
  #keep(before) {
    this.moved = null;
    this.past.push(before);
    if (this.past.length > KEPT) this.past.shift();
    this.future = [];
  }

  /** @returns {State} */
  #state() {
    const { data, points, example } = this.read();
    return { data, points: points.map(([x, y, kind]) => [x, y, kind]), example };
  }

  /** @param {State[]} from @param {State[]} to */
  #travel(from, to) {
    this.moved = null;
    const state = from.pop();
    if (!state) return;
    to.push(this.#state());
    this.changed(state, false);
  }

  /** @param {KeyboardEvent} event */
  shortcut(event) {
    if (!this.svg.isConnected || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const elsewhere = "input[type=text], textarea, select, [contenteditable], [role=dialog]";
    if (event.target instanceof Element && event.target.closest(elsewhere)) return;
    const key = event.key.toLowerCase();
    const redo = key === "y" || (key === "z" && event.shiftKey);
    if (!redo && key !== "z") return;
    const [from, to] = redo ? [this.future, this.past] : [this.past, this.future];
    if (!from.length) return;
    event.preventDefault();
    this.#travel(from, to);
  }

  /** Distances that a mouse can mean: a two hundredth of the plane's width. */
  get #unit() {
    const [low, high] = this.view.plot.layout.xaxis.range;
    return (high - low) / 200;
  }

  /** @param {number} value @param {number[]} range */
  #within(value, [low, high]) {
    return Math.max(low, -this.limits.reach, Math.min(high, this.limits.reach, value));
  }

  /** @param {number} value @param {number[]} range */
  #snap(value, range) {
    const unit = this.#unit;
    return Number(this.#within(Math.round(value / unit) * unit, range).toFixed(2));
  }

  /**
   * @param {MouseEvent} event
   * @returns {[number, number]}
   */
  #at(event) {
    const { left, top } = this.view.node.getBoundingClientRect();
    const { xaxis, yaxis } = this.view.plot.layout;
    const [x, y] = this.view.read(event.clientX - left, event.clientY - top);
    return [this.#snap(x, xaxis.range), this.#snap(y, yaxis.range)];
  }

  /**
   * The middle of the plane, or the first free place beside it; of those there are more than points.
   * @returns {[number, number]}
   */
  #middle() {
    const { xaxis, yaxis } = this.view.plot.layout;
    const taken = new Set(this.read().points.map(([x, y]) => `${x} ${y}`));
    /** @type {(range: number[], away: number) => number} */
    const place = ([low, high], away) => this.#snap((low + high) / 2 + 10 * away * this.#unit, [low, high]);
    for (const up of ASIDE) {
      for (const along of ASIDE) {
        const [x, y] = [place(xaxis.range, along), place(yaxis.range, up)];
        if (!taken.has(`${x} ${y}`)) return [x, y];
      }
    }
    return [place(xaxis.range, 0), place(yaxis.range, 0)];
  }

  /** @param {[number, number]} place */
  #add([x, y]) {
    const { points } = this.read();
    if (points.length >= this.limits.most) {
      this.said.textContent = `A link carries ${this.limits.most} points: delete one first.`;
      return;
    }
    this.edit({ points: [...points, [x, y, this.kind]], example: points.length });
    this.handles[points.length]?.focus({ preventScroll: true });
  }

  /** @param {number} i */
  #remove(i) {
    const { points } = this.read();
    if (!points[i]) return;
    const example = Math.min(i, points.length - 2);
    this.edit({ points: points.filter((_, n) => n !== i), example });
    (this.handles[Math.max(example, 0)] ?? this.put).focus({ preventScroll: true });
  }

  /** @param {number} i */
  #flip(i) {
    this.#put(i, ([x, y, kind]) => [x, y, 1 - kind]);
  }

  /**
   * Exchange a point for another.
   * @param {number} i @param {(point: PlacedPoint) => PlacedPoint} change
   */
  #put(i, change, burst = false) {
    this.edit({ points: this.read().points.map((p, n) => (n === i ? change(p) : p)), example: i }, burst);
  }

  /**
   * Bring handles and tools to the state; called whenever it or the axes change.
   * @param {boolean} on whether the points are edited
   */
  show(on) {
    this.svg.style.display = on ? "" : "none";
    this.node.hidden = !on;
    this.edge.hidden = on;
    this.said.hidden = !on;
    const { view } = this;
    if (!on || !view.xs) return;
    const { points, example } = this.read();
    cover(this.plane, view.box);
    for (const handle of this.handles.splice(points.length)) handle.remove();
    while (this.handles.length < points.length) this.#handle(this.handles.length);
    points.forEach(([x, y, kind], i) => {
      const node = this.handles[i];
      node.setAttribute("transform", `translate(${view.px(x, y)})`);
      node.setAttribute("class", `lvt-point lvt-point-${kind}${i === example ? " lvt-point-chosen" : ""}`);
      node.setAttribute("aria-pressed", String(i === example));
      node.setAttribute("aria-label", `Point ${i}: x₁ ${number(x)}, x₂ ${number(y)}, class ${kind}`);
    });
    this.back.disabled = !this.past.length;
    this.forth.disabled = !this.future.length;
    this.drop.disabled = this.turn.disabled = this.clear.disabled = !points.length;
    this.said.textContent = `${points.length} of ${this.limits.most} points`;
  }

  /** @param {number} i */
  #handle(i) {
    const node = svg("g", { tabindex: "0", role: "button" },
      svg("circle", { class: "lvt-grip", r: 13 }), svg("circle", { class: "lvt-dot", r: 5.5 }),
      svg("path", { class: "lvt-diamond", d: "M0,-7L7,0L0,7L-7,0Z" }));
    node.addEventListener("pointerdown", (event) => this.#grab(event, i));
    // Browsers do not heed touch-action on a shape: without this the page scrolls under the point.
    node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    node.addEventListener("keydown", (event) => this.#key(event, i));
    node.addEventListener("focus", () => this.read().example !== i && this.chosen(i));
    this.handles.push(node);
    this.group.append(node);
  }

  /** @param {PointerEvent} event @param {number} i */
  #grab(event, i) {
    if (event.button !== 0) return;
    event.preventDefault();
    const node = this.handles[i];
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    const before = this.#state();
    const [x, y] = [event.clientX, event.clientY];
    let moved = false;
    /** @param {PointerEvent} now */
    const move = (now) => {
      moved ||= Math.hypot(now.clientX - x, now.clientY - y) > STILL;
      if (moved) this.#place(i, this.#at(now), true);
    };
    /** @param {PointerEvent} now */
    const end = (now) => {
      node.removeEventListener("pointermove", move);
      for (const name of ENDS) node.removeEventListener(name, end);
      if (!moved || same(before, this.#state())) return;
      // What the browser took away was not let go here: back to where it was.
      if (now.type === "pointercancel") this.changed(before, false);
      else {
        this.#keep(before);
        this.changed(this.#state(), false);
      }
    };
    node.addEventListener("pointermove", move);
    for (const name of ENDS) node.addEventListener(name, end);
  }

  /**
   * Move a point; while it is being dragged nothing is kept for undo.
   * @param {number} i @param {number[]} place @param {boolean} moving
   */
  #place(i, [x, y], moving, burst = false) {
    const { points } = this.read();
    if (!points[i]) return;
    /** @type {(point: PlacedPoint) => PlacedPoint} */
    const there = ([, , kind]) => [x, y, kind];
    if (!moving) this.#put(i, there, burst);
    else this.changed({ ...this.#state(), points: points.map((p, n) => (n === i ? there(p) : p)), example: i }, true);
  }

  /** @param {KeyboardEvent} event @param {number} i */
  #key(event, i) {
    const point = this.read().points[i];
    if (!point || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = ARROWS[event.key];
    if (step) {
      const by = this.#unit * (event.shiftKey ? 20 : 2);
      const { xaxis, yaxis } = this.view.plot.layout;
      const moved = [xaxis, yaxis].map(({ range }, n) =>
        this.#within(Number((point[n] + by * step[n]).toFixed(2)), range));
      const burst = this.moved?.point === i && event.timeStamp - this.moved.time < BURST;
      this.#place(i, moved, false, burst);
      this.moved = { point: i, time: event.timeStamp };
    } else if (event.key === "Delete" || event.key === "Backspace") this.#remove(i);
    else if (event.key === "0" || event.key === "1") {
      this.#put(i, ([x, y]) => [x, y, Number(event.key)]);
    } else if (event.key === "Enter" || event.key === " ") this.chosen(i);
    else return;
    event.preventDefault();
  }
}
