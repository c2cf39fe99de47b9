// The training of a run: it plays wholly in the browser. Every view is drawn from one step at
// once, so the surface, the boundary, the cursor and the graph can never disagree.

import { Panel } from "./blocks.js";
import { during } from "./busy.js";
import { adopt, channel, copyLink, drawInTurn, mode, stylesheet } from "./channel.js";
import { control } from "./controls.js";
import { MessageQueue } from "./queue.js";
import { button, choice, el, range } from "./dom.js";
import { Figure, plotly } from "./figure.js";
import { fill, number, slot } from "./numbers.js";
import { evaluate, reader } from "./pass.js";
import { Points } from "./points.js";
import { Playback, readRows } from "./playback.js";
import { Runs } from "./runs.js";
import { Contributions, History, Rule } from "./tables.js";
import { DataView, LossView, SurfaceView } from "./views.js";

/** Steps a second; 0 is one step for every frame of the page. */
const SPEEDS = [[4, "Slow"], [15, "Normal"], [40, "Fast"], [0, "Full"]];
const WAIT = 700; // ms until "Computing" is said

const write = (x) => (Number.isFinite(x) ? number(x) : "beyond float64");
const cell = (place, title, tools, ...content) => el("section", { class: `lvt-cell lvt-${place}`, "aria-label": title },
  el("div", { class: "lvt-title" }, el("h2", { text: title }), ...tools), ...content);

