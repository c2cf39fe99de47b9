// Hand-placed points: a click adds one, a drag moves it, the keyboard does both. They are
// drawn over the data plane and edited here; Python trains on them. Undo keeps what was.

import { choice, el } from "./dom.js";
import { number } from "./numbers.js";

const SVG = "http://www.w3.org/2000/svg";
const KEPT = 200; // states that undo goes back to
const STILL = 3; // px that a hand may shake without moving a point
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

function make(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export class Points {
  /**
   * view: the DataView; changed(state, moving): {data, points, example} is new;
   * chosen(i): a point was picked; read(): the state as it is.
   */
  constructor(view, { changed, chosen, read }) {
    Object.assign(this, { view, changed, chosen, read });
    this.past = [];
    this.future = [];
    this.kind = 1;
    this.svg = make("svg", { class: "lvt-edit" });
    this.plane = make("rect", { class: "lvt-plane" });
    this.group = make("g", { role: "group", "aria-label": "Your points. Arrow keys move one, Delete removes it, 0 and 1 set its class." });
    this.svg.append(this.plane, this.group);
    this.plane.addEventListener("click", (event) => this.#add(this.#at(event)));
    view.node.append(this.svg);
    this.handles = [];
    this.#tools();
    document.addEventListener("keydown", (event) => this.#shortcut(event));
  }

  #tools() {
    const button = (text, act) => el("button", { type: "button", class: "lv-button", text, onclick: act });
    this.pick = choice({ name: "class", label: "Class of new points", options: [[0, "○ 0"], [1, "◆ 1"]], value: 1 }, (kind) => {
      this.kind = Number(kind);
    });
    /** A button that is a sign to the eye and a word to the ear. */
    const sign = (text, name, act) => {
      const made = button(text, act);
      made.classList.add("lvt-sign");
      made.setAttribute("aria-label", name);
      made.title = name;
      return made;
    };
    this.put = sign("+", "Add", () => this.#add(this.#middle()));
    this.put.title = "Add a point in the middle; a click in the plane adds one there";
    this.turn = button("Flip", () => this.#flip(this.read().example));
    this.turn.title = "Give the chosen point the other class";
    this.drop = button("Delete", () => this.#remove(this.read().example));
    this.drop.title = "Delete the chosen point";
    this.back = sign("↶", "Undo", () => this.#travel(this.past, this.future));
    this.forth = sign("↷", "Redo", () => this.#travel(this.future, this.past));
    this.clear = button("Clear", () => {
      this.edit({ points: [], example: 0 });
      this.put.focus({ preventScroll: true });
    });
    this.said = el("span", { class: "lvt-label", role: "status" });
    this.node = el("div", { class: "lvt-points" }, this.pick.node, this.put, this.turn, this.drop, this.back, this.forth, this.clear,
      el("p", { class: "lvt-caption lvt-keys", text: "Click adds, drag moves. On a point: arrow keys, Delete, 0 and 1." }));
    this.edge = button("", () => this.begin());
  }

  /** Start from the points on screen where they are few enough, else from an empty plane. */
  begin() {
    const { playback } = this.view;
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

  /** What a button offers to do with the data on screen. */
  offer(file) {
    const copy = file ? "Copy into the link, to edit" : "Edit these points";
    this.edge.textContent = this.#few ? copy : "Place your own points";
  }

  /** A step that undo can take back. */
  edit(change) {
    const before = this.#state();
    const next = { ...before, ...change };
    next.example = Math.max(0, Math.min(next.example, next.points.length - 1));
    if (same(before, next)) return;
    this.#keep(before);
    this.changed(next, false);
  }

  #keep(before) {
    this.past.push(before);
    if (this.past.length > KEPT) this.past.shift();
    this.future = [];
  }

  #state() {
    const { data, points, example } = this.read();
    return { data, points: points.map((p) => [...p]), example };
  }

  #travel(from, to) {
    if (!from.length) return;
    to.push(this.#state());
    this.changed(from.pop(), false);
  }

  #shortcut(event) {
    if (!this.svg.isConnected || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.closest?.("input[type=text], textarea, select, [contenteditable], [role=dialog]")) return;
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

  #within(value, [low, high]) {
    return Math.max(low, -this.limits.reach, Math.min(high, this.limits.reach, value));
  }

  #snap(value, range) {
    const unit = this.#unit;
    return Number((Math.round(this.#within(value, range) / unit) * unit).toFixed(2));
  }

  #at(event) {
    const { left, top } = this.view.node.getBoundingClientRect();
    const { xaxis, yaxis } = this.view.plot.layout;
    const [x, y] = this.view.read(event.clientX - left, event.clientY - top);
    return [this.#snap(x, xaxis.range), this.#snap(y, yaxis.range)];
  }

  #middle() {
    const { xaxis, yaxis } = this.view.plot.layout;
    const taken = new Set(this.read().points.map(([x, y]) => `${x} ${y}`));
    let [x, y] = [xaxis, yaxis].map(({ range }) => this.#snap((Number(range[0]) + Number(range[1])) / 2, range));
    while (taken.has(`${x} ${y}`)) x = this.#snap(x + 10 * this.#unit, xaxis.range);
    return [x, y];
  }

  #add([x, y]) {
    const { points } = this.read();
    if (points.length >= this.limits.most) {
      this.said.textContent = `A link carries ${this.limits.most} points: delete one first.`;
      return;
    }
    this.edit({ points: [...points, [x, y, this.kind]], example: points.length });
    this.handles[points.length]?.focus({ preventScroll: true });
  }

  #remove(i) {
    const { points } = this.read();
    if (!points[i]) return;
    const example = Math.min(i, points.length - 2);
    this.edit({ points: points.filter((_, n) => n !== i), example });
    (this.handles[Math.max(example, 0)] ?? this.put).focus({ preventScroll: true });
  }

  #flip(i) {
    this.edit({ points: this.read().points.map((p, n) => (n === i ? [p[0], p[1], 1 - p[2]] : p)), example: i });
  }

  /** Bring handles and tools to the state; called whenever it or the axes change. */
  show(on) {
    this.svg.style.display = on ? "" : "none";
    this.node.hidden = !on;
    this.edge.hidden = on;
    this.said.hidden = !on;
    const { view } = this;
    if (!on || !view.xs) return;
    const { points, example } = this.read();
    const { box } = view;
    for (const [name, value] of [["x", box.x], ["y", box.y], ["width", box.w], ["height", box.h]]) {
      this.plane.setAttribute(name, Math.max(value, 0));
    }
    while (this.handles.length > points.length) this.handles.pop().remove();
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

  #handle(i) {
    const node = make("g", { tabindex: "0", role: "button" });
    node.append(make("circle", { class: "lvt-grip", r: 13 }), make("circle", { class: "lvt-dot", r: 5.5 }),
      make("path", { class: "lvt-diamond", d: "M0,-7L7,0L0,7L-7,0Z" }));
    node.addEventListener("pointerdown", (event) => this.#grab(event, i));
    // Browsers do not heed touch-action on a shape: without this the page scrolls under the point.
    node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    node.addEventListener("keydown", (event) => this.#key(event, i));
    node.addEventListener("focus", () => this.read().example !== i && this.chosen(i));
    this.handles.push(node);
    this.group.append(node);
  }

  #grab(event, i) {
    if (event.button !== 0) return;
    event.preventDefault();
    const node = this.handles[i];
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    const before = this.#state();
    const [x, y] = [event.clientX, event.clientY];
    let moved = false;
    const move = (now) => {
      moved ||= Math.hypot(now.clientX - x, now.clientY - y) > STILL;
      if (moved) this.#place(i, this.#at(now), true);
    };
    const end = (now) => {
      node.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) node.removeEventListener(name, end);
      if (!moved || same(before, this.#state())) return;
      // What the browser took away was not let go here: back to where it was.
      if (now.type === "pointercancel") this.changed(before, false);
      else {
        this.#keep(before);
        this.changed(this.#state(), false);
      }
    };
    node.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) node.addEventListener(name, end);
  }

  #place(i, [x, y], moving) {
    const { points } = this.read();
    if (!points[i]) return;
    const next = points.map((p, n) => (n === i ? [x, y, p[2]] : p));
    if (moving) this.changed({ ...this.#state(), points: next, example: i }, true);
    else this.edit({ points: next, example: i });
  }

  #key(event, i) {
    const point = this.read().points[i];
    if (!point || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = ARROWS[event.key];
    if (step) {
      const by = this.#unit * (event.shiftKey ? 20 : 2);
      const { xaxis, yaxis } = this.view.plot.layout;
      const moved = [xaxis, yaxis].map(({ range }, n) => this.#within(Number((point[n] + by * step[n]).toFixed(2)), range));
      this.#place(i, moved, false);
    } else if (event.key === "Delete" || event.key === "Backspace") this.#remove(i);
    else if (event.key === "0" || event.key === "1") {
      this.edit({ points: this.read().points.map((p, n) => (n === i ? [p[0], p[1], Number(event.key)] : p)), example: i });
    } else if (event.key === "Enter" || event.key === " ") this.chosen(i);
    else return;
    event.preventDefault();
  }
}
