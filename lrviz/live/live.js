// The live component: a figure that is never remounted, the inputs that move it, and the
// blocks that read the same numbers. It knows figures, inputs and a graph of operations;
// what stands on the page is in the data it is given.

import { Panel, Player, Product } from "./blocks.js";
import { Courier } from "./courier.js";
import { choice, el, range } from "./dom.js";
import { Figure, plotly } from "./figure.js";
import { fill } from "./numbers.js";
import { evaluate, reader } from "./ops.js";

/** What Python said last, by channel: the sync mount writes, the live mount reads. */
const channels = new Map();
function channel(key) {
  if (!channels.has(key)) channels.set(key, { sync: null, live: null });
  return channels.get(key);
}

function mode(host) {
  const colour = getComputedStyle(host).getPropertyValue("--st-background-color").trim();
  const hex = colour.startsWith("#") ? colour.slice(1) : "ffffff";
  const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
  const [r, g, b] = [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
}

const styles = new Map();
function stylesheet(href) {
  if (!styles.has(href)) {
    const link = el("link", { rel: "stylesheet", href });
    styles.set(href, new Promise((resolve) => {
      link.onload = link.onerror = resolve;
    }));
    document.head.append(link);
  }
  return styles.get(href);
}

class Live {
  constructor(host, data) {
    this.host = host;
    this.root = el("div", { class: "lv" });
    host.append(this.root);
    this.fields = {};
    this.revision = -1;
    this.dragging = false;
    this.ready = false;
    this.#skeleton();
    this.courier = new Courier((message) => this.component.setStateValue("message", message), () => ({ ...this.fields }));
    this.observer = new ResizeObserver(() => this.#resized());
    this.observer.observe(this.root);
    const stop = () => {
      this.dragging = false;
    };
    for (const name of ["pointerup", "pointercancel", "blur"]) window.addEventListener(name, stop);
    channel(data.key).live = this;
  }

  #skeleton() {
    this.head = el("div", { class: "lv-head" });
    this.figureHost = el("div", { class: "lv-figure" });
    this.figure = new Figure(this.figureHost, { onSelect: (name) => this.#select(name) });
    this.inputs = el("div", { class: "lv-inputs" });
    this.inputs.addEventListener("pointerdown", (event) => {
      if (event.target.type === "range") this.dragging = true;
    });
    this.product = new Product({
      pick: (name, value) => this.#pick(name, value),
      point: (name) => this.figure.mark(this.fields.at, name ? [name] : []),
      repaint: () => this.#paint(),
    });
    this.panel = new Panel({ close: () => this.#select(this.fields.at) });
    this.player = new Player((stage) => this.#staged(stage));
    this.foot = el("div", { class: "lv-foot" });
    this.fixed = el("div", { class: "lv-fixed" }, this.figureHost, this.inputs, this.product.node);
    this.root.append(this.head, this.fixed, this.player.node, this.panel.node, this.foot);
  }

  /** New data from Python, or a new theme. */
  async update(component) {
    this.component = component;
    const { data } = component;
    const now = mode(this.host);
    const structure = data.structure !== this.structure;
    if (!structure && now === this.mode) return;
    this.spec = data;
    this.mode = now;
    this.structure = data.structure;
    this.root.dataset.mode = now;
    for (const [role, colour] of Object.entries(data.palettes[now])) {
      this.root.style.setProperty(`--lv-${role.replace("_", "-")}`, colour);
    }
    if (structure) this.#adopt(true);
    if (structure) this.#build();
    await this.#draw();
  }

  /** Take the fields that Python holds, if they are newer and no hand is on an input. */
  #adopt(force = false) {
    const { sync } = channel(this.spec.key);
    if (!sync || (this.dragging && !force)) return false;
    const first = this.revision < 0;
    if (!first && sync.session !== this.session) {
      // Another server, or the same one restarted: what is on screen wins.
      this.session = sync.session;
      this.revision = sync.revision;
      this.courier.rested();
      return false;
    }
    this.session = sync.session;
    if (sync.revision === this.revision) return false;
    this.revision = sync.revision;
    this.fields = { ...sync.fields };
    return true;
  }

  /** The sync mount has news: an answer, a link, perhaps new fields. */
  synced() {
    if (!this.spec) return;
    const { sync } = channel(this.spec.key);
    if (this.#adopt()) this.#showFields();
    this.courier.answered(sync.client, sync.ack);
  }

  #build() {
    const { spec, fields } = this;
    this.widgets = {};
    const groups = spec.groups.map((group) => {
      const box = el("fieldset", { class: "lv-group" }, el("legend", { text: group.title }));
      if (group.note) box.append(el("p", { class: "lv-note", text: group.note }));
      for (const input of group.inputs) {
        const widget = input.kind === "range"
          ? range({ ...input, value: fields[input.name] }, (v) => this.#moved(input.name, v), () => this.courier.rested())
          : choice({ ...input, value: fields[input.name] }, (v) => this.#moved(input.name, Number(v), true));
        this.widgets[input.name] = widget;
        box.append(input.kind === "range" ? widget.node
          : el("div", { class: "lv-range lv-data" }, el("span", { class: "lv-symbol", text: input.symbol }), widget.node));
      }
      return box;
    });
    this.inputs.replaceChildren(...groups);
    this.#buildHead();
    this.product.build(spec.product, fields);
    this.player.build(spec.captions);
    this.#buildFoot();
    this.root.classList.toggle("lv-calm", Boolean(spec.calm) && !this.touched);
  }

  #buildHead() {
    const { spec, fields } = this;
    const tools = el("div", { class: "lv-tools" });
    for (const one of spec.tools) {
      const widget = choice({ ...one, value: fields[one.name] }, (v) => this.#pick(one.name, v));
      this.widgets[one.name] = widget;
      tools.append(widget.node);
    }
    this.copied = el("span", { class: "lv-copied", role: "status" });
    tools.append(el("button", { type: "button", class: "lv-button", text: "Copy link", onclick: () => this.#copy() }), this.copied);
    this.head.replaceChildren(el("h1", { text: spec.question }), tools, el("p", { class: "lv-bridge", text: spec.bridge }));
  }

  #buildFoot() {
    const open = this.foot.querySelector("details")?.open;
    const presets = this.spec.presets.map((preset) =>
      el("button", { type: "button", class: "lv-button", title: preset.note, text: preset.label,
        onclick: () => this.#preset(preset.fields) }));
    const fold = el("details", { class: "lv-fold" }, el("summary", { text: "Try" }), el("div", { class: "lv-presets" }, ...presets));
    fold.open = Boolean(open);
    this.foot.replaceChildren(fold);
  }

  get #shape() {
    return this.root.clientWidth >= this.spec.figures.wide.layout.width ? "wide" : "tall";
  }

  async #draw() {
    this.shape = this.#shape;
    this.root.dataset.shape = this.shape;
    this.#compute();
    const Plotly = await plotly(this.spec.plotly);
    await this.figure.draw(Plotly, this.spec.figures[this.shape], this.spec.palettes, this.mode, this.read);
    this.ready = true;
    this.#showFields();
    this.root.classList.add("lv-ready");
  }

  async #resized() {
    const wide = this.root.clientWidth;
    this.root.dataset.layout = wide >= 1230 ? "beside" : wide >= 930 ? "below" : wide >= 640 ? "beside-tall" : "phone";
    if (!this.ready) return;
    if (this.shape !== this.#shape) await this.#draw();
    else await this.figure.resize(this.read);
    this.figure.reveal(this.player.stage);
  }

  #compute() {
    this.read = reader(evaluate(this.spec.graph, this.fields));
  }

  /** Everything that shows a number, in one go. */
  #paint() {
    this.#compute();
    this.figure.paint(this.read);
    this.product.bind.paint(this.read);
    this.panel.bind.paint(this.read);
    this.player.bind.paint(this.read);
    this.#describeSoon();
  }

  #describeSoon() {
    clearTimeout(this.describing);
    this.describing = setTimeout(() => this.figure.describe(fill(this.spec.summary, this.read), this.read), 120);
  }

  /** Bring every control and block to the fields as they are. */
  #showFields() {
    if (!this.ready) return;
    const { spec, fields } = this;
    for (const [name, widget] of Object.entries(this.widgets)) widget.set(fields[name]);
    this.product.of.set(fields[spec.product.choice.name]);
    this.player.set(fields.stage);
    this.figure.reveal(this.player.stage);
    this.#showPanel();
    this.#paint();
    this.figure.describe(fill(spec.summary, this.read), this.read);
  }

  #showPanel() {
    const panel = this.spec.panels[this.fields.at];
    this.panel.show(panel);
    this.figure.mark(panel ? this.fields.at : null);
  }

  #touch() {
    if (this.touched) return;
    this.touched = true;
    this.root.classList.remove("lv-calm");
  }

  #moved(name, value, rest = false) {
    this.fields[name] = value;
    this.#paint();
    this.#touch();
    if (rest) this.courier.rested();
    else this.courier.moved();
  }

  #pick(name, value) {
    this.fields[name] = value;
    if (name === "of") this.#touch();
    this.courier.rested();
  }

  #preset(fields) {
    Object.assign(this.fields, fields);
    this.#showFields();
    this.#touch();
    this.courier.rested();
  }

  #staged(stage) {
    this.fields.stage = stage === this.player.last ? null : stage;
    this.figure.reveal(stage);
    this.player.bind.paint(this.read);
    this.#touch();
    this.courier.rested();
  }

  #select(name) {
    this.fields.at = this.fields.at === name ? null : name;
    this.#showPanel();
    this.panel.bind.paint(this.read);
    this.courier.rested();
  }

  async #copy() {
    await this.courier.flush();
    const { sync } = channel(this.spec.key);
    const link = `${location.origin}${location.pathname}${sync.query ? `?${sync.query}` : ""}`;
    try {
      await navigator.clipboard.writeText(link);
      this.copied.textContent = "Copied.";
    } catch {
      const field = el("input", { type: "text", readonly: true, value: link, "aria-label": "Link to this state" });
      this.copied.replaceChildren("Copy this: ", field);
      field.select();
      return;
    }
    setTimeout(() => this.copied.replaceChildren(), 2500);
  }

  unmount() {
    this.observer.disconnect();
    this.player.pause();
    channel(this.spec.key).live = null;
  }
}

export default function mount(component) {
  const { data, parentElement } = component;
  if (data.kind === "sync") {
    const line = channel(data.key);
    line.sync = data;
    line.live?.synced();
    return undefined;
  }
  const host = parentElement;
  if (!host.lrviz) {
    host.lrviz = new Live(host, data);
    host.lrviz.starting = stylesheet(data.css);
  }
  const live = host.lrviz;
  live.starting = live.starting.then(async () => {
    while (!channel(data.key).sync) await new Promise((resolve) => setTimeout(resolve, 5));
    await live.update(component);
  });
  return undefined;
}
