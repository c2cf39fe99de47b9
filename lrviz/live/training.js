// The training of a run: it plays wholly in the browser. Every view is drawn from one step at
// once, so the surface, the boundary, the cursor and the graph can never disagree.

import { adopt, channel, copyLink, drawing, drawInTurn, heard, heir, leaving, mode, stylesheet } from "./channel.js";
import { control } from "./controls.js";
import { onConnectedAgain } from "./internals.js";
import { MessageQueue } from "./queue.js";
import { CountsView } from "./counts.js";
import { assign, button, el, later, put } from "./dom.js";
import { ExampleView } from "./example-view.js";
import { plotly } from "./figure.js";
import { LossView } from "./loss-view.js";
import { slot } from "./numbers.js";
import { Guide } from "./guide.js";
import { Points } from "./points.js";
import { OptimizerView } from "./optimizer-view.js";
import { Playback, readRows } from "./playback.js";
import { Player } from "./player.js";
import { runReader } from "./run-reader.js";
import { Runs } from "./runs.js";
import { Scenarios } from "./scenarios.js";
import { boundaryOf, happened, ran, sidesOf, sliceOf, statusOf } from "./step-words.js";
import { SurfaceView } from "./surface-view.js";
import { cell, fit, isLow, shapeOf } from "./training-layout.js";
import { stay, train, trainable } from "./train.js";
import { Contributions, History, Rule, write } from "./tables.js";
import { DataView } from "./data-view.js";
import { typesetter } from "./derivation.js";
import { Weights } from "./weights.js";
import { leaveOut } from "./withheld.js";

/** @import { Control } from "./controls.js" */
/** @import { Shape } from "./training-layout.js" */
/** @import { Rows } from "./playback.js" */
/** @import { View } from "./view.js" */
/** @import { Component, FigureSpec, Host, Mode, Mounted } from "./types.d.ts" */
/** @import { RowsSpec, TextBlock, TrainingFields, TrainingSpec, Triple } from "./types.d.ts" */

const VEILED = "The surface comes with your answer.";
const EMPTY = "No point yet: a click in the data plane adds one.";
const WAIT = 700; // ms until "Computing" is said
const DOWNHILL = "−η∂J";
const KEYS = [["marker", "this step"], ["ghost", "next step"], ["downhill", DOWNHILL], ["best", "minimum"]];

export class TrainingPage {
  component = /** @type {Component<TrainingSpec>} */ (later);
  /** The newest one, drawn or not. */
  latest = /** @type {Component<TrainingSpec>} */ (later);
  spec = /** @type {TrainingSpec} */ (later);
  playback = /** @type {Playback} */ (later);
  fields = /** @type {TrainingFields} */ ({});
  /** The fields of the run that is drawn. */
  settled = /** @type {TrainingFields} */ ({});
  session = "";
  revision = -1;
  /** @type {string | null} */
  structure = null;
  mode = /** @type {Mode} */ ("light");
  /** @type {Promise<unknown>} */
  starting = Promise.resolve();
  /** @type {HTMLElement | null} */
  failure = null;
  whole = /** @type {() => Promise<void>} */ (later);
  leave = /** @type {() => void} */ (later);
  /** @type {Shape} */
  layout = "one";
  ready = false;
  /** The step of all runs. */
  k = 0;
  /** When tables and names were last written. */
  told = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting;
  /** @type {Record<string, Control> | null} */
  widgets = null;