class TrainingPage {
  constructor(host, data) {
    this.host = host;
    this.key = data.key;
    this.root = el("div", { class: "lv lvt" });
    host.append(this.root);
    this.fields = {};
    this.revision = -1;
    this.speed = 15;
    this.#skeleton();
    this.queue = new MessageQueue((message) => this.component.setStateValue("message", message), () => ({ ...this.fields }),
      () => host.isConnected && channel(data.key).signal?.("wake"));
    this.observer = new ResizeObserver(() => during(this.#resized()));
    this.observer.observe(this.root);
    channel(data.key).live = this;
  }

  #skeleton() {
    this.head = el("div", { class: "lv-head" });
    this.controls = el("div", { class: "lvt-controls" });
    this.surface = new SurfaceView();
    this.data = new DataView();
    this.loss = new LossView();
    this.data.clicked = (point) => this.#choose(point.customdata);
    this.loss.clicked = (point) => this.#goto(point.x, true);
    this.#own();
    this.exampleHost = el("div", { class: "lvt-graph" });
    this.graph = new Figure(this.exampleHost, { onSelect: (name) => this.#select(name) });
    this.panel = new Panel({ close: () => this.#select(this.at) });
    this.slice = el("p", { class: "lvt-caption" });
    this.sides = el("p", { class: "lvt-caption" });
    this.ended = el("p", { class: "lvt-caption" });
    this.chosen = el("p", { class: "lvt-caption" });
    this.hint = el("p", { class: "lvt-hint", text: "Place points in the data plane, and training begins." });
    this.planeHost = el("div", { class: "lv-tools" });
    const legend = el("p", { class: "lvt-legend" });
    for (const [kind, text] of [["marker", "this step"], ["ghost", "next step"], ["downhill", "downhill, −∂J"], ["best", "minimum"]]) {
      legend.append(el("span", { class: `lvt-key-pair lvt-pair-${kind}` }, el("span", { class: `lvt-key lvt-key-${kind}` }), text));
    }
    this.legend = legend;
    this.number = el("input", {
      type: "text", inputmode: "numeric", class: "lv-number lvt-row", "aria-label": "example",
      onchange: () => this.#typed(),
    });
    this.count = el("span", { class: "lvt-label" });
    this.views = el("div", { class: "lvt-views" },
      cell("a", "Loss surface", [this.planeHost], this.hint, this.surface.node, legend, this.slice),
      cell("b", "Data and boundary", [this.points.edge, this.points.said], this.data.node, this.points.node, this.sides),
      cell("c", "Loss at every step", [], this.loss.node, this.ended),
      el("section", { class: "lvt-cell lvt-d", "aria-label": "One example" },
        el("div", { class: "lvt-title lvt-title-left" }, el("h2", { text: "Example" }), this.number, this.count),
        this.chosen, this.exampleHost, this.panel.node));
    this.#bar();
    this.rule = new Rule();
    this.contributions = new Contributions((i) => this.#choose(i));
    this.history = new History();
    this.left = el("div", { class: "lvt-column" });
    this.right = el("div", { class: "lvt-column" });
    this.words = el("div", { class: "lvt-words" }, this.runs.node, this.left, this.right, this.history.node);
    this.root.append(this.head, this.controls, this.runs.bar, this.views, this.player, this.words);
  }

  /** What a visitor brings: points placed by hand, and runs kept beside. */
  #own() {
    const read = () => this.fields;
    this.points = new Points(this.data, {
      read,
      chosen: (i) => this.#choose(i),
      changed: (state, moving) => this.#change(state, moving),
    });
    this.data.placed = () => this.points.show(this.ownPoints);
    this.data.placedNow = () => (this.ownPoints ? this.fields.points : null);
    this.runs = new Runs((fields) => this.#change(fields), read);
  }

  /** Whether the data are points placed by hand. */
  get ownPoints() {
    return this.fields.data === "own";
  }

  /** Several fields at once, from a part of the page that is not a single control. */
  #change(fields, moving = false) {
    Object.assign(this.fields, fields);
    this.pause(false);
    this.#showControls();
    this.data.move();
    this.#expect();
    if (moving) this.queue.moved();
    else this.queue.rested();
  }

  #bar() {
    const button = (text, act) => el("button", { type: "button", text, onclick: act });
    this.back = button("Back", () => this.#goto(this.k - 1, true));
    this.next = button("Step", () => this.#goto(this.k >= this.playback.steps ? 0 : this.k + 1, true));
    this.play = button("Play", () => (this.playing ? this.pause() : this.#start()));
    this.restart = button("Restart", () => this.#goto(0, true));
    this.scrub = el("div", { class: "lvt-scrub" });
    this.status = el("p", { class: "lvt-status" });
    const speed = choice({ name: "speed", label: "Speed", options: SPEEDS, value: this.speed }, (value) => {
      this.speed = Number(value);
    });
    this.player = el("section", { class: "lv-player lvt-player", "aria-label": "Player" },
      el("div", { class: "lv-buttons" }, this.back, this.play, this.next, this.restart), this.scrub, speed.node, this.status);
  }

  /** What the data are called where they are chosen. */
  get dataName() {
    return this.widgets.data.text();
  }

  get shape() {
    const wide = this.root.clientWidth;
    return wide >= 1230 ? "four" : wide >= 760 ? "two" : "one";
  }

  /** New data from Python, or a new theme. */
  async update(component) {
    this.component = component;
    const { data } = component;
    const now = mode(this.host);
    const structure = data.structure !== this.structure;
    this.root.dataset.without = data.hidden.join(" ");
    this.widgets?.data.offer("file", data.file && `File: ${data.file}`);
    if (!structure && now === this.mode) return;
    Object.assign(this, { spec: data, mode: now });
    this.root.dataset.mode = now;
    for (const [role, colour] of Object.entries(data.palettes[now])) {
      this.root.style.setProperty(`--lv-${role.replace("_", "-")}`, colour);
    }
    if (structure) {
      this.pause(false);
      this.structure = data.structure;
      this.playback = new Playback(data.playback, channel(this.key).rows);
      this.data.bare = data.own_points;
      this.points.limits = data.own;
      this.root.classList.toggle("lvt-blank", data.blank);
      this.root.classList.toggle("lvt-own", data.own_points);
      adopt(this, this.key);
      this.#build();
      this.widgets.data.offer("file", data.file && `File: ${data.file}`);
    }
    await this.#draw();
    this.settled = { ...this.fields };
    this.#busy(false);
  }

  /** The sync mount has news: an answer, a link, perhaps new fields. */
  synced() {
    if (!this.spec) return;
    const { sync } = channel(this.key);
    if (adopt(this, this.key)) this.#showFields();
    this.queue.answered(sync.client, sync.ack);
    // Nothing that was asked for is left to come.
    if (sync.client === this.queue.client && sync.ack === this.queue.seq) this.#busy(false);
  }

  #build() {
    if (!this.widgets) this.#buildOnce();
    const { spec, playback } = this;
    for (const view of [this.surface, this.data, this.loss]) view.load(playback, spec.styles);
    this.count.textContent = `of 0 to ${playback.rows - 1}`;
    for (const block of [this.rule, this.contributions, this.history]) block.load(playback);
    this.runs.load(playback, spec.most, spec.styles);
    this.points.offer(this.fields.data === "file");
    if (this.scrubbed !== playback.steps) {
      this.scrubbed = playback.steps;
      this.slider = range({ name: "step", label: "step", min: 0, max: playback.steps, step: 1, value: 0 },
        (k) => this.#goto(k), () => this.#rest());
      this.scrub.replaceChildren(this.slider.node);
    }
    this.ended.textContent = playback.spec.stopped ? `${playback.comparisons.length ? "A: " : ""}${playback.spec.stopped}` : "";
    this.play.disabled = !playback.steps;
    const [rates, about, scale] = spec.texts.map((block) => this.#text(block));
    this.scales = el("p", {});
    scale.append(this.scales);
    this.left.replaceChildren(this.rule.node, rates, scale);
    this.right.replaceChildren(this.contributions.node, about);
  }

  #text(block) {
    const section = el("section", { class: "lvt-section", "aria-label": block.title }, el("h2", { text: block.title }));
    for (const line of block.lines) section.append(el("p", { text: line }));
    if (block.rates?.length) {
      section.append(el("div", { class: "lv-presets" }, ...block.rates.map(([text, lr]) =>
        el("button", { type: "button", class: "lv-button", text, onclick: () => this.#tryRate(lr) }))));
    }
    return section;
  }

  #buildOnce() {
    const { spec } = this;
    this.widgets = {};
    this.copied = el("span", { class: "lv-copied", role: "status" });
    this.busy = el("span", { class: "lvt-computing", role: "status" });
    this.stop = button("Stop", () => this.#stop(), { hidden: true });
    const link = button("Copy link", () => this.#copyLink());
    this.head.replaceChildren(el("h1", { text: spec.question }),
      el("div", { class: "lv-tools" }, this.busy, this.stop, this.runs.keep, link, this.copied));
    for (const one of spec.controls) {
      const widget = control(one, (value) => this.#set(one.name, value), (value) => this.#set(one.name, value, true));
      this.widgets[one.name] = widget;
      (one.place === "surface" ? this.planeHost : this.controls).append(widget.node);
      if (one.name === "data") {
        const open = () => channel(this.key).signal("open");
        this.controls.append(button("Your data…", open, { title: "Upload or paste a CSV" }));
      }
    }
  }

  #copyLink() {
    const note = this.fields.data === "file" ? "The uploaded file is not in the link." : "";
    return copyLink(this.queue, this.key, this.copied, note);
  }

  #layout() {
    this.root.dataset.layout = this.shape;
    this.layout = this.shape;
  }

  get #example() {
    return this.spec.example[this.layout === "two" ? "wide" : "tall"];
  }

  async #draw() {
    const { spec } = this;
    this.#layout();
    this.k = this.#clamp(this.fields.step);
    this.playback.cut(this.playback.hold(this.k));
    const Plotly = await plotly(spec.plotly);
    const draw = (view, figure) => view.draw(Plotly, figure, spec.palettes, this.mode);
    this.surface.k = this.playback.hold(this.k);
    await draw(this.surface, spec.figures[this.fields.surface]);
    await draw(this.data, spec.blank ? spec.own.plane : spec.figures.data);
    await draw(this.loss, spec.figures.loss);
    this.#compute();
    const wanted = `${this.layout}-${this.mode}`;
    if (this.drawn !== wanted) {
      await this.graph.draw(Plotly, this.#example, spec.palettes, this.mode, this.read);
      this.graph.reveal(Infinity);
      this.drawn = wanted;
    }
    this.ready = true;
    this.#showFields();
    this.root.classList.add("lv-ready");
  }

  async #resized() {
    if (!this.ready) return;
    if (this.layout !== this.shape) await this.#draw();
    await Promise.all([this.surface, this.data, this.loss].map((view) => view.resize()));
    await this.graph.resize(this.read);
    this.graph.reveal(Infinity);
  }

  #clamp(k) {
    return Math.max(0, Math.min(this.playback.steps, Math.round(k) || 0));
  }

  get example() {
    return Math.min(this.fields.example, this.playback.rows - 1);
  }

  #compute() {
    const [w1, w2, b] = this.playback.at(this.playback.params, this.playback.hold(this.k));
    this.read = reader(evaluate(this.spec.graph, { ...this.playback.example(this.example), w1, w2, b }));
  }

  /** Every view at step k, in one go. */
  #show(k) {
    this.k = k;
    const own = this.playback.hold(k);
    this.surface.show(own, this.playback.cut(own), k);
    this.loss.show(own, k);
    this.#compute();
    this.graph.paint(this.read);
    this.data.show(own, this.example, this.contributions.show(own, this.example), k);
    this.rule.show(own);
    this.slider.set(k);
    this.#say(own);
    if (!this.playing || performance.now() - this.told > 250) this.#tell();
  }

  /** The lines under the views. */
  #say(k) {
    const { playback } = this;
    const { plane, symbols } = playback.spec;
    const w = playback.at(playback.params, k);
    const set = (node, text) => {
      if (node.textContent !== text) node.textContent = text;
    };
    const at = playback.sliceStep(k);
    const slice = `The slice at ${symbols[plane[2]]} = ${write(playback.at(playback.params, at)[plane[2]])}`;
    const faint = playback.spec.minimum ? "; a faint + is a minimum on another slice" : "";
    set(this.slice, at === k
      ? `${slice}, this step’s own. The path is a projection onto it${faint}.`
      : `${slice}, of step ${at}: this run moves too far to keep every slice.`);
    const flat = w[0] === 0 && w[1] === 0;
    set(this.sides, flat ? `w = 0: no boundary yet, a = ${write(1 / (1 + Math.exp(-w[2])))} everywhere.`
      : playback.y.every((y) => y === playback.y[0]) ? "One class only: add the other, and there is something to part."
        : "On the line a = ½; on the tinted side the model says 1.");
    const beside = playback.comparisons.length ? ["A: ", `\n${this.runs.line(this.k)}`] : ["", ""];
    const length = playback.spec.minimum ? "" : `,  ‖w‖ = ${write(Math.hypot(w[0], w[1]))}`;
    const here = `J = ${write(playback.losses[k])},  w₁ = ${write(w[0])},  w₂ = ${write(w[1])},  b = ${write(w[2])}`;
    set(this.status, `${beside[0]}${here}${length}${beside[1]}`);
    this.back.disabled = this.k === 0;
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
    const raw = playback.raws(w);
    const [first, second] = spec.features;
    const boundary = `${write(raw[0])}·${first} + ${slot("(", raw[1])}·${second} + ${slot("(", raw[2])} = 0`;
    this.data.describe(`${playback.rows} examples in the plane of ${first} and ${second}; at step ${k} the `
      + `boundary is ${boundary}. Example ${this.example} is chosen.`);
    const [start, end] = [playback.losses[0], playback.losses[playback.taken]].map(write);
    this.loss.describe(`Loss at every step, from ${start} to ${end}; at step ${k} it is ${write(playback.losses[k])}.`);
    const numbers = fill("z = {value.z}, a = {value.a}, L = {value.L}, ∂L/∂z = {adjoint.z}", this.read);
    this.graph.describe(`Computational graph of example ${this.example} at step ${k}: ${numbers}`, this.read);
    this.panel.bind.paint(this.read);
    this.#sayExample(w);
    this.#sayScales(w, raw);
  }

  #sayExample(w) {
    const { playback, spec, example } = this;
    const x = playback.example(example);
    const raw = [playback.raw[2 * example], playback.raw[2 * example + 1]];
    const same = raw[0] === x.x1 && raw[1] === x.x2;
    const text = spec.features.map((name, i) =>
      `${name} ${write(raw[i])}${same ? "" : ` → ${i ? "x₂" : "x₁"} = ${write(i ? x.x2 : x.x1)}`}`).join(", ");
    const numbers = { x1: x.x1, x2: x.x2, w1: w[0], w2: w[1], b: w[2], y: x.y };
    const far = Object.entries(numbers).filter(([, v]) => Math.abs(v) > spec.reach).map(([name]) => name.replace("1", "₁").replace("2", "₂"));
    const link = far.length
      ? el("span", { text: `The Graph page goes to ±${spec.reach}; ${far.join(", ")} ${far.length > 1 ? "lie" : "lies"} beyond.` })
      : el("a", { href: `${spec.home}?${new URLSearchParams(numbers)}`, target: "_self", text: "Open on the Graph page" });
    this.chosen.replaceChildren(`${text}, y = ${x.y} (${spec.labels[x.y]}). `, link);
    if (document.activeElement !== this.number) this.number.value = example;
  }

  #sayScales(w, raw) {
    const list = (v) => `w₁ = ${write(v[0])}, w₂ = ${write(v[1])}, b = ${write(v[2])}`;
    this.scales.textContent = this.fields.scale === "raw" ? `Step ${this.playback.hold(this.k)}, for the raw features: ${list(w)}.`
      : `Step ${this.playback.hold(this.k)}, for the standardised features: ${list(w)}. The same model for the raw features: ${list(raw)}.`;
  }

  /** Bring every control and view to the fields as they are. */
  #showFields() {
    if (!this.ready) return;
    this.#showControls();
    this.root.classList.toggle("lvt-no-minimum", !this.playback.spec.minimum);
    this.root.classList.toggle("lvt-solid", this.fields.surface === "3d");
    if (this.surface.solid !== (this.fields.surface === "3d")) this.#redraw();
    this.#show(this.#clamp(this.fields.step));
  }

  #showControls() {
    for (const [name, widget] of Object.entries(this.widgets)) {
      widget.set(this.fields[name]);
      const uses = this.spec.uses[name];
      widget.show(!uses || uses.includes(this.fields.opt));
    }
    this.points.show(this.ownPoints);
  }

  async #redraw() {
    const Plotly = await plotly(this.spec.plotly);
    await this.surface.draw(Plotly, this.spec.figures[this.fields.surface], this.spec.palettes, this.mode);
    this.surface.show(this.playback.hold(this.k), true, this.k);
  }

  #set(name, value, moving = false) {
    if (name === "data" && value === "own" && !this.fields.points.length) return this.points.begin();
    this.fields[name] = value;
    if (name === "data") Object.assign(this.fields, { example: 0, step: 0 });
    if (name === "scale") Object.assign(this.fields, this.spec.rates[value], { step: 0 });
    if (name === "steps") this.fields.step = Math.min(this.fields.step, value);
    this.pause(false);
    if (name === "surface") this.#showFields();
    else this.#expect();
    if (moving) this.queue.moved();
    else this.queue.rested();
  }

  /** A rate to try starts from the beginning, with the picture in view. */
  #tryRate(lr) {
    this.fields.step = 0;
    this.#set("lr", lr);
    this.root.scrollIntoView({ block: "start" });
  }

  /** A run that takes a moment says so, and can be stopped. */
  #expect() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#busy(true), WAIT);
  }

