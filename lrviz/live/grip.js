// The hand on the loss surface: it moves the ball, or anywhere on the contour puts it there; in
// space it turns the camera. The keys do both.

import { el } from "./dom.js";
import { number } from "./numbers.js";

/** @import { Place } from "./playback.js" */
/** @import { SurfaceView } from "./surface-view.js" */

const ENDS = /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]);
const STILL = 3; // px that a hand may shake
const TURN = 0.008; // radians for a pixel
const KEY_TURN = 0.12;
/** @type {Record<string, Place>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

export class Grip {
  /** Lies around the ball, and has the focus. */
  node = el("div", { class: "lvt-grip-ball", role: "button", tabindex: "0" });
  /** @type {((place: Place, moving: boolean) => void) | null} a start was chosen */
  chosen = null;
  /** @type {(() => void) | null} the hand was taken away by the browser */
  lost = null;
  /** @type {Place} where the ball stands, in px */
  at = [0, 0];

  /** @param {SurfaceView} view */
  constructor(view) {
    this.view = view;
    this.node.addEventListener("pointerdown", (event) => this.#grab(event, this.node));
    this.node.addEventListener("keydown", (event) => this.#key(event));
    view.canvas.addEventListener("pointerdown", (event) => {
      // A finger that scrolls the page must not move the start: it taps.
      if (event.pointerType !== "touch" || view.solid) this.#grab(event, view.canvas);
    });
    view.canvas.addEventListener("click", (event) => {
      const touch = /** @type {PointerEvent} */ (event).pointerType === "touch";
      if (touch && !view.solid && this.#inside(event)) this.chosen?.(this.#place(event), false);
    });
  }

  /** The surface has another form or another place. */
  fit() {
    const { view } = this;
    view.node.classList.toggle("lvt-in-space", view.solid);
  }

  /** @param {Place} place of the ball in px */
  stand(place) {
    this.at = place;
    const seen = place.every(Number.isFinite);
    this.node.style.display = seen ? "" : "none";
    if (seen) this.node.style.transform = `translate(${place[0].toFixed(1)}px, ${place[1].toFixed(1)}px)`;
  }

  /** Say what the handle does; called at a calm pace. */
  tell() {
    const { playback, solid, spec } = this.view;
    if (!spec) return;
    const [i, j] = playback.spec.plane;
    const w = playback.at(playback.params, this.view.k);
    this.node.setAttribute("aria-label", solid ? "View of the surface: the arrow keys turn it"
      : `Ball at ${spec.letters[0]} = ${number(w[i])}, ${spec.letters[1]} = ${number(w[j])}: `
        + "the arrow keys move it, and the run begins there");
  }

  /** @param {MouseEvent} event */
  #inside({ clientX, clientY }) {
    const { left, top } = this.view.node.getBoundingClientRect();
    const { x, y, w, h } = this.view.box;
    const [px, py] = [clientX - left - x, clientY - top - y];
    return px >= 0 && py >= 0 && px <= w && py <= h;
  }

  /**
   * The parameters at a pointer, kept within the axes, with no more digits than a pixel means.
   * @param {MouseEvent} event @param {Place} [by] px that the hand is off the ball's middle
   * @returns {Place}
   */
  #place({ clientX, clientY }, [dx, dy] = [0, 0]) {
    const { left, top } = this.view.node.getBoundingClientRect();
    return this.#snapped(this.view.read(clientX - left - dx, clientY - top - dy));
  }

  /**
   * @param {Place} place
   * @returns {Place}
   */
  #snapped([x, y]) {
    const { xaxis, yaxis } = this.view.plot.layout;
    const { w, h } = this.view.box;
    /** @type {(v: number, range: number[], pixels: number) => number} */
    const snap = (v, [low, high], pixels) => {
      const digits = Math.max(0, Math.min(15, Math.ceil(-Math.log10((high - low) / pixels))));
      const within = Math.max(low, Math.min(high, v));
      return Number(within.toFixed(digits)) || 0;
    };
    return [snap(x, xaxis.range, w), snap(y, yaxis.range, h)];
  }

  /** @param {PointerEvent} event @param {HTMLElement} node */
  #grab(event, node) {
    const { view } = this;
    const ball = node === this.node;
    if (event.button !== 0 || !(ball || view.solid || this.#inside(event))) return;
    event.preventDefault();
    this.node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    const { left, top } = view.node.getBoundingClientRect();
    /** @type {Place} */
    const off = ball ? [event.clientX - left - this.at[0], event.clientY - top - this.at[1]] : [0, 0];
    let [x, y] = [event.clientX, event.clientY];
    let moved = false;
    /** @param {PointerEvent} now @param {boolean} moving */
    const put = (now, moving) => this.chosen?.(this.#place(now, off), moving);
    if (!ball && !view.solid) {
      moved = true;
      put(event, true);
    }
    /** @param {PointerEvent} now */
    const move = (now) => {
      if (view.solid) {
        view.camera.turn -= TURN * (now.clientX - x);
        view.camera.rise += TURN * (now.clientY - y);
        [x, y] = [now.clientX, now.clientY];
        view.turn();
        return;
      }
      moved ||= Math.hypot(now.clientX - x, now.clientY - y) > STILL;
      if (moved) put(now, true);
    };
    /** @param {PointerEvent} now */
    const end = (now) => {
      node.removeEventListener("pointermove", move);
      for (const name of ENDS) node.removeEventListener(name, end);
      if (view.solid || !moved) return;
      if (now.type === "pointercancel") this.lost?.();
      else put(now, false);
    };
    node.addEventListener("pointermove", move);
    for (const name of ENDS) node.addEventListener(name, end);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = ARROWS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { view } = this;
    if (view.solid) {
      view.camera.turn -= KEY_TURN * step[0];
      view.camera.rise += KEY_TURN * step[1];
      view.turn();
      return;
    }
    const by = event.shiftKey ? 20 : 4;
    this.chosen?.(this.#snapped(view.read(this.at[0] + by * step[0], this.at[1] - by * step[1])), false);
  }
}
