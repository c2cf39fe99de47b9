// Tokens that travel along the edges of the picture: values forward, gradients back.

import { el, still, svg } from "./dom.js";

const TRAVEL = 700; // ms
const PLACES = 24; // a curve is followed in so many straight pieces

/** @typedef {{ way: string, back: boolean, carries: string[], reverse?: boolean }} Move */

/**
 * Places along a path.
 * @param {string} d @param {number} offset
 */
function places(d, offset) {
  const path = svg("path", { d });
  const long = path.getTotalLength();
  return Array.from({ length: PLACES + 1 }, (_, n) => {
    const { x, y } = path.getPointAtLength(long * n / PLACES);
    return { transform: `translate(${x + offset}px, ${y}px) translate(-50%, -50%)` };
  });
}

/** The tokens under way on one picture. */
export class Travel {
  node = el("div", { class: "lv-tokens", "aria-hidden": "true" });
  /** @type {Animation[]} */
  running = [];

  /**
   * Send tokens on their way; the promise is kept when they have arrived, and false if others came
   * in between.
   * @param {Move[]} moves @param {number} offset
   * @returns {Promise<boolean>}
   */
  async go(moves, offset) {
    this.stop();
    if (still() || !moves.length) return true;
    const running = moves.map(({ way, back, carries: [start, end], reverse = false }) => {
      const token = el("span", { class: `lv-token lv-token-${back ? "gradient" : "value"}`, text: start });
      this.node.append(token);
      const going = token.animate(places(way, offset), {
        duration: TRAVEL, easing: "ease-in-out", fill: "both", direction: reverse ? "reverse" : "normal",
      });
      // Half way it passes the local derivative, which multiplies it.
      if (start !== end) {
        const half = token.animate([], { duration: TRAVEL / 2 });
        half.finished.then(() => (token.textContent = end), () => {});
      }
      return going;
    });
    this.running = running;
    try {
      await Promise.all(running.map((one) => one.finished));
    } catch {
      return false; // others came in between
    }
    this.node.replaceChildren();
    return true;
  }

  stop() {
    for (const one of this.running) one.cancel();
    this.running = [];
    this.node.replaceChildren();
  }
}
