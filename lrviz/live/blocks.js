// The blocks around a figure: a row of factors, a player, a panel, a bar of presets. Each
// builds its elements once per structure and then only writes text that changed.

import { button, choice, el, later } from "./dom.js";
import { DIGITS, MORE_DIGITS, fill, keysOf } from "./numbers.js";
import { spoken } from "./withheld.js";

/** @import { ChoiceSpec, PanelSpec, ProductSpec, Read } from "./types.d.ts" */

/** Text nodes bound to templates; paint(read) writes those that changed. */
export class Bindings {
  /** @type {{ node: HTMLElement, template: string, last: string | null }[]} */
  items = [];
  digits = DIGITS;

  /**
   * An element whose text is a template.
   * @param {keyof HTMLElementTagNameMap} tag @param {Record<string, unknown>} attributes
   * @param {string} template
   */
  text(tag, attributes, template) {
    const node = el(tag, attributes);
    this.items.push({ node, template, last: null });
    return node;
  }

  /** @param {Read} read */
  paint(read) {
    for (const item of this.items) {
      const now = fill(item.template, read, this.digits);
      if (now !== item.last) item.node.textContent = item.last = now;
    }
  }
}

/**
 * @typedef {object} ProductActions
 * @property {(name: "of", value: string) => void} pick another target was chosen
 * @property {(names: string[] | null) => void} point a factor is pointed at, or none
 * @property {(key: string) => HTMLElement} blank a field for a number that is left out
 * @property {() => void} repaint the numbers are to be written anew
 */

/** The chain rule as a product: factors, their product, and the short form. */
export class Product {
  node = el("section", { class: "lv-product", "aria-label": "The chain rule" });
  bind = new Bindings();
  /** @type {{ digits: HTMLElement, stage: number, keys: string[] }[]} */
  staged = [];
  more = el("button", {
    type: "button", class: "lv-quiet", "aria-pressed": "false", text: "More digits", onclick: () => this.#toggle(),
  });
  of = /** @type {ReturnType<typeof choice>} */ (later);

  /** @param {ProductActions} actions */
  constructor(actions) {
    this.actions = actions;
  }

  /** @param {ProductSpec} spec @param {{ of: string }} fields */
  build(spec, fields) {
    this.bind = new Bindings();
    this.staged = [];
    const result = keysOf(spec.result.number);
    const whole = [...result, ...spec.factors.flatMap((factor) => keysOf(factor.number))];
    /** @type {(keys: string[]) => string} */
    const equal = (keys) => `{~${keys.join(" ")}}`;
    /** @type {(symbol: string, template: string, mark: string, kind: string, stage: number, keys: string[]) =>
     *   HTMLElement} */
    const cell = (symbol, template, mark, kind, stage, keys) => {
      const [, left] = template.match(/^\{\?([^{}]*)\}$/) ?? [];
      const digits = left ? el("span", { class: "lv-digits" }, this.actions.blank(left))
        : this.bind.text("span", { class: "lv-digits" }, template);
      this.staged.push({ digits, stage, keys });
      return el("div", { class: `lv-factor lv-${kind}` },
        el("span", { class: "lv-formula", text: mark ? `${symbol} ${mark}` : symbol }), digits);
    };
    /** @type {(text: string, stage: number, keys: string[], below?: string) => HTMLElement} */
    const sign = (text, stage, keys, below = text) => {
      const digits = this.bind.text("span", {}, below);
      this.staged.push({ digits, stage, keys });
      return el("div", { class: "lv-sign" }, el("span", { text }), digits);
    };
    const row = el("div", { class: "lv-row" });
    row.append(cell(spec.result.symbol, spec.result.number, "", "result", spec.stage, result));
    /** @param {HTMLElement} before @param {HTMLElement} after a sign stays with what follows it */
    const together = (before, after) => row.append(el("div", { class: "lv-together" }, before, after));
    spec.factors.forEach((factor, i) => {
      const before = i ? sign("×", factor.stage, whole) : sign("=", spec.stage, whole, equal(whole));
      const node = cell(factor.symbol, factor.number, factor.mark, "factor-of", factor.stage,
        keysOf(factor.number));
      node.addEventListener("pointerenter", () => this.actions.point(factor.names));
      node.addEventListener("pointerleave", () => this.actions.point(null));
      together(before, node);
    });
    if (spec.identity) {
      together(sign("=", spec.stage, [], equal([...result, ...keysOf(spec.identity.numbers)])),
        cell(spec.identity.symbol, spec.identity.numbers, "", "identity", spec.stage, []));
    }
    this.of = choice({ ...spec.choice, value: fields[spec.choice.name] }, (value) =>
      this.actions.pick(spec.choice.name, value));
    row.addEventListener("click", ({ target }) => target instanceof HTMLInputElement || this.#toggle());
    this.node.replaceChildren(el("div", { class: "lv-bar" },
      el("span", { class: "lv-label", text: spec.choice.title }), this.of.node, this.more), row);
  }

  /**
   * Hide what the walk has not computed yet.
   * @param {number} stage @param {string[]} seen quantities that are shown all the same
   */
  reveal(stage, seen) {
    for (const { digits, stage: at, keys } of this.staged) {
      const told = keys.length > 0 && keys.every((key) => seen.includes(key));
      digits.classList.toggle("lv-not-yet", at > stage && !told);
    }
  }

  #toggle() {
    this.bind.digits = this.bind.digits === DIGITS ? MORE_DIGITS : DIGITS;
    this.more.setAttribute("aria-pressed", String(this.bind.digits !== DIGITS));
    this.more.textContent = this.bind.digits === DIGITS ? "More digits" : "Fewer digits";
    this.node.classList.toggle("lv-more", this.bind.digits !== DIGITS);
    this.actions.repaint();
  }
}

