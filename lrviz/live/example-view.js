// The graph of one example of the data, at the step that is shown: its numbers, its place among the
// others, and the way to the Graph page, as far as that reaches.

import { Panel } from "./blocks.js";
import { el, later, put } from "./dom.js";
import { beyond } from "./far.js";
import { Figure } from "./figure.js";
import { fill } from "./numbers.js";
import { evaluate, reader } from "./pass.js";
import { write } from "./tables.js";
import { parse } from "./typed.js";

/** @import { Shape } from "./training-layout.js" */
/** @import { Playback } from "./playback.js" */
/** @import { Mode, Plotly, Read, TrainingSpec } from "./types.d.ts" */

const BEGUN = 160; // px of a graph that are enough to see that it is there

export class ExampleView {
  playback = /** @type {Playback} */ (later);
  spec = /** @type {TrainingSpec} */ (later);
  mode = /** @type {Mode} */ ("light");
  /** Which layout and mode the graph is drawn for. */
  drawn = "";
  /** @type {string | null} the node or edge that is chosen */
  at = null;
  /** The example, and the step that it is computed at. */
  i = 0;
  k = 0;
  read = /** @type {Read} */ (later);
  /** What the Graph page did not reach at the last step drawn. */
  outside = "";

  host = el("div", { class: "lvt-graph" });
  graph = new Figure(this.host, { onSelect: (name) => this.#select(name) });
  legend = el("p", { class: "lv-legend" });
  panel = new Panel({ close: () => this.#select(this.at) });
  chosen = el("p", { class: "lvt-caption" });
  /** Stands for the graph where that cannot be drawn. */
  far = el("p", { class: "lvt-caption", hidden: true });
  wrong = el("p", { class: "lv-error", role: "alert", hidden: true });
  number = el("input", {
    type: "text", inputmode: "numeric", class: "lv-number lvt-row", "aria-label": "example",
    onchange: () => this.#typed(),
  });
  count = el("span", { class: "lvt-label" });
  node = el("section", { class: "lvt-cell lvt-d", "aria-label": "One example" },
    el("div", { class: "lvt-title lvt-title-left" }, el("h2", { text: "Example" }),
      el("div", { class: "lvt-control" }, this.number, this.wrong), this.count),
    this.chosen, this.far, this.host, this.legend, this.panel.node, this.panel.heard);

  /** @param {(i: number) => void} choose another example was asked for */
  constructor(choose) {
    this.choose = choose;
  }

  /** @param {Playback} playback @param {TrainingSpec} spec */
  load(playback, spec) {
    this.playback = playback;
    this.spec = spec;
    this.legend.replaceChildren(...spec.legend.map(([role, text]) =>
      el("span", { class: `lv-role-${role}`, text })));
    this.count.textContent = playback.rows > 1 ? `counted from 0 to ${playback.rows - 1}` : "the only one";
  }

  /**
   * Example i at step k; it is drawn by `draw` or `paint`.
   * @param {number} k @param {number} i
   */
  compute(k, i) {
    this.k = k;
    if (i !== this.i) this.#take();
    this.i = i;
    const { x1, x2, y, w1, w2, b } = this.#numbers;
    this.read = reader(evaluate(this.spec.graph, { x1, x2, y, w1, w2, b }));
    const far = beyond(Number(this.read("value.z")), y, this.spec.z_limit);
    put(this.far, far);
    this.far.hidden = !far;
    this.host.classList.toggle("lvt-far", Boolean(far));
    this.panel.node.classList.toggle("lvt-far", Boolean(far));
  }

  /** @param {Plotly} Plotly @param {Shape} layout @param {Mode} mode */
  async draw(Plotly, layout, mode) {
    const wanted = `${layout}-${mode}`;
    if (this.drawn === wanted) return;
    this.mode = mode;
    const shape = layout === "two" ? "wide" : "tall";
    await this.graph.draw(Plotly, this.spec.example[shape], this.spec.palettes, mode, this.read);
    this.graph.reveal(Infinity);
    this.drawn = wanted;
  }

  paint() {
    this.graph.paint(this.read);
    // What is out of the Graph page's reach is said of the step that is drawn, never of another.
    if (String(this.#outside) !== this.outside) this.#say();
  }

  async resize() {
    await this.graph.resize(this.read);
    this.graph.reveal(Infinity);
  }

  /** What follows at a calmer pace than the frames. */
  tell() {
    const numbers = fill("z = {value.z}, a = {value.a}, L = {value.L}, ∂L/∂z = {adjoint.z}", this.read);
    this.graph.describe(`Computational graph of example ${this.i} at step ${this.k}: ${numbers}`, this.read);
    this.panel.bind.paint(this.read);
    this.#say();
  }

  /** Into view, unless it begins there: the next click is meant for the same place. */
  bring() {
    const { top } = this.node.getBoundingClientRect();
    if (top < 0 || top > innerHeight - BEGUN) this.node.scrollIntoView({ block: "nearest" });
  }

  /** The example and the parameters, as the Graph page calls them. */
  get #numbers() {
    const { x1, x2, y } = this.playback.example(this.i);
    const [w1, w2, b] = this.playback.at(this.playback.params, this.k);
    return { x1, x2, w1, w2, b, y };
  }

  /** Those that the Graph page does not reach. */
  get #outside() {
    return Object.entries(this.#numbers).filter(([, v]) => Math.abs(v) > this.spec.reach)
      .map(([name]) => name.replace("1", "₁").replace("2", "₂"));
  }

  #say() {
    const { playback, spec, i } = this;
    const x = playback.example(i);
    const raw = [playback.raw[2 * i], playback.raw[2 * i + 1]];
    const same = raw[0] === x.x1 && raw[1] === x.x2;
    const text = spec.features.map((name, n) =>
      `${name} ${write(raw[n])}${same ? "" : ` → ${n ? "x₂" : "x₁"} = ${write(n ? x.x2 : x.x1)}`}`).join(", ");
    const far = this.#outside;
    this.outside = String(far);
    const lie = `${far.join(", ")} ${far.length > 1 ? "lie" : "lies"} beyond.`;
    const query = new URLSearchParams(Object.entries(this.#numbers).map(([name, value]) => [name, String(value)]));
    const link = far.length
      ? el("span", { text: `The Graph page goes to ±${spec.reach}; ${lie}` })
      : el("a", { href: `${spec.home}?${query}`, target: "_self", text: "Open on the Graph page" });
    this.chosen.replaceChildren(`${text}, y = ${x.y} (${spec.labels[x.y]}). `, link);
    if (document.activeElement !== this.number) this.number.value = String(i);
  }

  #typed() {
    const i = parse(this.number.value);
    const last = this.playback.rows - 1;
    const ok = Number.isInteger(i) && i >= 0 && i <= last;
    if (ok) this.choose(i);
    this.#take(ok ? "" : `Example takes a whole number from 0 to ${last}; it stays at ${this.i}.`);
    this.number.value = String(this.i);
  }

  /** @param {string} wrong what is said of a text that is no example */
  #take(wrong = "") {
    put(this.wrong, wrong);
    this.wrong.hidden = !wrong;
    if (wrong) this.number.setAttribute("aria-invalid", "true");
    else this.number.removeAttribute("aria-invalid");
  }

  /** @param {string | null} name a second time: none */
  #select(name) {
    const at = this.at === name ? null : name;
    const panel = at === null ? undefined : this.spec.panels[at];
    this.at = at;
    this.panel.show(panel);
    this.panel.bind.paint(this.read);
    this.panel.tell();
    this.graph.mark(panel ? at : null);
  }
}
