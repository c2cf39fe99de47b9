// The blocks around a figure: a row of factors, a player, a panel, a bar of presets. Each
// builds its elements once per structure and then only writes text that changed.

import { choice, el } from "./dom.js";
import { DIGITS, MORE_DIGITS, fill } from "./numbers.js";

/** Text nodes bound to templates; paint(read) writes those that changed. */
export class Bindings {
  constructor() {
    this.items = [];
    this.digits = DIGITS;
  }

  text(tag, attributes, template) {
    const node = el(tag, attributes);
    this.items.push({ node, template, last: null });
    return node;
  }

  paint(read) {
    for (const item of this.items) {
      const now = fill(item.template, read, this.digits);
      if (now !== item.last) item.node.textContent = item.last = now;
    }
  }
}

/** The chain rule as a product: factors, their product, and the short form. */
export class Product {
  constructor(actions) {
    this.actions = actions;
    this.node = el("section", { class: "lv-product", "aria-label": "The chain rule" });
  }

  build(spec, fields) {
    this.bind = new Bindings();
    this.staged = [];
    const cell = (symbol, template, mark, kind, stage) => {
      const digits = this.bind.text("span", { class: "lv-digits" }, template);
      this.staged.push({ digits, stage });
      return el("div", { class: `lv-factor lv-${kind}` },
        el("span", { class: "lv-formula", text: mark ? `${symbol} ${mark}` : symbol }), digits);
    };
    const sign = (text) => el("div", { class: "lv-sign" }, el("span", { text }), el("span", { text }));
    const row = el("div", { class: "lv-row" });
    row.append(cell(spec.result.symbol, `{_${spec.result.key}}`, "", "result", spec.stage));
    row.append(el("div", { class: "lv-sign" }, el("span", { text: "=" }), el("span", { text: "≈" })));
    spec.factors.forEach((factor, i) => {
      if (i) row.append(sign("×"));
      const node = cell(factor.symbol, `{_${factor.key}}`, factor.mark, "factor-of", factor.stage);
      node.addEventListener("pointerenter", () => this.actions.point(factor.name));
      node.addEventListener("pointerleave", () => this.actions.point(null));
      row.append(node);
    });
    row.append(el("div", { class: "lv-sign" }, el("span", { text: "=" }), el("span", { text: "≈" })));
    row.append(cell(spec.identity.symbol, spec.identity.numbers, "", "identity", spec.stage));
    this.of = choice({ ...spec.choice, value: fields[spec.choice.name] }, (value) =>
      this.actions.pick(spec.choice.name, value));
    this.more = el("button", {
      type: "button", class: "lv-quiet", "aria-pressed": "false", text: "More digits",
      onclick: () => this.#toggle(),
    });
    row.addEventListener("click", () => this.#toggle());
    this.node.replaceChildren(el("div", { class: "lv-bar" },
      el("span", { class: "lv-label", text: spec.choice.title }), this.of.node, this.more), row);
  }

  /** Hide what the walk has not computed yet. */
  reveal(stage) {
    for (const one of this.staged) one.digits.classList.toggle("lv-not-yet", one.stage > stage);
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
  constructor(actions) {
    this.actions = actions;
    this.node = el("section", { class: "lv-panel", "aria-live": "polite", hidden: true });
    this.bind = new Bindings();
  }

  show(panel) {
    this.bind = new Bindings();
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
}

const BEAT = 1000; // ms a stage stands while playing

/** Back, Step, Play or Pause, Restart through the stages of the walk. */
export class Player {
  constructor(onStage) {
    this.onStage = onStage;
    const button = (text, act) => el("button", { type: "button", text, onclick: act });
    this.back = button("Back", () => this.#go(this.stage - 1));
    this.step = button("Step", () => this.#go(this.stage >= this.last ? 1 : this.stage + 1));
    this.play = button("Play", () => (this.timer ? this.pause() : this.#start()));
    this.restart = button("Restart", () => this.#go(0));
    this.bind = new Bindings();
    this.node = el("section", { class: "lv-player", "aria-label": "Forward and backward pass" });
    this.caption = el("div", { class: "lv-caption", role: "status" });
    this.node.append(
      el("div", { class: "lv-buttons" }, this.back, this.step, this.play, this.restart), this.caption);
  }

  build(captions) {
    this.captions = captions;
    this.last = captions.length - 1;
  }

  set(stage) {
    this.stage = Math.max(0, Math.min(this.last, stage ?? this.last));
    this.back.disabled = this.stage === 0;
    // Before the first walk everything stands there, and Step begins it; after it, it is done.
    this.step.disabled = this.stage === this.last && Boolean(this.walked);
    const whole = this.stage === this.last && !this.timer && !this.walked;
    this.bind = new Bindings();
    const count = el("span", { class: "lv-count", text: `${this.stage} of ${this.last}` });
    const line = whole
      ? el("span", { text: "Everything is computed. Step or Play walks through it, one node at a time." })
      : this.bind.text("span", {}, this.captions[this.stage]);
    this.caption.replaceChildren(whole ? "" : count, line);
  }

  #go(stage) {
    this.pause();
    this.#move(stage);
  }

  #move(stage) {
    this.walked = true;
    this.set(stage);
    this.onStage(this.stage);
  }

  #start() {
    this.play.textContent = "Pause";
    this.timer = setInterval(() => {
      if (this.stage >= this.last) return this.pause();
      this.#move(this.stage + 1);
    }, BEAT);
    this.#move(this.stage >= this.last ? 0 : this.stage + 1);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "Play";
  }
}
