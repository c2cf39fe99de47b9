// Why this loss: both losses and their gradients against z, with a dot where the learner stands.

import { Bindings } from "./blocks.js";
import { el } from "./dom.js";
import { fill } from "./numbers.js";

/** Two curves of loss and gradient with a dot for the current z; the dots are elements. */
export class Curves {
  constructor() {
    this.plot = el("div", { class: "lv-plot", role: "img", "aria-label": "Losses and their gradients against z" });
    this.layer = el("div", { class: "lv-dots" });
    this.fold = el("details", { class: "lv-fold" }, el("summary", { text: "Why this loss?" }));
    this.host = el("div", { class: "lv-curves" }, this.plot, this.layer);
    this.node = this.fold;
    this.dots = new Map();
    this.fold.addEventListener("toggle", () => this.fold.open && this.onOpen?.());
  }

  build(spec) {
    this.spec = spec;
    this.bind = spec.lines.map((line) => {
      const bind = new Bindings();
      return { graph: line.graph, bind, node: bind.text("p", { class: "lv-math" }, line.text) };
    });
    this.fold.replaceChildren(this.fold.firstElementChild, el("p", { class: "lv-note", text: spec.note }),
      this.host, ...this.bind.map((one) => one.node));
  }

  async draw(Plotly, figure) {
    this.figure = figure;
    this.Plotly = Plotly;
    const width = Math.min(this.fold.clientWidth || 720, 820);
    const layout = { ...figure.layout, width };
    if (width < 560) {
      // One panel above the other where they have no room side by side.
      layout.height *= 1.9;
      layout.legend = { ...layout.legend, y: 1.08 };
      for (const [axis, domain] of Object.entries({ xaxis: [0, 1], xaxis2: [0, 1], yaxis: [0.58, 1], yaxis2: [0, 0.42] })) {
        layout[axis] = { ...layout[axis], domain };
      }
    }
    await Plotly.react(this.plot, figure.data, layout, { displayModeBar: false, responsive: false });
    this.y = null;
  }

  get open() {
    return this.fold.open && this.Plotly;
  }

  /** readers: by loss; inputs: z and y as they are. */
  paint(readers, y) {
    for (const one of this.bind) one.bind.paint(readers[one.graph]);
    if (!this.plot._fullLayout) return;
    if (y !== this.y) {
      this.y = y;
      this.Plotly.restyle(this.plot, { visible: this.figure.data.map((trace) => trace.meta.y === y) });
    }
    const z = readers.log("value.z");
    for (const loss of ["log", "squared"]) {
      this.#place(`${loss}1`, 1, loss, z, readers[loss]("value.L"));
      this.#place(`${loss}2`, 2, loss, z, readers[loss]("adjoint.z"));
    }
    this.plot.setAttribute("aria-label", fill(this.spec.summary, readers.log));
  }

  #place(id, panel, loss, x, y) {
    const layout = this.plot._fullLayout;
    const [xa, ya] = panel === 1 ? [layout.xaxis, layout.yaxis] : [layout.xaxis2, layout.yaxis2];
    const clamp = (v, [low, high]) => Math.max(low, Math.min(high, v));
    let dot = this.dots.get(id);
    if (!dot) {
      dot = el("span", { class: `lv-dot lv-dot-${loss}` });
      this.layer.append(dot);
      this.dots.set(id, dot);
    }
    const left = xa._offset + xa.l2p(clamp(x, xa.range));
    const top = ya._offset + ya.l2p(clamp(y, ya.range));
    dot.style.transform = `translate(${left}px, ${top}px)`;
  }
}