  root = el("div", { class: "lv lvt" });
  head = el("div", { class: "lv-head" });
  controls = el("div", { class: "lvt-controls" });
  copied = el("span", { class: "lv-copied", role: "status" });
  computing = el("span", { class: "lvt-computing", role: "status" });
  heard = el("p", { class: "lv-unseen", role: "status" });
  /** Whether another run was asked for, and whether one has been drawn since; it is heard once. */
  awaited = false;
  drawn = false;
  stop = button("Stop", () => this.#stop(), { hidden: true });

  surface = new SurfaceView();
  data = new DataView();
  loss = new LossView();
  /** @type {View[]} */
  views = [];
  cells = /** @type {HTMLElement} */ (later);
  one = new ExampleView((i) => this.#choose(i));
  points = new Points(this.data, {
    read: () => this.fields,
    chosen: (i) => this.#choose(i),
    changed: (state, moving) => this.#change(state, moving),
  });
  runs = new Runs((fields) => this.#change(fields), () => this.fields);
  guide = new Guide("training", {
    fields: () => this.fields,
    put: (fields) => this.#put(fields),
    hand: (fields) => {
      assign(this.fields, fields);
      return this.queue.flush();
    },
    read: () => runReader(this.playback, this.playback.hold(this.k)),
    known: () => this.queue.done,
    light: () => {},
    root: () => this.root,
    part: (name) => ({ loss: this.loss.node, pulls: this.contributions.node })[name] ?? this.surface.node,
  });
  slice = el("p", { class: "lvt-caption" });
  sides = el("p", { class: "lvt-caption" });
  ended = el("p", { class: "lvt-caption lvt-ended" });
  hint = el("p", { class: "lvt-hint", text: "The loss of your points will stand here." });
  planeHost = el("div", { class: "lv-tools" });
  /** @type {Record<string, HTMLElement>} what is said of each mark */
  keys = Object.fromEntries(KEYS.map(([kind, text]) => [kind, el("span", { text })]));
  legend = el("p", { class: "lvt-legend" }, ...KEYS.map(([kind]) => el("span",
    { class: `lvt-key-pair lvt-pair-${kind}` }, el("span", { class: `lvt-key lvt-key-${kind}` }), this.keys[kind])));
  scenarios = new Scenarios((fields) => this.#change({ ...fields, step: 0, example: 0, comparisons: [] }));
  player = new Player({
    last: () => this.playback.steps,
    show: (k) => this.#show(k),
    go: (k, rest) => this.#goto(k, rest),
    rest: () => this.#rest(),
  });
  random = button("⚂", () => this.#from(this.playback.spec.random_start), {
    class: "lv-button lvt-sign", "aria-label": "Draw one from the seed",
    title: "A random start: drawn from the seed, another seed gives another",
  });
  /** Offered where nothing moves from the start. */
  move = button("Start where it moves", () => {
    const settled = this.playback.spec.settled_start;
    if (settled) this.#from(settled.start);
  }, { hidden: true });
  /** What is said of raw values that are too large, and the way out. */
  large = el("p", { class: "lvt-caption lvt-large" });
  counts = new CountsView();
  now = el("p", { class: "lvt-told" });
  note = el("p", { class: "lvt-caption lvt-note", role: "status" });
  lecture = button("Lecture view", () => this.#lecture(), {
    "aria-pressed": "false", title: "Surface, loss curve and player alone, as large as they go",
  });

  rule = new Rule();
  optimizer = new OptimizerView();
  weights = new Weights();
  contributions = new Contributions((i) => this.#choose(i, true));
  history = new History();
  left = el("div", { class: "lvt-column" });
  right = el("div", { class: "lvt-column" });
  scales = el("p");
  /** Whether the run that is drawn begins where a hand put it, and is not the one that Python gave. */
  begun = false;
  /** @type {Map<string, number>} the rate that a scale of some data was left with */
  rates = new Map();

  /** @param {Host} host @param {TrainingSpec} data */
  constructor(host, data) {
    this.key = data.key;
    this.data.clicked = (point) => this.#choose(point.customdata, true);
    this.loss.scrubbed = (k, rest) => {
      this.pause(false);
      this.#goto(k, rest);
    };
    this.counts.changed = (threshold, moving) => this.#judge(threshold, moving);
    this.surface.grip.chosen = (place, moving) => this.#begin(place, moving);
    this.surface.grip.lost = () => this.#stop();
    this.data.placed = () => this.points.show(this.ownPoints);
    this.data.placedNow = () => (this.ownPoints ? this.fields.points : null);
    host.append(this.root);
    this.views = [this.surface, this.data, this.loss];
    this.cells = this.#cells();
    this.root.append(this.guide.node, this.head, this.controls,
      el("div", { class: "lvt-shelf" }, this.scenarios.node, this.runs.bar), this.cells,
      el("div", { class: "lvt-words" }, this.runs.node, this.left, this.right, this.history.node));
    this.queue = new MessageQueue(
      (message) => this.component.setStateValue("message", message),
      () => ({ ...this.fields }),
      () => this.root.isConnected && channel(data.key).signal?.("wake"));
    const here = leaving(this, data.key);
    document.addEventListener("keydown", (event) => this.points.shortcut(event), here);
    this.observer = new ResizeObserver(() => drawing(this, this.#resized()));
    this.observer.observe(this.root);
    window.addEventListener("resize", () => drawing(this, this.#resized()), here);
    channel(data.key).live = this;
  }

  #cells() {
    const { points } = this;
    const axis = el("span", { class: "lvt-label" }, "J by step, on a logarithmic axis",
      el("span", { class: "lvt-hand", text: ": drag along it" }));
    const dock = el("div", { class: "lvt-dock" },
      cell("c", "Loss at every step", [axis], this.loss.node), this.ended, this.player.node);
    return el("div", { class: "lvt-views" },
      cell("a", "Loss surface", [this.planeHost], this.hint, el("p", { class: "lvt-veiled", text: VEILED }),
        this.surface.node, this.legend, this.slice),
      cell("b", "Data and boundary", [points.edge, points.said], this.data.node, points.node, this.sides,
        this.counts.node),
      dock, this.rule.node,
      this.one.node);
  }

  /** Whether the data are points placed by hand. */
  get ownPoints() {
    return this.fields.data === "own";
  }

  /**
   * Several fields at once, from a part of the page that is not a single control.
   * @param {Partial<TrainingFields>} fields
   */
  #change(fields, moving = false) {
    // Points that were copied are the same surface still.
    if (!fields.points?.length) this.#follow(fields);
    assign(this.fields, fields);
    this.pause(false);
    this.#showControls();
    this.data.move();
    this.#expect();
    if (moving) this.queue.moved();
    else this.queue.rested();
  }

  /** What the data are called where they are chosen. */
  get dataName() {
    return this.widgets?.data.text?.() ?? "";
  }

  get shape() {
    return shapeOf(this.root.clientWidth);
  }

  /**
   * New data from Python, or a new theme.
   * @param {Component<TrainingSpec>} component
   */
  async update(component) {
    this.component = component;
    const { data } = component;
    const now = mode(this.root);
    const structure = data.structure !== this.structure;
    this.root.dataset.without = data.hidden.join(" ");
    // Drawn while it was not in the page, a graph has no sizes of texts.
    if (leaveOut(this.root, data.hidden)) this.one.drawn = "";
    this.#offerFile(data);
    if (!structure && now === this.mode) return;
    const { rows } = channel(this.key);
    if (!rows) throw new Error("the examples have not come");
    this.spec = data;
    this.mode = now;
    this.root.dataset.mode = now;
    for (const [role, colour] of Object.entries(data.palettes[now])) {
      this.root.style.setProperty(`--lv-${role.replace("_", "-")}`, colour);
    }
    if (structure) {
      const { playing } = this;
      this.pause(false);
      this.structure = data.structure;
      this.#give(data, rows);
      this.data.bare = data.own_points;
      this.points.limits = data.own;
      this.root.classList.toggle("lvt-blank", data.blank);
      this.root.classList.toggle("lvt-own", data.own_points);
      adopt(this, this.key);
      if (playing) this.queue.rested(); // at the step that it had come to
      this.#build();
      this.#offerFile(data);
    }
    await this.#draw();
    this.settled = { ...this.fields };
    this.#busy(false);
    this.drawn ||= structure && this.awaited;
    this.#hear();
  }

  /**
   * The run that Python gave takes the place of any that a hand began.
   * @param {TrainingSpec} data @param {Rows} rows
   */
  #give(data, rows) {
    this.playback = new Playback(data.playback, rows);
    this.begun = false;
    this.root.classList.remove("lvt-dragged");
  }

  /** @param {TrainingSpec} data an uploaded file can be chosen as long as it is there */
  #offerFile({ file }) {
    this.widgets?.data.offer?.("file", file && `File: ${file}`);
  }

  /** The sync mount has news: an answer, a link, perhaps new fields. */
  synced() {
    const { sync } = channel(this.key);
    if (!this.spec || !sync) return;
    if (adopt(this, this.key)) this.#showFields();
    this.queue.answered(sync.client, sync.ack);
    if (this.ready) this.guide.paint();
    // Nothing that was asked for is left to come.
    if (sync.client === this.queue.client && sync.ack === this.queue.seq) this.#busy(false);
    this.#hear();
  }

  /** What another run comes to is heard when the hand rests and nothing is left to come. */
  #hear() {
    if (!this.drawn || !this.queue.done) return;
    this.awaited = this.drawn = false;
    this.heard.textContent = ran(this.playback);
  }

  #build() {
    const { spec, playback } = this;
    this.widgets ??= this.#buildOnce();
    for (const view of [this.surface, this.data, this.loss]) view.load(playback, spec.styles);
    this.one.load(playback, spec);
    for (const block of [this.rule, this.optimizer, this.contributions, this.history]) block.load(playback);
    this.runs.load(playback, spec.most, spec.styles);
    this.points.offer(this.fields.data === "file");
    this.player.load();
    this.move.hidden = !playback.spec.settled_start;
    const { large } = playback.spec;
    const way = button("Standardise", () => this.#set("scale", "standard"), { class: "lv-quiet" });
    this.large.replaceChildren(...(large ? [`${large} `, ...(playback.spec.scaled ? [] : [way])] : []));
    const { stopped } = playback.spec;
    this.ended.textContent = stopped ? `${playback.comparisons.length ? "A: " : ""}${stopped}` : "";
    const [rates, about, scale] = spec.texts.map((block) => this.#text(block));
    scale.append(this.scales, this.weights.node);
    this.weights.load(playback, spec.features, spec.labels[1]);
    this.left.replaceChildren(this.optimizer.node, rates, scale);
    this.right.replaceChildren(this.contributions.node, about);
    leaveOut(this.root, spec.hidden);
  }

  /** @param {TextBlock} block */
  #text(block) {
    const section = el("section", { class: "lvt-section", "aria-label": block.title }, el("h2", { text: block.title }));
    for (const line of block.lines) section.append(el("p", { text: line }));
    if (block.rates?.length) {
      const tries = block.rates.map(([text, lr]) => button(text, () => this.#tryRate(lr)));
      section.append(el("div", { class: "lv-presets" }, ...tries));
    }
    return section;
  }

  #buildOnce() {
    const { spec } = this;
    /** @type {Record<string, Control>} */
    const widgets = {};
    const link = button("Copy link", () => this.#copyLink());
    this.head.replaceChildren(el("h1", { text: spec.question }),
      el("div", { class: "lv-tools" }, this.computing, this.stop, this.guide.offer, this.runs.keep,
        this.lecture, link, this.copied),
      this.now, this.heard, this.move, this.note, this.large);
    this.scenarios.build(spec.scenarios);
    this.counts.within(spec.threshold);
    this.guide.build(spec.guide);
    for (const one of spec.controls) {
      const widget = control(one, (value) => this.#set(one.name, value), (value) => this.#set(one.name, value, true));
      widgets[one.name] = widget;
      ("place" in one ? this.planeHost : this.controls).append(widget.node);
      if (one.name === "start") this.controls.append(this.random);
      if (one.name === "data") {
        const open = () => channel(this.key).signal?.("open");
        this.controls.append(button("Your data…", open, { title: "Upload or paste a CSV" }));
      }
    }
    return widgets;
  }

  #copyLink() {
    const note = this.fields.data === "file" ? "The uploaded file is not in the link." : "";
    return copyLink(this.queue, this.key, this.copied, note);
  }

  #layout() {
    this.root.dataset.layout = this.shape;
    this.root.toggleAttribute("data-low", isLow());
    this.layout = this.shape;
    this.#fit();
  }

  #fit() {
    const lecture = this.fields.layout === "lecture";
    this.root.classList.toggle("lvt-lecture", lecture);
    this.lecture.setAttribute("aria-pressed", String(lecture));
    put(this.lecture, lecture ? "Whole page" : "Lecture view");
    fit(this.root, this.cells, this.surface.node, this.layout);
  }

  async #draw() {
    const { spec } = this;
    this.#layout();
    // What is drawn anew, for another size or theme, goes on where it plays.
    if (this.playing) this.fields.step = this.k;
    this.k = this.#clamp(this.fields.step);
    this.playback.cut(this.playback.hold(this.k));
    const [Plotly] = await Promise.all([plotly(spec.plotly), typesetter(spec.katex)]);
    this.rule.typeset();
    /** @param {View} view @param {FigureSpec} figure */
    const draw = (view, figure) => view.draw(Plotly, figure, spec.palettes, this.mode);
    this.surface.k = this.playback.hold(this.k);
    this.surface.build(spec.surface, spec.palettes, this.mode, this.fields.surface === "3d");
    await draw(this.data, spec.blank ? spec.own.plane : spec.figures.data);
    await draw(this.loss, spec.figures.loss);
    this.one.compute(this.playback.hold(this.k), this.example);
    await this.one.draw(Plotly, this.layout, this.mode);
    this.ready = true;
    this.#showFields();
    this.root.classList.add("lv-ready");
    this.guide.drawn();
  }

  async #resized() {
    if (!this.ready) return;
    if (this.layout !== this.shape || isLow() !== this.root.hasAttribute("data-low")) await this.#draw();
    this.#fit();
    await Promise.all(this.views.map((view) => view.resize()));
    await this.one.resize();
    // How long a unit is drawn has changed with the size.
    this.#say(this.playback.hold(this.k));
  }