/** What a selected node or edge is: lines of text with live numbers. */
export class Panel {
  node = el("section", { class: "lv-panel", hidden: true });
  heard = el("div", { class: "lv-unseen", role: "status" });
  bind = new Bindings();

  /** @param {{ close: () => void }} actions */
  constructor(actions) {
    this.actions = actions;
  }

  /** @param {PanelSpec | undefined} panel */
  show(panel) {
    this.bind = new Bindings();
    this.heard.replaceChildren(); // what was told of another, or of this one before a link left something out
    this.node.hidden = !panel;
    if (!panel) return;
    const close = el("button", {
      type: "button", class: "lv-quiet", "aria-label": "Close", text: "✕", onclick: this.actions.close,
    });
    this.node.replaceChildren(
      el("div", { class: "lv-bar" }, el("h3", { text: panel.title }), close),
      ...panel.lines.map((line) => this.bind.text("p", { class: line.includes("=") ? "lv-math" : "" }, line)),
    );
  }

  /**
   * Leave blank what the walk has not computed yet.
   * @param {(template: string) => boolean} known
   */
  reveal(known) {
    for (const { node, template } of this.bind.items) node.classList.toggle("lv-not-yet", !known(template));
  }

  /** Who listens hears it when it opens, and not at every move of its numbers. */
  tell() {
    const lines = this.node.hidden ? [] : [...this.node.querySelectorAll("h3, p:not(.lv-not-yet)")];
    this.heard.replaceChildren(...lines.map(({ textContent }) => el("p", { text: spoken(textContent) })));
  }
}

/** The look of a player's buttons is its own. */
const PLAIN = { class: null };
const BEAT = 2200; // ms a stage stands while playing: its tokens travel, and two lines are read

/** @param {string} text whose products are not to be broken */
const unbroken = (text) => text.replaceAll(" × ", "\u00a0×\u00a0");

/** Back, Step, Play or Pause, Restart through the stages of the walk. */
export class Player {
  stage = 0;
  last = 0;
  /** Whether anyone has walked yet. */
  walked = false;
  /** @type {string[]} */
  captions = [];
  resting = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;
  bind = new Bindings();
  /** @type {HTMLElement | null} the part of the caption that tells the result */
  result = null;
  /** Whether the caption tells of a stage. */
  open = false;
  back = button("Back", () => this.#go(this.stage - 1), PLAIN);
  step = button("Step", () => this.#go(this.stage >= this.last ? 1 : this.stage + 1), PLAIN);
  play = button("Play", () => (this.timer ? this.pause() : this.#start()), PLAIN);
  restart = button("Restart", () => this.#go(0), PLAIN);
  caption = el("div", { class: "lv-caption" });
  node = el("section", { class: "lv-player", "aria-label": "Forward and backward pass" },
    el("div", { class: "lv-buttons" }, this.back, this.step, this.play, this.restart), this.caption);

  /** @param {(stage: number) => void} onStage */
  constructor(onStage) {
    this.onStage = onStage;
  }

  /** @param {string[]} captions one for each stage @param {string} resting before the first walk */
  build(captions, resting) {
    this.captions = captions;
    this.resting = resting;
    this.last = captions.length - 1;
  }

  /** A hand has gone on to something else: a walk that was over is forgotten. */
  rest() {
    if (!this.walked || this.timer || this.stage < this.last) return;
    this.walked = false;
    this.set(null);
  }

  /** All is as it was before anyone walked. */
  forget() {
    this.pause();
    this.walked = false;
  }

  /** @param {number | null} stage the last one if null */
  set(stage) {
    this.stage = Math.max(0, Math.min(this.last, stage ?? this.last));
    this.back.disabled = this.stage === 0;
    // Before the first walk everything stands there, and Step begins it; after it, it is done.
    this.step.disabled = this.stage === this.last && this.walked;
    const whole = this.stage === this.last && !this.timer && !this.walked;
    this.bind = new Bindings();
    const count = el("span", { class: "lv-count", text: `${this.stage} of ${this.last}` });
    this.open = !whole;
    if (whole) {
      this.result = null;
      this.caption.replaceChildren(this.bind.text("span", {}, this.resting));
      return;
    }
    // First why it is this node's turn; then what comes of it.
    const caption = this.captions[this.stage];
    const end = caption.indexOf(". ") + 2;
    this.result = end > 1 ? this.bind.text("span", {}, unbroken(caption.slice(end))) : null;
    const line = this.bind.text("span", {}, end > 1 ? caption.slice(0, end) : caption);
    this.caption.replaceChildren(count, " ", el("span", {}, line, this.result));
  }

  /**
   * The caption says what comes of a stage only when its tokens have arrived; its room is kept.
   * @param {boolean} yes
   */
  arrive(yes) {
    this.result?.classList.toggle("lv-not-yet", !yes);
  }

  /** What is heard of the stage. */
  get words() {
    return this.open ? spoken(this.caption.textContent) : "";
  }

  /** @param {number} stage */
  #go(stage) {
    this.pause();
    this.#move(stage);
  }

  /** @param {number} stage */
  #move(stage) {
    this.walked = true;
    this.set(stage);
    this.onStage(this.stage);
  }

  #start() {
    this.play.textContent = "Pause";
    this.timer = setInterval(() => {
      if (this.stage >= this.last) this.pause();
      else this.#move(this.stage + 1);
    }, BEAT);
    this.#move(this.stage >= this.last ? 0 : this.stage + 1);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.play.textContent = "Play";
  }
}
