// Up to three runs on the same data: the first is the one that the controls set, the others
// are kept beside it. A kept run is a row [opt, lr, momentum, batch, seed, w1, w2, b].

import { el } from "./dom.js";
import { number } from "./numbers.js";
import { Grid } from "./tables.js";

const NOTE = "All start at step 0 together. The surface is run A’s slice, and the other paths are "
  + "projections onto it, so a path can seem to cross its own level. A run that ended stays at its end. "
  + "Near the best: the first step whose J is within 1 % of the least J of all the runs.";

const write = (x) => (Number.isFinite(x) ? number(x) : "beyond float64");

const NEAR = 1.01; // times the least loss of all runs

/** The run that the fields describe, as a row. */
export const rowOf = ({ opt, lr, momentum, batch, seed, start }) => [opt, lr, momentum, batch, seed, ...start];

/** The fields that a row describes. */
export const fieldsOf = ([opt, lr, momentum, batch, seed, ...start]) => ({ opt, lr, momentum, batch, seed, start });

/** A run's line and marker, as they are on the surface. */
function glyph({ outline, dasharray }, letter) {
  const host = el("span", { class: `lvt-glyph lvt-run-${letter.toLowerCase()}`, "aria-hidden": "true" });
  const line = `<path class="lvt-dash" d="M-18,0H18" stroke-dasharray="${dasharray}"/>`;
  host.innerHTML = `<svg viewBox="-18 -10 36 20">${line}<path d="${outline}"/></svg>`;
  return host;
}

export class Runs {
  /** changed(fields): runs were kept, exchanged or let go. */
  constructor(changed, read) {
    Object.assign(this, { changed, read });
    this.keep = el("button", { type: "button", class: "lv-button lvt-keep", text: "Keep run to compare", onclick: () => this.#keep() });
    this.bar = el("div", { class: "lvt-runs", role: "group", "aria-label": "Runs compared" });
    this.grid = new Grid("Runs", ["Run", "", "Step", "J", "w₁", "w₂", "b", "Near the best at step", ""]);
    this.node = el("section", { class: "lvt-section lvt-wide", "aria-label": "The runs side by side" },
      el("h2", { text: "The runs side by side" }),
      el("p", { class: "lv-note", text: NOTE }),
      this.grid.node);
  }

  #keep() {
    const { comparisons } = this.read();
    this.changed({ comparisons: [...comparisons, rowOf(this.read())] });
    this.bar.querySelector("button")?.focus();
  }

  #exchange(n) {
    const fields = this.read();
    const comparisons = fields.comparisons.map((row, i) => (i === n ? rowOf(fields) : row));
    this.changed({ ...fieldsOf(fields.comparisons[n]), comparisons });
  }

  #drop(n) {
    this.changed({ comparisons: this.read().comparisons.filter((_, i) => i !== n) });
  }

  load(playback, most, styles) {
    this.playback = playback;
    const all = [{ letter: "A", label: playback.spec.label }, ...playback.comparisons];
    this.all = all;
    const alone = all.length === 1;
    this.node.hidden = alone;
    this.keep.disabled = all.length > most;
    this.keep.title = this.keep.disabled ? "Three runs at most: remove one first"
      : "It stays as it is while you change the controls; up to three runs play together";
    const chips = alone ? [] : all.map(({ letter, label }, n) => {
      const button = (text, name, onclick) =>
        el("button", { type: "button", class: "lvt-chip-button", text, "aria-label": name, title: name, onclick });
      return el("span", { class: "lvt-chip" }, glyph(styles[n], letter),
        el("strong", { text: letter }), el("span", { class: "lvt-chip-label", text: label }),
        n ? button("⇄", `Exchange with A: set run ${letter} by the controls`, () => this.#exchange(n - 1))
          : el("span", { class: "lvt-label", text: "set by the controls" }),
        n ? button("×", `Remove run ${letter}`, () => this.#drop(n - 1)) : null);
    });
    this.bar.replaceChildren(...chips);
    const least = Math.min(...[playback, ...playback.comparisons].map((run) => run.losses.reduce((a, b) => Math.min(a, b))));
    this.near = [playback, ...playback.comparisons].map((run) => run.losses.findIndex((J) => J <= NEAR * least));
    this.bar.hidden = alone;
  }

  /** The runs at step k, in the table. */
  show(k) {
    if (this.all.length === 1) return;
    this.grid.size(this.all.length);
    this.all.forEach(({ letter, label }, n) => {
      const run = n ? this.playback.comparisons[n - 1] : this.playback;
      const at = Math.min(k, run.taken);
      const stopped = n ? run.stopped : this.playback.spec.stopped;
      this.grid.row(n, [letter, label, String(at), write(run.losses[at]), ...this.playback.at(run.params, at).map(write),
        this.near[n] < 0 ? "–" : String(this.near[n]),
        at === run.taken && stopped ? stopped : ""]);
    });
  }

  /** The losses in one line, for the player. */
  line(k) {
    return this.playback.comparisons.map((run) => `${run.letter}: J = ${write(run.losses[Math.min(k, run.taken)])}`).join("   ");
  }
}
