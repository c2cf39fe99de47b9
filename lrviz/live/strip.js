// The path in one line: it stays in view while the derivation is read, with its numbers and with
// what the line speaks of lit.

import { Bindings } from "./blocks.js";
import { el } from "./dom.js";

/** @import { Read, StripItem } from "./types.d.ts" */

export class Strip {
  // Everything in it is said elsewhere.
  node = el("div", { class: "lv-strip", "aria-hidden": "true" });
  bind = new Bindings();
  /** @type {{ names: string[], node: HTMLElement }[]} */
  items = [];
  /** @type {Record<string, StripItem[]>} */
  paths = {};
  /** @type {StripItem[] | null} the path that is shown */
  shown = null;

  /** @param {Record<string, StripItem[]>} paths by the part of the derivation; "" for every other */
  build(paths) {
    this.paths = paths;
    this.shown = null;
  }

  /**
   * Show the path that a part of the derivation is about.
   * @param {string} part
   */
  show(part) {
    const path = this.paths[part] ?? this.paths[""];
    if (path === this.shown) return;
    this.shown = path;
    this.bind = new Bindings();
    this.items = path.map(({ names, text, role }) =>
      ({ names, node: this.bind.text("span", { class: `lv-strip-${role}` }, text) }));
    this.node.replaceChildren(...this.items.map(({ node }) => node));
  }

  /** @param {string[]} lit */
  mark(lit) {
    for (const { names, node } of this.items) {
      node.classList.toggle("lv-lit", names.some((name) => lit.includes(name)));
    }
  }
}