  /** @param {number} k */
  #clamp(k) {
    return Math.max(0, Math.min(this.playback.steps, Math.round(k) || 0));
  }

  get example() {
    return Math.min(this.fields.example, this.playback.rows - 1);
  }

  /**
   * Every view at step k, in one go.
   * @param {number} k
   */
  #show(k) {
    this.k = k;
    const own = this.playback.hold(k);
    this.surface.show(own, this.playback.cut(own), k);
    this.loss.show(own, k);
    this.one.compute(own, this.example);
    this.one.paint();
    this.#ground(own);
    this.rule.show(own);
    this.optimizer.show(own);
    this.guide.paint();
    this.#say(own);
    if (!this.playing || performance.now() - this.told > 250) this.#tell();
  }

  /**
   * The data plane, and how the model decides there.
   * @param {number} k
   */
  #ground(k) {
    const { playback, contributions, fields: { threshold } } = this;
    const hardest = contributions.show(k, this.example);
    const [residuals, batch] = [playback.held, playback.batch(k)];
    this.data.show(k, this.example, { hardest, residuals, batch, threshold }, this.k);
    this.counts.show(playback.counts(k, threshold), playback.plain[k]);
  }

  /** @param {Triple} start */
  #from(start) {
    this.#change({ start, step: 0 });
  }

  /** @param {number} threshold @param {boolean} moving */
  #judge(threshold, moving) {
    this.fields.threshold = threshold;
    this.#ground(this.playback.hold(this.k));
    if (!moving) this.#rest(this.counts.said);
  }

  #lecture() {
    this.fields.layout = this.fields.layout === "page" ? "lecture" : "page";
    this.#arrange();
    if (!this.playing) this.queue.rested();
  }

  /** The whole page, or surface, curve and player alone. */
  #arrange() {
    const on = this.fields.layout === "lecture";
    if (this.root.classList.contains("lvt-lecture") !== on) drawing(this, this.#resized());
  }

  /**
   * The lines under the views.
   * @param {number} k
   */
  #say(k) {
    const { playback } = this;
    const [first, beside] = playback.comparisons.length ? ["A: ", `\n${this.runs.line(this.k)}`] : ["", ""];
    const { onward } = playback.spec;
    const end = onward && !this.begun && this.k === playback.steps ? `${first}${onward}` : "";
    // On a phone the player is held at the bottom: its buttons would move away under the finger.
    const phone = this.layout === "one";
    const told = [happened(playback, k), phone && end].filter(Boolean).join(" ");
    put(this.now, this.spec.blank ? EMPTY : told);
    put(this.slice, sliceOf(playback, k) + this.surface.note);
    // The lecture view has the picture and its key alone.
    put(this.keys.best, this.surface.elsewhere ? "minimum elsewhere" : "minimum");
    this.legend.classList.toggle("lvt-elsewhere", this.surface.elsewhere);
    put(this.sides, sidesOf(playback, k, Boolean(this.data.line.getAttribute("d"))));
    this.player.show(this.k, `${first}${statusOf(playback, k)}${beside}`, phone ? "" : end);
  }

  /** What follows at a calmer pace than the frames: tables, names of figures, the link. */
  #tell() {
    this.told = performance.now();
    const { playback, spec } = this;
    const k = playback.hold(this.k);
    const { plane, symbols } = playback.spec;
    const w = playback.at(playback.params, k);
    this.history.show(k);
    this.runs.show(this.k);
    const here = plane.slice(0, 2).map((i) => `${symbols[i]} = ${write(w[i])}`).join(", ");
    this.surface.describe(`Loss surface in the plane of ${symbols[plane[0]]} and ${symbols[plane[1]]}, slice at `
      + `${symbols[plane[2]]} = ${write(w[plane[2]])}. Step ${k} of ${playback.taken} at ${here}, `
      + `loss ${write(playback.losses[k])}.`);
    this.surface.grip.tell();
    const raw = playback.raws(w);
    const [first, second] = spec.features;
    const boundary = boundaryOf(playback, k, spec.features, slot);
    this.data.describe(`${playback.rows} examples in the plane of ${first} and ${second}; at step ${k} the `
      + `boundary is ${boundary}. Example ${this.example} is chosen.`);
    const [start, end] = [playback.losses[0], playback.losses[playback.taken]].map(write);
    this.loss.describe(`Loss at every step, from ${start} to ${end}; at step ${k} it is ${write(playback.losses[k])}.`);
    this.one.tell();
    this.#sayScales(w, raw);
    this.weights.show(k);
  }

  /** @param {number[]} w @param {number[]} raw */
  #sayScales(w, raw) {
    /** @param {number[]} v */
    const list = (v) => `w₁ = ${write(v[0])}, w₂ = ${write(v[1])}, b = ${write(v[2])}`;
    const step = `Step ${this.playback.hold(this.k)}, for the`;
    this.scales.textContent = !this.playback.spec.scaled ? `${step} raw features: ${list(w)}.`
      : `${step} standardised features: ${list(w)}. The same model for the raw features: ${list(raw)}.`;
  }

  /**
   * Several fields at once, from the guide.
   * @param {Partial<TrainingFields>} fields
   */
  #put(fields) {
    assign(this.fields, fields);
    this.pause(false);
    this.#expect();
    this.#showFields();
    this.queue.rested();
  }

  /** Bring every control and view to the fields as they are. */
  #showFields() {
    if (!this.ready) return;
    this.guide.arrive();
    this.guide.offer.hidden = this.fields.hide.length > 0;
    this.root.classList.toggle("lv-guided", Boolean(this.guide.name));
    this.#arrange();
    this.#showControls();
    const { minimum, opt } = this.playback.spec;
    this.root.classList.toggle("lvt-no-minimum", !minimum);
    this.root.classList.toggle("lvt-no-rate", opt === "newton");
    // For the other rules it is no step of theirs.
    this.keys.downhill.textContent = opt === "gd" || opt === "sgd" ? DOWNHILL : `gradient descent’s ${DOWNHILL}`;
    this.root.classList.toggle("lvt-solid", this.fields.surface === "3d");
    const solid = this.fields.surface === "3d";
    if (this.surface.solid !== solid) drawing(this, this.#redraw(solid));
    this.#show(this.#clamp(this.fields.step));
  }

  #showControls() {
    for (const [name, widget] of Object.entries(this.widgets ?? {})) {
      widget.set(this.fields[/** @type {keyof TrainingFields} */ (name)]);
      const uses = this.spec.uses[name];
      widget.show(!uses || uses.includes(this.fields.opt));
    }
    this.points.show(this.ownPoints);
    this.counts.set(this.fields.threshold);
    this.widgets?.lr.mark?.(this.playback.spec.bounds.marks);
    this.scenarios.show(this.fields);
  }

  /** @param {boolean} solid */
  async #redraw(solid) {
    this.surface.build(this.spec.surface, this.spec.palettes, this.mode, solid);
  }

  /**
   * The run begins at another place of the plane. Where the browser can compute it, every view
   * follows at once; Python's own run takes its place when the hand rests.
   * @param {[number, number]} place @param {boolean} moving
   */
  #begin(place, moving) {
    const { fields, playback, spec } = this;
    const reach = spec.controls.find(({ name }) => name === "start");
    const most = reach && "max" in reach ? reach.max : Infinity;
    /** @type {[number, number, number]} */
    const start = [fields.start[0], fields.start[1], fields.start[2]];
    place.forEach((v, n) => {
      start[playback.spec.plane[n]] = Math.max(-most, Math.min(most, v));
    });
    assign(fields, { start, step: 0 });
    this.pause(false);
    this.#showControls();
    const here = trainable(playback, fields.steps);
    this.root.classList.toggle("lvt-dragged", here);
    assign(playback, here ? train(playback, start, fields.steps) : stay(playback, start));
    this.begun = true;
    this.surface.held = here;
    this.loss.held = here;
    this.#show(0);
    if (moving && here) return;
    this.#expect();
    if (moving) this.queue.moved();
    else this.queue.rested();
  }

  /**
   * A control was set.
   * @param {string} name @param {any} value of the field with that name
   */
  #set(name, value, moving = false) {
    const { fields } = this;
    put(this.note, "");
    if (name === "data" && value === "own" && !fields.points.length) {
      this.points.begin();
      return;
    }
    if (name === "data" || name === "opt") this.#follow({ [name]: value });
    assign(fields, /** @type {Partial<TrainingFields>} */ ({ [name]: value }));
    if (name === "data") assign(fields, { example: 0, step: 0 });
    if (name === "scale") this.#rescaled();
    if (name === "steps") fields.step = Math.min(fields.step, fields.steps);
    this.pause(false);
    if (name === "surface") this.#showFields();
    else this.#expect();
    if (moving) this.queue.moved();
    else this.queue.rested();
  }

  /**
   * Rate and steps that nobody set are those that a link leaves out: other data or another rule,
   * other ones.
   * @param {Partial<TrainingFields>} given what is trained on, or how, from now on
   */
  #follow(given) {
    const { fields, spec: { opening, elsewhere } } = this;
    if (given.data === undefined && given.opt === undefined) return;
    /** @param {{ data: string, opt: string }} run */
    const beside = ({ data, opt }) => ({
      lr: (data === opening.data && opt === opening.opt ? opening : elsewhere).lr,
      steps: (data === opening.data ? opening : elsewhere).steps,
    });
    const [before, after] = [beside(fields), beside({ ...fields, ...given })];
    // What is given itself is not to follow.
    const unset = given.lr === undefined && fields.lr === before.lr && before.lr !== after.lr;
    if (unset) fields.lr = after.lr;
    if (given.steps === undefined && fields.steps === before.steps) fields.steps = after.steps;
    const why = given.data ? "other data are another surface, and want a rate of their own."
      : "another rule goes another distance with the same η.";
    put(this.note, unset ? `η is now ${write(after.lr)}, was ${write(before.lr)}: ${why}` : "");
  }

  /** Another scale is another surface, for which another rate fits: that is said. */
  #rescaled() {
    const { fields } = this;
    const before = fields.lr;
    // One file after another has the same name here, and other rows.
    const data = `${fields.data} ${channel(this.key).rows?.digest}`;
    this.rates.set(`${data} ${fields.scale === "raw" ? "standard" : "raw"}`, before);
    const kept = this.rates.get(`${data} ${fields.scale}`);
    assign(fields, { lr: kept ?? this.playback.spec.first_rates[fields.scale], step: 0 });
    this.note.textContent = before === fields.lr ? "" : `η is now ${write(fields.lr)}, was ${write(before)}: `
      + `another scale of the features is another surface, and wants a rate of its own.`;
  }

  /**
   * A rate to try starts from the beginning, with the picture in view.
   * @param {number} lr
   */
  #tryRate(lr) {
    this.fields.step = 0;
    this.#set("lr", lr);
    this.root.scrollIntoView({ block: "start" });
  }

  /** A run that takes a moment says so, and can be stopped. */
  #expect() {
    this.awaited = true;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#busy(true), WAIT);
  }

  /** @param {boolean} yes */
  #busy(yes) {
    clearTimeout(this.waiting);
    this.root.classList.toggle("lvt-busy", yes);
    const word = channel(this.key).early ? "Waiting for Python…" : "Computing…";
    this.computing.textContent = yes ? word : "";
    this.stop.hidden = !yes;
  }

  /** Back to the run that is drawn: Python ends the other one and says so. */
  #stop() {
    const { client, seq } = this.queue;
    const stopped = { client, seq };
    this.awaited = false;
    this.#busy(false);
    this.fields = { ...this.settled };
    const { rows } = channel(this.key);
    if (this.begun && rows) {
      this.#give(this.spec, rows);
      this.#build();
      drawing(this, this.#draw());
    } else this.#showFields();
    channel(this.key).signal?.("stop", stopped);
  }

  /** @param {number} k */
  #goto(k, rest = false) {
    if (rest) this.pause(false);
    this.fields.step = this.#clamp(k);
    this.#show(this.fields.step);
    if (rest) this.#rest();
  }

  /** What a hand came to is heard once. */
  #rest(said = this.now) {
    this.#tell();
    this.heard.textContent = said.textContent;
    this.queue.rested();
  }

  /** @param {number} i @param {boolean} bring whether its graph comes into view */
  #choose(i, bring = false) {
    this.fields.example = i;
    if (bring) this.one.bring();
    this.#show(this.k);
    this.#tell();
    this.points.show(this.ownPoints);
    if (!this.playing) this.queue.rested();
  }

  get playing() {
    return this.player.playing;
  }

  /** @param {boolean} rest whether the step reached is kept */
  pause(rest = true) {
    this.player.pause(rest);
  }
}

