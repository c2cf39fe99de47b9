// Draws one Plotly figure and keeps its DOM element for ever. The text of its labels is
// written straight into the SVG on every change: a tenth of a millisecond, where Plotly's
// own update takes several.

import { fill } from "./numbers.js";

let loading = null;

/** Plotly, loaded once per page. */
export function plotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      script.remove();
      loading = null; // so that it can be tried again
      reject(new Error(`The drawing library did not load from ${url}.`));
    };
    document.head.append(script);
  });
  return loading;
}

/** A copy of the figure with one palette's colours exchanged for another's. */
export function recolour(figure, from, to) {
  const other = new Map(Object.entries(from).map(([role, colour]) => [colour, to[role]]));
  const copy = (value) => {
    if (Array.isArray(value)) return value.map(copy);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one)]));
    }
    return other.get(value) ?? value;
  };
  return copy(figure);
}

export class Figure {
  constructor(host, { onSelect, onScrub, onRest }) {
    this.host = host;
    this.plot = Object.assign(document.createElement("div"), { className: "lv-plot" });
    this.hits = Object.assign(document.createElement("div"), { className: "lv-hits" });
    this.hits.setAttribute("role", "group");
    this.hits.setAttribute("aria-label", "Nodes and edges of the graph");
    this.plot.setAttribute("role", "img");
    host.append(this.plot, this.hits);
    this.onSelect = onSelect;
    this.onScrub = onScrub;
    this.onRest = onRest;
    this.scrubbable = new Set();
    this.buttons = new Map();
    this.texts = [];
    this.last = [];
    this.hits.addEventListener("keydown", (event) => this.#rove(event));
  }

  /** Draw another figure in the same element. */
  async draw(Plotly, figure, palettes, mode, read) {
    const own = recolour(figure, palettes.light, palettes[mode]);
    this.Plotly = Plotly;
    this.meta = own.layout.meta;
    this.trace = own.data.findIndex((trace) => trace.meta?.templates);
    const { meta } = own.data[this.trace];
    this.templates = meta.templates;
    this.stages = meta.stages;
    this.kinds = meta.kinds;
    own.data[this.trace].text = this.templates.map((t) => fill(t, read));
    this.width = own.layout.width;
    this.#fit(own.layout);
    const config = { displayModeBar: false, responsive: false, doubleClick: false, scrollZoom: false };
    await Plotly.react(this.plot, own.data, own.layout, config);
    this.#collect();
    this.#placeHits();
    this.paint(read, true);
  }

  /** One unit stays one pixel; a wider element shows more margin. */
  #fit(layout) {
    const room = Math.max(this.host.clientWidth, this.width);
    const margin = (room - this.width) / 2;
    layout.width = room;
    layout.xaxis = { ...layout.xaxis, range: [-margin, this.width + margin] };
    this.offset = margin;
  }

  async resize(read) {
    if (!this.Plotly || this.plot.layout.width === Math.max(this.host.clientWidth, this.width)) return;
    const layout = { xaxis: this.plot.layout.xaxis };
    this.#fit(layout);
    await this.Plotly.relayout(this.plot, { width: layout.width, "xaxis.range": layout.xaxis.range });
    this.#collect();
    this.#placeHits();
    this.paint(read, true);
  }

  #collect() {
    this.texts = [...this.plot.querySelectorAll(".scatterlayer .textpoint text")];
    this.shapes = [...this.plot.querySelectorAll(".shapelayer path")];
    this.last = [];
  }

  /** Write every label that changed. Returns how many did. */
  paint(read, all = false) {
    const text = this.plot.data?.[this.trace]?.text;
    if (!text) return 0;
    let changed = 0;
    for (let i = 0; i < this.templates.length; i += 1) {
      if (!this.templates[i].includes("{")) continue;
      const now = fill(this.templates[i], read);
      if (!all && now === this.last[i]) continue;
      this.last[i] = now;
      text[i] = now;
      if (this.texts[i]) this.texts[i].textContent = now;
      changed += 1;
    }
    return changed;
  }

  /** Fade what a stage of the walk has not computed yet. */
  reveal(stage) {
    this.texts.forEach((node, i) => {
      const hidden = this.stages[i] > stage;
      node.classList.toggle("lv-not-yet", hidden);
      node.dataset.kind = this.kinds[i];
    });
    this.shapes?.forEach((node) => {
      const at = this.meta.shape_stages[Number(node.dataset.index)] ?? 0;
      node.classList.toggle("lv-faint", at > stage);
    });
  }

  /** Names a screen reader hears: the picture, and every node and edge. */
  describe(sentence, read) {
    this.plot.setAttribute("aria-label", sentence);
    for (const hit of this.meta?.hits ?? []) {
      this.buttons.get(hit.name)?.setAttribute("aria-label", fill(hit.label, read));
    }
  }

  mark(selected, lit = []) {
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(name === selected));
      button.classList.toggle("lv-lit", lit.includes(name));
    }
  }

  #placeHits() {
    const wanted = new Set(this.meta.hits.map((hit) => hit.name));
    for (const [name, button] of this.buttons) {
      if (!wanted.has(name)) {
        button.remove();
        this.buttons.delete(name);
      }
    }
    this.meta.hits.forEach((hit, i) => {
      let button = this.buttons.get(hit.name);
      if (!button) {
        button = Object.assign(document.createElement("button"), { type: "button" });
        button.className = hit.name.includes("-") ? "lv-hit lv-hit-edge" : "lv-hit";
        button.dataset.name = hit.name;
        this.#drags(button, hit.name);
        this.buttons.set(hit.name, button);
      }
      this.hits.append(button);
      button.tabIndex = i === 0 ? 0 : -1;
      const [x, y, w, h] = hit.box;
      button.style.cssText = `left:${x + this.offset}px;top:${y}px;width:${w}px;height:${h}px`;
    });
  }

  /** A click selects; a drag sideways on a node that holds an input changes the input. */
  #drags(button, name) {
    let from = null;
    let moved = false;
    button.addEventListener("pointerdown", (event) => {
      moved = false;
      from = this.scrubbable.has(name) && event.button === 0 ? event.clientX : null;
    });
    button.addEventListener("pointermove", (event) => {
      if (from === null) return;
      if (!moved && Math.abs(event.clientX - from) < 4) return;
      if (!moved) button.setPointerCapture(event.pointerId);
      moved = true;
      this.onScrub(name, event.clientX - from);
      from = event.clientX;
    });
    const end = () => {
      if (from !== null && moved) this.onRest();
      from = null;
    };
    button.addEventListener("pointerup", end);
    button.addEventListener("pointercancel", end);
    button.addEventListener("click", () => (moved ? (moved = false) : this.onSelect(name)));
  }

  /** Name the nodes that hold an input. */
  scrubs(names) {
    this.scrubbable = new Set(names);
    for (const [name, button] of this.buttons) button.classList.toggle("lv-scrub", this.scrubbable.has(name));
  }

  /** One tab stop; arrow keys move among the parts of the graph. */
  #rove(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...this.hits.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    for (const button of all) button.tabIndex = button === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  }
}
