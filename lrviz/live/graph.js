// The Graph page: a figure that is never remounted, the inputs that move it, and the blocks that
// read the same numbers. It knows figures, inputs and a graph of operations; what stands on the
// page is in the data it is given.

import { Nudge, OneStep } from "./act.js";
import { Bindings, Panel, Player, Product } from "./blocks.js";
import { Blanks } from "./blanks.js";
import {
  adopt, channel, copyLink, copyText, drawing, drawInTurn, heard, heir, leaving, mode, stylesheet,
  unanswered,
} from "./channel.js";
import { during } from "./busy.js";
import { MessageQueue } from "./queue.js";
import { assign, button, choice, el, later, range } from "./dom.js";
import { Figure, plotly, recolour } from "./figure.js";
import { Curves } from "./curves.js";
import { Derivation, typesetter } from "./derivation.js";
import { explained } from "./glossary.js";
import { Guide } from "./guide.js";
import { BLANK, fill } from "./numbers.js";
import { plain } from "./expression.js";
import { evaluate, reader } from "./pass.js";
import { say } from "./sentence.js";
import { Strip } from "./strip.js";
import { place, shows, spoken } from "./withheld.js";

/** @import { Component, GraphFields, GraphSpec, Host, Inputs, LossName, Mode } from "./types.d.ts" */
/** @import { Parameters, RangeInputSpec, PictureShape, Read } from "./types.d.ts" */

/** @typedef {{ node: HTMLElement, set: (value: any) => void }} Widget */

const TARGETS = ["w1", "w2", "b"];
const PHONE = 640; // px of width, and less
const HIGH = 860; // px of height from which on the walk or the inputs are in view below the picture
const PACE = 2000; // ms between Python's answers while a hand drags: it pauses, and they come
const BESIDE = 260; // what the inputs take beside a picture
/** @type {PictureShape[]} the pictures that lie, from wide to narrow */
const LYING = ["vast", "broad", "wide"];

export class GraphPage {
  component = /** @type {Component<GraphSpec>} */ (later);
  spec = /** @type {GraphSpec} */ (later);
  fields = /** @type {GraphFields} */ ({});
  session = "";
  revision = -1;
  /** @type {string | null} */
  structure = null;
  /** @type {Mode | null} */
  mode = null;
  /** @type {Promise<unknown>} */
  starting = Promise.resolve();
  /** @type {HTMLElement | null} */
  failure = null;
  whole = /** @type {() => Promise<void>} */ (later);
  leave = /** @type {() => void} */ (later);
  dragging = false;
  /** Whether anything is drawn, was ever drawn, and was ever touched. */
  ready = false;
  opened = false;
  touched = false;
  /** Whether a line of the derivation is being read: it lights its part of the picture. */
  reading = false;
  /** @type {string | null} the node or edge whose panel is open */
  selected = null;
  /** Whether the walk goes on: its node is marked. */
  walking = false;
  /** The stage that is shown. */
  stage = 0;
  /** @type {PictureShape} */
  shape = "wide";
  read = /** @type {Read} */ (later);
  /** @type {Read | null} the pass where the hand took hold of the parameter */
  from = null;
  held = false;
  sentence = el("h1", {});
  heard = el("p", { class: "lv-unseen", role: "status" });
  unheard = false;
  bridge = el("p", { class: "lv-bridge" });
  /** The bridge that stands there, or nothing where a drag is spoken of. */
  bridged = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  describing;
  /** @type {Record<string, Widget>} */
  widgets = {};
  /** @type {Map<string, RangeInputSpec>} */
  ranges = new Map();