/**
 * What asks something of the whole page: `stop`, with the message that is not to be answered any
 * more, `open` or `wake`.
 * @param {Component<Mounted>} component
 */
export function mountSignals({ data, parentElement: host, setTriggerValue }) {
  const line = channel(data.key);
  line.put({ signal: (name, what) => setTriggerValue(name, what ?? true) });
  if (host.lrvizLeave) return;
  // Another server knows nothing of the page before it has run it once: a button that is pressed there
  // would do nothing, and an uploaded file that is gone would not be missed. And the same one, cut off
  // while it was at work, says that it has finished and not what it has written: nothing would stand there.
  const left = new AbortController();
  host.lrvizLeave = () => left.abort();
  onConnectedAgain(() => line.signal?.("wake"), left.signal);
  // A click on the name of the page that one is on leads nowhere. Streamlit would run it anew, with the
  // link as it was a moment ago or with none: what was done since would be undone.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (elsewhere || !link || !host.isConnected) return;
    // The bar's link to the first page has an empty address, which a browser takes for any page's own.
    const there = new URL(link.getAttribute("href") || ".", location.href);
    const bare = (/** @type {string} */ url) => url.replace(/\/$/, "");
    if (bare(there.href) !== bare(location.origin + location.pathname)) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true, signal: left.signal });
}

/**
 * The examples that runs are about; they come once for all of them.
 * @param {Component<RowsSpec>} component
 */
export function mountRows({ data }) {
  const line = channel(data.key);
  if (line.rows?.digest !== data.digest) line.put({ rows: readRows(data) });
}

/**
 * Mount or update; the same element for ever.
 * @param {Component<TrainingSpec>} component
 */
export function mountTraining(component) {
  const { data, parentElement: host } = component;
  const page = host.lrvizTraining ??= heir(component) ?? new TrainingPage(host, data);
  host.lrvizLeave = page.leave;
  const sheets = [data.css, ...["training.css", "surface.css"].map((name) => data.css.replace(/live\.css$/, name))];
  const line = channel(data.key);
  page.latest = component;
  const newest = heard(page, component);
  drawInTurn(page, async () => {
    await Promise.all(sheets.map(stylesheet));
    await line.until(({ sync, rows }) => sync !== null && rows?.digest === page.latest.data.playback.rows);
    // A newer run overtook this one while it waited: drawing both would only cost time.
    if (await newest() && page.latest === component) await page.update(component);
  });
  // An older run that waits for its rows now waits for this one's, which may be here.
  line.put({});
}
