// Runs worth watching, one click away; the one that the fields describe is marked, and says what
// to look for.

import { button, el } from "./dom.js";

/** @import { ScenarioSpec, TrainingFields } from "./types.d.ts" */

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export class Scenarios {
  said = el("p", { class: "lvt-look" });
  bar = el("div", { class: "lvt-scenario-bar", role: "group", "aria-label": "Runs worth watching" });
  node = el("div", { class: "lvt-scenarios" }, this.bar, this.said);
  /** @type {[ScenarioSpec, HTMLButtonElement][]} */
  all = [];

  /** @param {(fields: Partial<TrainingFields>) => void} put */
  constructor(put) {
    this.put = put;
  }

  /** @param {ScenarioSpec[]} specs */
  build(specs) {
    this.all = specs.map((spec) =>
      [spec, button(spec.label, () => this.put(spec.fields), { "aria-pressed": "false", title: spec.look })]);
    this.bar.replaceChildren(...this.all.map(([, node]) => node));
  }

  /** @param {TrainingFields} fields */
  show(fields) {
    let look = "";
    for (const [spec, node] of this.all) {
      // How far it has been played is no matter, nor from which side one looks at it.
      const on = Object.entries(spec.fields).every(([name, value]) => ["step", "plane"].includes(name)
        || same(fields[/** @type {keyof TrainingFields} */ (name)], value));
      node.setAttribute("aria-pressed", String(on));
      if (on) look = spec.look;
    }
    this.said.textContent = look || "Four runs worth watching: each says what to look for.";
  }
}