  root = el("div", { class: "lv" });
  head = el("div", { class: "lv-head" });
  copied = el("span", { class: "lv-copied", role: "status" });
  /** Leads to the line of the derivation that a link names. */
  linked = button("", () => {
    this.linked.remove();
    // On a phone the lines come over the page: the picture stays in view above them.
    if (this.root.dataset.layout === "phone") this.figureHost.scrollIntoView({ block: "start" });
    this.derivation.follow();
    this.derivation.body.focus({ preventScroll: true });
  }, { class: "lv-button lv-linked" });
  figureHost = el("div", { class: "lv-figure" });
  figure = new Figure(this.figureHost, {
    onSelect: (name) => this.#select(name),
    onScrub: (name, pixels) => this.#scrub(/** @type {keyof Inputs} */ (name), pixels),
    onRest: () => this.#rested(),
  });
  legend = el("p", { class: "lv-legend" });
  reset = /** @type {HTMLElement} */ (later);
  inputs = el("div", { class: "lv-inputs" });
  blanks = new Blanks({
    ask: async (key, typed) => {
      if (!await this.queue.flush({ fill: key, typed })) return { key, right: null, said: unanswered(), lines: [] };
      const answer = JSON.parse(channel(this.spec.key).sync?.answer || "null");
      return answer?.key === key ? answer : null;
    },
    state: () => JSON.stringify(["x1", "x2", "w1", "w2", "b", "y", "loss"].map((name) =>
      this.fields[/** @type {keyof GraphFields} */ (name)])),
    turn: (part, line) => this.#turn(part, line, "begin"),
  });
  product = new Product({
    blank: (key) => this.blanks.field(key),
    pick: (name, value) => this.#pick(name, value),
    point: (names) => this.#point(names),
    repaint: () => this.#paint(),
  });
  panel = new Panel({ close: () => this.#select(this.fields.at) });
  player = new Player((stage) => this.#staged(stage));
  derivation = new Derivation({
    turn: (part, line, view) => this.#turn(part, line, view),
    point: (names) => this.#point(names),
    extreme: (fields) => this.#preset(fields),
    saturation: (fields) => this.#saturation(fields),
    copy: (scope, numbers, said) => this.#copyLatex(scope, numbers, said),
  });
  curves = new Curves(() => drawing(this, this.#drawCurves()));
  nudge = new Nudge({
    move: (size) => {
      this.fields.nudge = size;
      this.nudge.set(size);
      this.#paint();
      this.queue.moved();
    },
    rest: () => {
      this.heard.textContent = this.nudge.verdict.textContent;
      this.queue.rested();
    },
  });
  onestep = new OneStep({
    move: (parameters) => this.#step(parameters),
    rate: (lr) => {
      this.fields.lr = lr;
      this.onestep.set(lr);
      this.#paint();
      this.#touch();
      this.queue.rested();
    },
  });
  side = el("div", { class: "lv-side" }, this.inputs, this.onestep.node);
  chain = el("div", { class: "lv-chain" }, this.product.node);
  strip = new Strip();
  guide = new Guide("graph", {
    fields: () => this.fields,
    put: (fields) => this.#put(fields),
    hand: (fields) => {
      assign(this.fields, fields);
      return this.queue.flush();
    },
    read: () => this.#plain(this.spec.loss.now),
    known: () => true, // computed here
    light: () => {
      // What a card speaks of takes the place of the node that was at work, or of the line that was read.
      this.reading = this.walking = false;
      this.#point(null);
      if (this.ready) this.#reveal(this.player.stage);
    },
    root: () => this.root,
    part: (name) => ({ picture: this.figureHost, nudge: this.nudge.node, onestep: this.onestep.node })[name]
      ?? this.figure.buttons.get(name) ?? null,
  });
  /**
   * What stays at hand at the foot of a low window: what the slopes come to, the walk, and on a phone the one slider
   * that is wanted.
   */
  gradient = new Bindings();
  /** @type {HTMLElement | null} */
  rate = null;
  dock = el("div", { class: "lv-dock" }, this.player.node);
  foot = el("div", { class: "lv-foot" });

  /** @param {Host} host @param {GraphSpec} data */
  constructor(host, data) {
    const picture = el("div", { class: "lv-picture" }, this.figureHost, this.blanks.node, this.legend);
    this.figureHost.append(this.blanks.layer);
    this.fixed = el("div", { class: "lv-fixed" }, picture, this.side, this.chain, this.nudge.node);
    const below = [this.panel, this.derivation, this.curves].map(({ node }) => node);
    this.root.append(this.guide.node, this.head, this.fixed, this.dock, ...below, this.foot, this.blanks.room);
    for (const one of [this.inputs, this.dock]) {
      one.addEventListener("pointerdown", ({ target }) => {
        if (target instanceof HTMLInputElement && target.type === "range") this.dragging = true;
      });
    }
    this.root.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape") return;
      this.derivation.unfold(false);
      if (this.selected) this.#select(this.selected);
    });
    this.root.style.visibility = "hidden"; // until its style sheet is there
    host.append(this.root);
    this.queue = new MessageQueue(
      (message) => this.component.setStateValue("message", message),
      () => ({ ...this.fields }),
      () => this.root.isConnected && channel(data.key).signal?.("wake"), PACE);
    this.observer = new ResizeObserver(() => drawing(this, this.#resized()));
    this.observer.observe(this.root);
    // How much of the window's foot the walk takes, while it stays there.
    new ResizeObserver(() => this.#measureDock()).observe(this.dock);
    const here = leaving(this, data.key);
    window.addEventListener("resize", () => this.spec && this.#arrange(), here);
    const stop = () => {
      this.dragging = false;
    };
    for (const name of ["pointerup", "pointercancel", "blur"]) window.addEventListener(name, stop, here);
    channel(data.key).live = this;
  }

  /**
   * New data from Python, or a new theme.
   * @param {Component<GraphSpec>} component
   */
  async update(component) {
    this.component = component;
    this.root.style.visibility = "";
    const { data } = component;
    const now = mode(this.root);
    const structure = data.structure !== this.structure;
    if (!structure && now === this.mode) return;
    this.spec = data;
    this.mode = now;
    this.structure = data.structure;
    this.root.dataset.mode = now;
    for (const [role, colour] of Object.entries(data.palettes[now])) {
      this.root.style.setProperty(`--lv-${role.replace("_", "-")}`, colour);
    }
    if (structure) adopt(this, data.key);
    if (structure) this.#build();
    await this.#draw();
  }

  /** The sync mount has news: an answer, a link, perhaps new fields. */
  synced() {
    if (!this.spec) return;
    const { sync } = channel(this.spec.key);
    if (!sync) return;
    if (adopt(this, this.spec.key, this.dragging)) {
      this.onestep.forget();
      this.#showFields();
    }
    this.queue.answered(sync.client, sync.ack);
  }

  #build() {
    const { spec, fields } = this;
    this.widgets = {};
    const groups = spec.groups.map((group) => {
      const box = el("fieldset", { class: "lv-group" }, el("legend", { text: group.title }));
      if (group.note) box.append(el("p", { class: "lv-note", text: group.note }));
      for (const input of group.inputs) {
        const value = fields[input.name];
        const widget = input.kind === "range"
          ? range({ ...input, value }, (v) => this.#moved(input.name, v), () => this.#rested())
          : choice({ ...input, value }, (v) => this.#moved(input.name, Number(v), true));
        this.widgets[input.name] = widget;
        if (input.kind === "range") {
          this.ranges.set(input.name, input);
          box.append(widget.node);
        } else {
          const symbol = el("span", { class: "lv-symbol", text: input.symbol });
          box.append(el("div", { class: "lv-range lv-data" }, symbol, widget.node));
        }
      }
      return box;
    });
    this.inputs.replaceChildren(...groups);
    this.gradient = new Bindings();
    this.rate = el("p", { class: "lv-dock-rate" }, this.gradient.text("span", {}, spec.product.rate));
    if (shows(spec, "product")) {
      const names = spec.product.factors.map(({ symbol, mark }) => `${symbol} ${mark}`).join(" × ");
      this.rate.append(" ", this.gradient.text("span", { class: "lv-dock-terms" }, spec.product.terms),
        " ", el("span", { class: "lv-dock-names", text: `= ${names}` }));
    }
    this.dock.replaceChildren(this.rate, this.player.node);
    this.widgets[spec.drag]?.node.classList.add("lv-wanted-input");
    this.legend.replaceChildren(...spec.legend.map(([role, text]) =>
      el("span", { class: `lv-role-${role}` }, ...explained(text, spec.glossary))));
    this.#buildHead();
    this.blanks.build(spec.blanks);
    this.product.build(spec.product, fields);
    this.nudge.build(spec.nudge);
    this.onestep.build(spec.onestep);
    this.player.build(spec.captions, spec.resting);
    this.strip.build(spec.strip);
    this.derivation.build(spec.derivation, fields, this.strip.node);
    this.curves.build(spec.curves);
    this.guide.build(spec.guide);
    this.#buildFoot();
    this.root.classList.toggle("lv-calm", Boolean(spec.calm) && !this.touched);
  }

  /** Leave out what the link leaves out. */
  #hide() {
    const { product, player, derivation, curves, nudge, onestep, strip } = this;
    for (const [name, block] of Object.entries({ product, player, derivation, curves, nudge, onestep, strip })) {
      place(block.node, shows(this.spec, name));
    }
    place(this.foot, shows(this.spec, "try"));
    this.guide.offer.hidden = !shows(this.spec, "guide");
  }

  #buildHead() {
    const { spec, fields } = this;
    const tools = el("div", { class: "lv-tools" });
    for (const one of [...spec.tools, spec.loss]) {
      const widget = choice({ ...one, value: fields[one.name] }, (v) => this.#pick(one.name, v));
      this.widgets[one.name] = widget;
      tools.append(widget.node);
    }
    const [worked] = spec.presets;
    const reset = () => {
      this.player.forget();
      this.#preset({ ...worked.fields, stage: null, nudge: null });
    };
    this.reset = button("Reset", reset, { title: `Back to the ${worked.label}` });
    tools.append(this.reset);
    tools.append(button("Copy link", () => copyLink(this.queue, spec.key, this.copied)), this.copied);
    this.from = null;
    this.head.replaceChildren(this.sentence, this.bridge, tools, this.heard, this.panel.heard);
    this.#offerGuide();
  }

  #buildFoot() {
    const open = this.foot.querySelector("details")?.open;
    const note = el("p", { class: "lv-note", role: "status" });
    const presets = this.spec.presets.map((preset) => button(preset.label, () => {
      note.textContent = preset.note;
      this.#preset(preset.fields);
    }, { title: preset.note }));
    const fold = el("details", { class: "lv-fold" },
      el("summary", { text: "Try" }), el("div", { class: "lv-presets" }, ...presets), note);
    fold.open = Boolean(open);
    this.foot.replaceChildren(fold);
  }

  /** The widest picture that there is room for. */
  get #shape() {
    const room = this.figureHost.clientWidth;
    const { figures } = this.spec;
    return LYING.find((shape) => (figures[shape]?.layout.width ?? Infinity) <= room) ?? "tall";
  }

  get #drawn() {
    return this.spec.figures[this.shape] ?? this.spec.figures.tall;
  }

  #arrange() {
    const { width } = this.spec.figures.wide.layout;
    const wide = this.root.clientWidth;
    const narrow = wide >= PHONE ? "beside-tall" : "phone";
    this.root.dataset.layout = wide >= width + BESIDE ? "beside" : wide >= width ? "below" : narrow;
    this.root.style.setProperty("--lv-wide", `${width}px`);
    // The walk stands below the product where that is in view, else at the foot of the window.
    const roomy = this.root.dataset.layout === "beside" && innerHeight >= HIGH;
    if (roomy !== (this.dock.parentNode === this.chain)) {
      if (roomy) this.chain.append(this.dock);
      else this.fixed.after(this.dock);
    }
    this.#measureDock();
    this.#fillDock();
    this.#offerGuide();
  }

  #measureDock() {
    const high = this.dock.parentNode === this.root ? this.dock.offsetHeight : 0;
    this.root.style.setProperty("--lv-dock", `${high}px`);
  }

  /** On a phone the tools come far below: who is new finds the guide before the picture. */
  #offerGuide() {
    const { guide: { offer } } = this;
    const fresh = offer.classList.contains("lv-guide-fresh");
    if (this.root.dataset.layout === "phone" && fresh) {
      if (offer.parentNode !== this.bridge) this.bridge.append(" ", offer);
    } else if (this.reset.previousElementSibling !== offer) this.reset.before(offer);
  }

  /**
   * The wanted slider moves to the dock where the others lie below the window, on a phone or on a low
   * one, and back to its place among them.
   */
  #fillDock() {
    const wanted = this.widgets[this.spec.drag]?.node;
    if (!wanted) return;
    const docked = this.dock.firstElementChild;
    const { layout } = this.root.dataset;
    if (layout === "phone" || (layout === "below" && innerHeight < HIGH)) {
      // What is moved loses the hand that is on it.
      if (docked !== wanted) this.dock.prepend(wanted);
    } else if (docked === wanted) {
      const { inputs } = this.spec.groups[0];
      const next = inputs[inputs.findIndex(({ name }) => name === this.spec.drag) + 1];
      this.inputs.firstElementChild?.insertBefore(wanted, next ? this.widgets[next.name].node : null);
    }
  }

