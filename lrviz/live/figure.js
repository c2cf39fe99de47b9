// Draws one Plotly figure and keeps its DOM element for ever. The text of its labels is
// written straight into the SVG on every change: a tenth of a millisecond, where Plotly's
// own update takes several.

import { during } from "./busy.js";
import { el, later, unique } from "./dom.js";
import { plain } from "./expression.js";
import { fill, keysOf } from "./numbers.js";
import { morph, places } from "./morph.js";
import { Plots, stroke } from "./plots.js";
import { Travel } from "./travel.js";
import { isArrow, onward } from "./ways.js";
import { spoken } from "./withheld.js";

/** @import { FigureSpec, GraphFigureSpec, GraphLayout, Hit, LabelTrace } from "./types.d.ts" */
/** @import { Mode, Palette, Palettes, Plot, Plotly, Read } from "./types.d.ts" */

/** @type {Promise<Plotly> | null} */
let loading = null;

/**
 * Plotly, loaded once per page.
 * @param {string} url
 * @returns {Promise<Plotly>}
 */
export function plotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = script.onerror = () => {
      if (window.Plotly) {
        resolve(window.Plotly);
        return;
      }
      script.remove();
      loading = null; // so that it can be tried again
      reject(new Error(`the drawing library did not load from ${url}`));
    };
    document.head.append(script);
  });
  return loading;
}

/**
 * A copy of the figure with one palette's colours exchanged for another's.
 * @template {FigureSpec<any, any>} F
 * @param {F} figure @param {Palette} from @param {Palette} to
 * @returns {F}
 */
export function recolour(figure, from, to) {
  const other = new Map(Object.entries(from).map(([role, colour]) => [colour, to[role]]));
  /** @type {(value: any) => any} */
  const copy = (value) => {
    if (Array.isArray(value)) return value.map(copy);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one)]));
    }
    return other.get(value) ?? value;
  };
  return copy(figure);
}

/**
 * @typedef {object} FigureActions
 * @property {(name: string) => void} onSelect a node or an edge was chosen
 * @property {(name: string, pixels: number) => void} [onScrub] a node was dragged sideways
 * @property {() => void} [onRest] that drag is over
 */

/**
 * @param {Element} root @param {string} selector
 * @returns {any[]}
 */
const found = (root, selector) => [...root.querySelectorAll(selector)];

const HOW = "Arrow keys walk the graph: right follows an edge forward, left follows it back, up and down go to "
  + "what stands beside. Enter explains.";

export class Figure {
  plot = /** @type {Plot} */ (/** @type {HTMLElement} */ (el("div", { class: "lv-plot", role: "img" })));
  how = el("p", { class: "lv-unseen", id: unique("how"), text: HOW });
  hits = el("div", {
    class: "lv-hits", role: "group", "aria-label": "Nodes and edges of the graph", "aria-describedby": this.how.id,
  });
  /** @type {string[]} where the keys have led */
  been = [];
  /** @type {Set<string>} */
  scrubbable = new Set();
  /** @type {Map<string, HTMLButtonElement>} */
  buttons = new Map();
  /** @type {SVGTextElement[]} */
  texts = [];
  /** @type {SVGPathElement[]} */
  shapes = [];
  /** @type {SVGPathElement[]} the same by the number of the shape */
  byIndex = [];
  /** @type {string[]} */
  last = [];
  /** @type {Hit[]} */
  hitSpecs = [];
  /** @type {number[]} the stage of the walk that computes each shape */
  shapeStages = [];
  /** @type {LabelTrace["meta"]} */
  labels = { templates: [], stages: [], kinds: [] };
  Plotly = /** @type {Plotly} */ (later);
  /** Which trace holds the labels. */
  trace = -1;
  width = 0;
  offset = 0;
  plots = new Plots();
  travel = new Travel();
  /** @type {GraphLayout["meta"]["widths"]} */
  widths = [];
  /** @type {Record<string, [forward: string, back: string]>} the way along each edge */
  ways = {};
  /** @type {Read | null} the numbers after a nudge */
  nudged = null;

