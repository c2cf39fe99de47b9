// The player of the Training page: buttons, the step, the speed, and the loop that plays. It owns
// no view: whoever holds it draws a step when it is told to.

import { button, choice, el, later, put, range } from "./dom.js";

/** @import { Option } from "./types.d.ts" */

/**
 * @typedef {object} Played
 * @property {() => number} last the last step there is
 * @property {(k: number) => void} show draw a step
 * @property {(k: number, rest?: boolean) => void} go draw a step that a hand has chosen
 * @property {() => void} rest the hand rests
 */

/**
 * Steps a second; 0 is one step for every frame of the page.
 * @type {Option[]}
 */
const SPEEDS = [[4, "Slow"], [15, "Normal"], [40, "Fast"], [0, "Full"]];
const LATE = 100; // ms that a slow frame may be made up for

const PLAIN = { class: null }; // the look of a player's buttons is its own

export class Player {
  k = 0;
  speed = 15;
  playing = false;
  /** The frame that is waited for. */
  frame = 0;
  /** The last step that the slider goes to. */
  reach = -1;
  slider = /** @type {ReturnType<typeof range>} */ (later);
  back = button("Back", () => this.held.go(this.k - 1, true), PLAIN);
  next = button("Step", () => this.held.go(this.k + 1, true), PLAIN);
  play = button("Play", () => (this.playing ? this.pause() : this.start()), PLAIN);
  restart = button("Restart", () => this.held.go(0, true), PLAIN);
  scrub = el("div", { class: "lvt-scrub" });
  status = el("span");
  onward = el("span", { class: "lvt-onward" });
  pace = choice({ name: "speed", label: "Speed", options: SPEEDS, value: this.speed }, (value) => {
    this.speed = Number(value);
  });
  buttons = el("div", { class: "lv-buttons" }, this.back, this.play, this.next, this.restart);
  node = el("section", { class: "lv-player lvt-player", "aria-label": "Player" },
    this.buttons, this.scrub, this.pace.node,
    el("p", { class: "lvt-status" }, this.status, " ", this.onward));

  /** @param {Played} held */
  constructor(held) {
    this.held = held;
  }

  /** A run of another length. */
  load() {
    const last = this.held.last();
    this.play.disabled = !last;
    if (this.reach === last) return;
    this.reach = last;
    const steps = { name: "step", label: "step", min: 0, max: last, step: 1, whole: true, value: 0 };
    this.slider = range(steps, (k) => this.held.go(k), () => this.held.rest());
    this.scrub.replaceChildren(this.slider.node);
  }

  /** @param {number} k @param {string} status @param {string} onward what to try at the end */
  show(k, status, onward) {
    this.k = k;
    this.slider.set(k);
    put(this.status, status);
    put(this.onward, onward);
    for (const [one, end] of /** @type {const} */ ([[this.back, 0], [this.next, this.held.last()]])) {
      if (one.disabled !== (k === end)) one.disabled = k === end;
    }
  }

  start() {
    this.playing = true;
    this.play.textContent = "Pause";
    let due = performance.now();
    if (this.k >= this.held.last()) this.held.show(0);
    /** @param {number} now */
    const frame = (now) => {
      if (!this.speed || now >= due) {
        due = this.speed ? Math.max(due + 1000 / this.speed, now - LATE) : now;
        if (this.k >= this.held.last()) {
          this.pause();
          return;
        }
        this.held.show(this.k + 1);
      }
      if (this.playing) this.frame = requestAnimationFrame(frame);
    };
    this.frame = requestAnimationFrame(frame);
  }

  /** @param {boolean} rest whether the step reached is kept */
  pause(rest = true) {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame); // who plays again within it would play twice as fast
    this.play.textContent = "Play";
    this.held.go(this.k);
    if (rest) this.held.rest();
  }
}