  #busy(yes) {
    clearTimeout(this.waiting);
    this.root.classList.toggle("lvt-busy", yes);
    this.busy.textContent = yes ? "Computing…" : "";
    this.stop.hidden = !yes;
  }

  /** Back to the run that is drawn: Python ends the other one and says so. */
  #stop() {
    this.#busy(false);
    this.fields = { ...this.settled };
    this.#showFields();
    channel(this.key).signal("stop");
  }

  #goto(k, rest = false) {
    if (rest) this.pause(false);
    this.fields.step = this.#clamp(k);
    this.#show(this.fields.step);
    if (rest) this.#rest();
  }

  #rest() {
    this.#tell();
    this.queue.rested();
  }

  #choose(i) {
    this.fields.example = i;
    this.#show(this.k);
    this.#tell();
    this.points.show(this.ownPoints);
    if (!this.playing) this.queue.rested();
  }

  #typed() {
    const i = Number(this.number.value);
    if (Number.isInteger(i) && i >= 0 && i < this.playback.rows) this.#choose(i);
    else this.number.value = this.example;
  }

  #select(name) {
    this.at = this.at === name ? null : name;
    const panel = this.spec.panels[this.at];
    this.panel.show(panel);
    this.panel.bind.paint(this.read);
    this.graph.mark(panel ? this.at : null);
  }

  #start() {
    this.playing = true;
    this.play.textContent = "Pause";
    this.told = 0;
    let due = performance.now();
    if (this.k >= this.playback.steps) this.#show(0);
    const frame = (now) => {
      if (!this.playing) return;
      if (!this.speed || now >= due) {
        due = this.speed ? Math.max(due + 1000 / this.speed, now - 100) : now;
        if (this.k >= this.playback.steps) return this.pause();
        this.#show(this.k + 1);
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause(rest = true) {
    if (!this.playing) return;
    this.playing = false;
    this.play.textContent = "Play";
    this.fields.step = this.k;
    this.#tell();
    if (rest) this.queue.rested();
  }
}

/** What asks something of the whole page: `stop`, `open` or `wake`. */
export function mountSignals(component) {
  channel(component.data.key).put({ signal: (name) => component.setTriggerValue(name, true) });
}

/** The examples that runs are about; they come once for all of them. */
export function mountRows({ data }) {
  const line = channel(data.key);
  if (line.rows?.digest !== data.digest) line.put({ rows: readRows(data) });
}

/** Mount or update; the same element for ever. */
export function mountTraining(component) {
  const { data, parentElement: host } = component;
  if (!host.lrvizTraining) {
    host.lrvizTraining = new TrainingPage(host, data);
    const sheets = [data.css, data.css.replace(/live\.css$/, "training.css")];
    host.lrvizTraining.starting = Promise.all(sheets.map(stylesheet));
  }
  const page = host.lrvizTraining;
  page.latest = component;
  drawInTurn(page, async () => {
    // A newer run may come while this one waits: then its rows are waited for.
    await channel(data.key).until(
      ({ sync, rows }) => sync && rows?.digest === page.latest.data.playback.rows,
    );
    // A newer run overtook this one while it waited: drawing both would only cost time.
    if (page.latest === component) await page.update(component);
  });
}