  /** @param {HTMLElement} host @param {FigureActions} actions */
  constructor(host, { onSelect, onScrub, onRest }) {
    this.host = host;
    host.append(this.plot, this.plots.layer, this.travel.node, this.hits, this.how);
    this.onSelect = onSelect;
    this.onScrub = onScrub;
    this.onRest = onRest;
    this.hits.addEventListener("keydown", (event) => this.#rove(event));
  }

  /**
   * Draw another figure in the same element.
   * @param {Plotly} Plotly @param {GraphFigureSpec} figure @param {Palettes} palettes @param {Mode} mode
   * @param {Read} read
   */
  async draw(Plotly, figure, palettes, mode, read) {
    const own = recolour(figure, palettes.light, palettes[mode]);
    const before = places(this.hitSpecs, this.offset);
    this.Plotly = Plotly;
    this.trace = own.data.findIndex((trace) => trace.meta?.templates);
    const labels = own.data[this.trace];
    this.hitSpecs = own.layout.meta.hits;
    this.shapeStages = own.layout.meta.shape_stages;
    this.ways = own.layout.meta.ways;
    this.widths = own.layout.meta.widths;
    this.travel.stop();
    // What a nudge did was read from the graph of the figure before.
    this.nudged = null;
    this.labels = labels.meta;
    labels.text = this.labels.templates.map((t) => fill(t, read));
    this.width = own.layout.width;
    this.#fit(own.layout);
    const config = { displayModeBar: false, responsive: false, doubleClick: false, scrollZoom: false };
    await Plotly.react(this.plot, own.data, own.layout, config);
    this.plots.build(own.layout.meta.plots, own.layout.width, own.layout.height, this.offset);
    this.#collect();
    this.#placeHits();
    this.paint(read, true);
    const after = places(this.hitSpecs, this.offset);
    // Only where other nodes stand there now: not for another width, or another target.
    if (before.size && [...after.keys()].some((name) => !before.has(name))) {
      during(morph(this.host, [this.plot, this.plots.layer], before, after));
    }
  }

  /**
   * One unit stays one pixel; a wider element shows more margin.
   * @param {Pick<GraphLayout, "width" | "xaxis">} layout
   */
  #fit(layout) {
    const room = Math.max(this.host.clientWidth, this.width);
    const margin = (room - this.width) / 2;
    layout.width = room;
    const range = [-margin, this.width + margin];
    layout.xaxis = { ...layout.xaxis, range };
    this.offset = margin;
    return range;
  }

  /** @param {Read} read */
  async resize(read) {
    if (!this.Plotly || this.plot.layout.width === Math.max(this.host.clientWidth, this.width)) return;
    const layout = { width: 0 };
    const range = this.#fit(layout);
    await this.Plotly.relayout(this.plot, { width: layout.width, "xaxis.range": range });
    this.plots.fit(layout.width, this.plot.layout.height, this.offset);
    this.#collect();
    this.#placeHits();
    this.paint(read, true);
  }