  async #draw() {
    this.#arrange();
    this.shape = this.#shape;
    this.root.dataset.shape = this.shape;
    this.#compute();
    const [Plotly] = await Promise.all([plotly(this.spec.plotly), typesetter(this.spec.katex)]);
    const now = this.mode ?? "light";
    await this.figure.draw(Plotly, this.#drawn, this.spec.palettes, now, this.read);
    this.figure.scrubs([...this.ranges.keys()]);
    this.ready = true;
    this.#showFields();
    this.root.classList.add("lv-ready");
    this.guide.drawn();
    if (!this.opened) during(this.blanks.recall());
    // A link to a line of the derivation opens with what it speaks of lit, and leads there.
    if (!this.opened && this.fields.line > 0 && !this.derivation.node.hidden) {
      this.reading = true;
      this.linked.textContent = `${this.derivation.where} is open below ↓`;
      this.guide.offer.before(this.linked);
      this.#point(null);
    }
    this.opened = true;
    if (!shows(this.spec, "curves")) return;
    if (this.fields.loss !== "log") this.curves.fold.open = true;
    if (this.curves.fold.open) await this.#drawCurves();
  }

  async #drawCurves() {
    if (!window.Plotly || !this.ready || !this.mode) return;
    const { curves, palettes } = this.spec;
    await this.curves.draw(window.Plotly, recolour(curves.figure, palettes.light, palettes[this.mode]));
    this.#paint();
  }

  async #resized() {
    if (this.spec) this.#arrange();
    if (!this.ready) return;
    if (this.shape !== this.#shape) await this.#draw();
    else await this.figure.resize(this.read);
    if (this.curves.open && this.curves.width !== this.curves.fold.clientWidth) await this.#drawCurves();
    this.#reveal(this.player.stage);
    this.blanks.place(this.figure);
  }

  #compute() {
    this.read = reader(evaluate(this.spec.graph, this.fields));
  }

  /**
   * The derivation and the curves speak of two features, whatever view the picture has.
   * @param {LossName} loss
   */
  #plain(loss) {
    return reader(evaluate(this.spec.plain[loss], this.fields));
  }

  /** Everything that shows a number, in one go. */
  #paint() {
    this.#compute();
    const here = this.#plain(this.spec.loss.now);
    this.#say(here);
    this.#act(here);
    this.guide.paint();
    this.figure.paint(this.read);
    this.product.bind.paint(this.read);
    this.panel.bind.paint(this.read);
    this.gradient.digits = this.product.bind.digits;
    this.gradient.paint(this.read);
    this.player.bind.paint(this.read);
    this.derivation.digits = this.product.bind.digits;
    if (!this.derivation.node.hidden) {
      this.derivation.paint(here);
      this.strip.bind.paint(this.read);
    }
    this.blanks.place(this.figure);
    if (this.curves.open && shows(this.spec, "curves")) {
      this.curves.paint({ log: this.#plain("log"), squared: this.#plain("squared") }, this.fields.y);
    }
    this.#describeSoon();
  }

  /**
   * The sentence of the page, and below it what a drag has done, or how to read the picture.
   * @param {Read} here
   */
  #say(here) {
    const { said, drag, bridge, question } = this.spec;
    // While the walk has not come that far, and where numbers are left out, nothing is given away.
    const open = this.player.stage === this.player.last;
    this.root.classList.toggle("lv-walking", !open);
    this.sentence.textContent = open && shows(this.spec, "now") ? say(said.now, here) : question;
    const start = shows(this.spec, "moved") ? this.from : null;
    if (!open || !start || start(`value.${drag}`) === this.fields[drag]) {
      if (this.bridged !== bridge) {
        this.bridge.replaceChildren(...explained(bridge, this.spec.glossary));
        this.#offerGuide();
      }
      this.bridged = bridge;
      this.bridge.classList.remove("lv-moved");
      return;
    }
    /** @param {string} key */
    const change = (key) => plain(here(key)) - plain(start(key));
    const [by, loss] = [change(`value.${drag}`), change("value.L")];
    const promise = plain(start(`adjoint.${drag}`)) * by;
    /** @type {Record<string, number>} */
    const numbers = {
      "moved.by": by, "moved.loss": loss, "moved.promise": promise,
      "moved.off": loss === promise ? 0 : loss / promise - 1,
    };
    this.bridged = "";
    this.bridge.classList.add("lv-moved");
    this.bridge.textContent = say(said.moved, (key) => numbers[key]);
  }

  /**
   * The nudge in words and in the picture, and the step that could be taken.
   * @param {Read} here
   */
  #act(here) {
    if (shows(this.spec, "onestep")) this.onestep.paint(here);
    if (!shows(this.spec, "nudge")) {
      this.figure.nudged = null;
      return;
    }
    const { drag, loss, plain: graphs } = this.spec;
    /** @param {Partial<GraphFields>} changed */
    const elsewhere = (changed) => reader(evaluate(graphs[loss.now], { ...this.fields, ...changed }));
    const { nudge } = this.fields;
    const from = this.fields[drag];
    this.nudge.paint(here, elsewhere, from);
    const after = { ...this.fields, [drag]: from + (nudge ?? 0) };
    this.figure.nudged = nudge === null ? null : reader(evaluate(this.spec.graph, after));
  }

  /**
   * A step of gradient descent, or back.
   * @param {Parameters} parameters
   */
  #step(parameters) {
    this.from = null;
    assign(this.fields, parameters);
    this.#showFields();
    this.#touch();
    this.queue.rested();
  }

  /**
   * A drag begins anew with the first move after a rest; of another input it says nothing.
   * @param {string} name
   */
  #takesHold(name) {
    if (this.held && this.from) return;
    this.held = true;
    this.from = name === this.spec.drag ? this.#plain(this.spec.loss.now) : null;
  }

  #rested() {
    this.unheard ||= this.held;
    this.held = false;
    this.#describeSoon(); // a hand that stood still before it let go has been described already
    this.queue.rested();
  }

  #describeSoon() {
    clearTimeout(this.describing);
    this.describing = setTimeout(() => this.#describe(), 120);
  }

  #describe() {
    // What a drag came to is said once, when it has ended.
    if (this.unheard && !this.held) {
      const moved = this.bridge.classList.contains("lv-moved") ? this.bridge.textContent : "";
      this.heard.textContent = [this.player.words, this.sentence.textContent, moved].filter(Boolean).join(" ");
      this.unheard = false;
    }
    this.figure.describe(spoken(fill(this.spec.summary, this.read)), this.read);
  }

  /**
   * Several fields at once, from the guide.
   * @param {Partial<GraphFields>} fields
   */
  #put(fields) {
    this.from = null;
    this.onestep.forget();
    assign(this.fields, fields);
    this.reading = this.walking = false;
    this.#showFields();
    this.#touch();
    this.queue.rested();
  }

  /** Bring every control and block to the fields as they are. */
  #showFields() {
    if (!this.ready) return;
    const { spec, fields } = this;
    this.guide.arrive();
    this.root.classList.toggle("lv-guided", Boolean(this.guide.name));
    this.#hide();
    for (const [name, widget] of Object.entries(this.widgets)) {
      widget.set(fields[/** @type {keyof GraphFields} */ (name)]);
    }
    this.nudge.set(fields.nudge);
    this.onestep.set(fields.lr);
    this.product.of.set(fields[spec.product.choice.name]);
    this.player.set(fields.stage);
    this.#reveal(this.player.stage);
    this.#showPart(fields.part, fields.line);
    this.#showPanel();
    this.#paint();
    this.#describe();
  }

  #showPanel() {
    const panel = this.fields.at === null ? undefined : this.spec.panels[this.fields.at];
    this.panel.show(panel);
    this.panel.reveal((template) => this.figure.known(template) <= this.stage);
    this.selected = panel ? this.fields.at : null;
    this.#point(null);
  }

  /**
   * Light parts of the picture; without names, those of the line that is being read.
   * @param {string[] | null} names
   */
  #point(names) {
    const worked = this.walking ? this.spec.walk[this.player.stage]?.node : null;
    const lit = names ?? (this.reading ? this.derivation.about : worked ? [worked] : this.guide.lit ?? []);
    this.figure.mark(this.selected, lit);
    this.strip.mark(lit);
  }

  /** @param {string} part @param {number} line */
  #showPart(part, line) {
    this.derivation.show(part, line);
    this.strip.show(part);
  }

  /**
   * A line of the derivation, with those before it.
   * @param {string} part @param {number} line
   * @param {"begin" | "follow" | "stay"} view where the page goes: to the top of the part, along with
   *   the newest line, or nowhere
   */
  #turn(part, line, view = "follow") {
    this.reading = true;
    this.walking = false;
    assign(this.fields, { part, line });
    this.#showPart(part, line);
    this.linked.remove();
    this.#point(null);
    this.#paint();
    if (view === "begin") this.derivation.begin();
    else if (view === "follow" && line > 0) this.derivation.follow();
    this.queue.rested();
  }

  /**
   * The panel that explains saturation; where it is not open, first go to where it is.
   * @param {Inputs} fields
   */
  async #saturation(fields) {
    if (!document.querySelector(".lv-saturation")) {
      this.#preset(fields);
      await this.queue.flush();
    }
    document.querySelector(".lv-saturation")?.scrollIntoView({ block: "center" });
  }

  #touch() {
    if (this.touched) return;
    this.touched = true;
    this.root.classList.remove("lv-calm");
  }

  /** @param {keyof Inputs} name @param {number} value */
  #moved(name, value, rest = false) {
    this.#takesHold(name);
    this.onestep.forget();
    this.player.rest();
    this.fields[name] = value;
    this.#paint();
    this.#touch();
    if (rest) this.#rested();
    else this.queue.moved();
  }

  /**
   * A drag on the node itself: as many steps of its slider as pixels, to two decimals.
   * @param {keyof Inputs} name @param {number} pixels
   */
  #scrub(name, pixels) {
    const spec = this.ranges.get(name);
    if (!spec) return;
    const next = Math.round((this.fields[name] + pixels * spec.step) / spec.step) * spec.step;
    const value = Number(Math.max(spec.min, Math.min(spec.max, next)).toFixed(2)) + 0;
    this.widgets[name].set(value);
    this.#moved(name, value);
  }

  /** @param {"of" | "view" | "loss"} name @param {string} value */
  #pick(name, value) {
    this.fields[name] = value;
    if (name === "of") this.#touch();
    if (name === "loss") this.onestep.forget(); // its steps went down another loss
    this.queue.rested();
  }

  /** @param {Inputs & { stage?: null, nudge?: null }} fields */
  #preset(fields) {
    this.from = null;
    this.onestep.forget();
    assign(this.fields, fields);
    this.#showFields();
    this.#touch();
    this.queue.rested();
  }

  /** @param {number} stage */
  #staged(stage) {
    const before = this.stage;
    this.fields.stage = stage === this.player.last ? null : stage;
    this.walking = true;
    this.#point(null);
    this.#paint();
    this.heard.textContent = this.player.words;
    this.#touch();
    this.queue.rested();
    during(this.#travel(before, stage));
  }

  /**
   * From one stage to the next by tokens, whose arrival shows what they bring; else at once.
   * @param {number} before @param {number} stage
   */
  async #travel(before, stage) {
    const step = stage - before;
    if (Math.abs(step) !== 1) this.figure.travel.stop();
    else {
      // Back is the same in reverse: what was brought is hidden, and carried back.
      const { moves } = this.spec.walk[Math.max(stage, before)];
      if (step < 0) this.#reveal(stage);
      this.player.arrive(false);
      const went = await this.figure.travel.go(moves.map(({ edge, back, carries }) => {
        const way = this.figure.ways[edge][Number(back)];
        const [start, end] = carries.map((text) =>
          fill(text, (key) => this.#share(key)).replaceAll(BLANK, "?"));
        return step > 0 ? { way, back, carries: [start, end] } : { way, back, carries: [end, start], reverse: true };
      }), this.figure.offset);
      if (!went) return;
      this.player.arrive(true);
    }
    this.#reveal(this.player.stage);
  }

  /**
   * A quantity, or the share of a gradient that goes along an edge: share.L.a is that of a.
   * @param {string} key
   */
  #share(key) {
    const [kind, head, tail, index] = key.split(".");
    if (kind !== "share") return this.read(key);
    const local = this.read(`local.${tail}-${head}${index === undefined ? "" : `.${index}`}`);
    return plain(this.read(`adjoint.${head}`)) * plain(local);
  }

  /**
   * Show what the walk has computed.
   * @param {number} stage
   */
  #reveal(stage) {
    this.stage = stage;
    this.figure.reveal(stage, this.guide.seen);
    this.product.reveal(stage, this.guide.seen);
    this.panel.reveal((template) => this.figure.known(template) <= stage);
    this.rate?.classList.toggle("lv-not-yet", this.spec.product.stage > stage);
  }

  /** @param {string | null} name a second time: none */
  #select(name) {
    if (this.root.dataset.layout === "phone" && name && TARGETS.includes(name)) {
      this.#pick("of", name);
      return;
    }
    const at = this.fields.at === name ? null : name;
    this.fields.at = at;
    const part = at === null ? undefined : this.spec.derivation.part_of[at];
    this.reading = false;
    if (part && part !== this.fields.part) {
      assign(this.fields, { part, line: 0 });
      this.#showPart(part, 0);
    }
    this.#showPanel();
    this.#paint();
    this.panel.tell();
    if (this.selected) {
      this.derivation.unfold(false);
      // The panel covers what is below: what it explains stays in view above it.
      this.figure.buttons.get(this.selected)?.scrollIntoView({ block: "nearest" });
    }
    this.queue.rested();
  }

  /** @param {string} scope @param {boolean} numbers @param {HTMLElement} said */
  async #copyLatex(scope, numbers, said) {
    said.replaceChildren();
    if (!await this.queue.flush({ latex: scope, numbers })) said.textContent = unanswered();
    else await copyText(channel(this.spec.key).sync?.answer ?? "", said, "The derivation as LaTeX");
  }
}

/**
 * Mount or update; the same element for ever.
 * @param {Component<GraphSpec>} component
 */
export function mountGraph(component) {
  const { data, parentElement: host } = component;
  const page = host.lrviz ??= heir(component) ?? new GraphPage(host, data);
  host.lrvizLeave = page.leave;
  const newest = heard(page, component);
  drawInTurn(page, async () => {
    await Promise.all([stylesheet(data.css), channel(data.key).until(({ sync }) => sync !== null)]);
    if (await newest()) await page.update(component);
  });
}