  #collect() {
    // Where a picture has fewer shapes than the one before it, Plotly leaves empty groups behind.
    for (const group of found(this.plot, ".shape-group:empty")) group.remove();
    this.texts = found(this.plot, ".scatterlayer .textpoint text");
    this.texts.forEach((node, i) => { node.dataset.kind = this.labels.kinds[i]; });
    this.shapes = found(this.plot, ".shapelayer path");
    this.byIndex = [];
    for (const path of this.shapes) this.byIndex[Number(path.dataset.index)] = path;
    this.last = [];
  }

  /**
   * Write every label that changed. Returns how many did.
   * @param {Read} read
   */
  paint(read, all = false) {
    const text = this.plot.data?.[this.trace]?.text;
    if (!text) return 0;
    const { templates } = this.labels;
    this.plots.paint(read, this.nudged);
    for (const [at, keys, lit] of this.widths) {
      const width = stroke(keys.map((key) => plain(read(key))), lit).toFixed(1);
      const path = this.byIndex[at];
      if (path && path.style.strokeWidth !== width) path.style.strokeWidth = width;
    }
    let changed = 0;
    for (let i = 0; i < templates.length; i += 1) {
      if (!templates[i].includes("{")) continue;
      const now = fill(templates[i], read);
      if (!all && now === this.last[i]) continue;
      this.last[i] = now;
      text[i] = now;
      if (this.texts[i]) this.texts[i].textContent = now;
      changed += 1;
    }
    return changed;
  }

  /**
   * Fade what a stage of the walk has not computed yet.
   * @param {number} stage @param {string[]} seen quantities that are shown all the same
   */
  reveal(stage, seen = /** @type {string[]} */ ([])) {
    this.plots.reveal(stage, seen);
    const { stages, kinds, templates } = this.labels;
    const told = templates.map((template) => {
      const keys = keysOf(template);
      return keys.length > 0 && keys.every((key) => seen.includes(key));
    });
    /** @param {number} i a label without a number goes with that of its kind and stage */
    const goes = (i) => !keysOf(templates[i]).length
      && told.some((yes, n) => yes && stages[n] === stages[i] && kinds[n] === kinds[i]);
    this.texts.forEach((node, i) => {
      const hidden = stages[i] > stage && !told[i] && !(seen.length && goes(i));
      node.classList.toggle("lv-not-yet", hidden);
    });
    this.shapes.forEach((node) => {
      const at = this.shapeStages[Number(node.dataset.index)] ?? 0;
      node.classList.toggle("lv-faint", at > stage);
    });
  }

  /**
   * The stage of the walk at which the last of a template's quantities is known.
   * @param {string} template
   */
  known(template) {
    const { templates, stages } = this.labels;
    return Math.max(0, ...keysOf(template).map((key) => {
      const of = stages.filter((_, i) => keysOf(templates[i]).includes(key));
      return of.length ? Math.min(...of) : 0;
    }));
  }

  /**
   * Names a screen reader hears: the picture, and every node and edge.
   * @param {string} sentence @param {Read} read
   */
  describe(sentence, read) {
    this.plot.setAttribute("aria-label", sentence);
    for (const hit of this.hitSpecs) {
      this.buttons.get(hit.name)?.setAttribute("aria-label", spoken(fill(hit.label, read)));
    }
  }

  /**
   * Show which part is chosen, and light others.
   * @param {string | null} selected @param {string[]} lit
   */
  mark(selected, lit = []) {
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(name === selected));
      button.classList.toggle("lv-lit", lit.includes(name));
    }
  }

  #placeHits() {
    const wanted = new Set(this.hitSpecs.map((hit) => hit.name));
    for (const [name, button] of this.buttons) {
      if (!wanted.has(name)) {
        button.remove();
        this.buttons.delete(name);
      }
    }
    this.hitSpecs.forEach((hit, i) => {
      let button = this.buttons.get(hit.name);
      if (!button) {
        const kind = hit.name.includes("-") ? "lv-hit lv-hit-edge" : "lv-hit";
        button = el("button", { type: "button", class: kind, "data-name": hit.name });
        this.#drags(button, hit.name);
        this.buttons.set(hit.name, button);
      }
      this.hits.append(button);
      button.tabIndex = i === 0 ? 0 : -1;
      const [x, y, w, h] = hit.box;
      button.style.cssText = `left:${x + this.offset}px;top:${y}px;width:${w}px;height:${h}px`;
    });
  }

  /**
   * A click selects; a drag sideways on a node that holds an input changes the input.
   * @param {HTMLButtonElement} button @param {string} name
   */
  #drags(button, name) {
    /** @type {number | null} */
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
      this.onScrub?.(name, event.clientX - from);
      from = event.clientX;
    });
    const end = () => {
      if (from !== null && moved) this.onRest?.();
      from = null;
    };
    button.addEventListener("pointerup", end);
    button.addEventListener("pointercancel", end);
    button.addEventListener("click", () => {
      if (!moved) this.onSelect(name);
      moved = false;
    });
  }

  /**
   * Name the nodes that hold an input.
   * @param {Iterable<string>} names
   */
  scrubs(names) {
    this.scrubbable = new Set(names);
    for (const [name, button] of this.buttons) button.classList.toggle("lv-scrub", this.scrubbable.has(name));
  }

  /**
   * One tab stop; arrow keys walk along the edges.
   * @param {KeyboardEvent} event
   */
  #rove(event) {
    const here = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.name;
    if (!here || !isArrow(event.key)) return;
    event.preventDefault();
    const unseen = Object.keys(this.ways).filter((name) => !this.buttons.has(name)).map((name) => name.split("-"));
    const next = onward(this.hitSpecs, unseen, here, event.key, this.been);
    this.been = [...this.been.slice(-8), here];
    for (const [name, button] of this.buttons) button.tabIndex = name === next ? 0 : -1;
    this.buttons.get(next)?.focus();
  }
}
