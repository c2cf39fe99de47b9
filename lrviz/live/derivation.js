// The derivation, line by line: KaTeX draws each formula once, and numbers are written into
// its marked elements on the frames of a drag.

import { during } from "./busy.js";
import { button, choice, el, failure, later, put } from "./dom.js";
import { compile } from "./expression.js";
import { DIGITS, exact, fill, number, slot } from "./numbers.js";

/** @import { Value } from "./expression.js" */
/** @import { DerivationSpec, GraphFields, Inputs, PartSpec } from "./types.d.ts" */
/** @import { Quantity, Read, StepSpec } from "./types.d.ts" */

/** @type {{ renderToString(latex: string, options: object): string } | null} */
let katex = null;
/** Where it is, and how often it was looked for there in vain. */
let [address, tries] = ["", 0];

/**
 * KaTeX as the page already has it: the copy that Streamlit serves for its own formulas. Where it
 * did not load, formulas are shown as their LaTeX.
 * @param {string} url
 */
export async function typesetter(url) {
  address = url;
  // A Streamlit without such a copy gives no file.
  if (katex || !url.endsWith(".js")) return;
  try {
    // A browser may remember that a module did not load, by its address.
    katex = (await import(new URL(url + (tries ? `?${tries}` : ""), location.origin).href)).default;
  } catch {
    tries += 1;
  }
}

const OPTIONS = {
  /** @param {{ command: string }} context */
  trust: (context) => context.command === "\\htmlData",
  strict: false,
  throwOnError: false,
};

// The copy of KaTeX that can be imported marks some classes with its name, and the style sheet
// that the page has does not: both names are given.
const PREFIXED = /\bkatex-(?!html|mathml|display|error)([a-z]+)\b/g;

/** Whether formulas are typeset. */
export const typesets = () => katex !== null;

/** @param {string} latex */
export function math(latex, { display = false, spoken = true } = {}) {
  const node = el("span", { class: "lv-tex" });
  const options = { ...OPTIONS, output: spoken ? "htmlAndMathml" : "html" };
  const html = katex?.renderToString((display ? "\\displaystyle " : "") + latex, options)
    ?? `<code>${latex.replace(/[<&]/g, "")}</code>`;
  node.innerHTML = html.replace(/class="[^"]*"/g, (text) => text.replace(PREFIXED, "katex-$1 $1"));
  return node;
}

/** @param {string[]} texts text and mathematics in turn */
const prose = (texts) => texts.map((text, i) => (i % 2 ? math(text) : document.createTextNode(text)));

/**
 * @typedef {object} DerivationActions
 * @property {(part: string, line: number, view?: "begin" | "follow" | "stay") => void} turn to a line
 * @property {(names: string[] | null) => void} point at parts of the graph
 * @property {(fields: Inputs) => void} extreme show a line where it saturates
 * @property {(fields: Inputs) => void} saturation show the panel about it
 * @property {(scope: string, numbers: boolean, said: HTMLElement) => void} copy as LaTeX
 */

/**
 * One line as it is drawn, and what was last written into it.
 * @typedef {object} Row
 * @property {HTMLElement} node
 * @property {StepSpec} step
 * @property {(read: (name: string) => Value) => Value} compute
 * @property {HTMLElement} value
 * @property {HTMLElement} same the sign before the value
 * @property {HTMLElement | null} roughly the sign before the numbers
 * @property {string[]} keys of the numbers
 * @property {string | null} last
 * @property {string | null} signs
 */

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
const PREVIOUS_AND_NEXT = "Lines; the arrow keys show the next and the previous one";

export class Derivation {
  digits = DIGITS;
  line = 0;
  count = 0;
  /** @type {string | null} the part that is drawn */
  drawn = null;
  /** @type {Row[]} */
  rows = [];
  /** @type {{ node: HTMLElement, at: number }[]} */
  heads = [];
  /** @type {{ leaf: Element, key: string, open: string, last: string | null }[]} */
  slots = [];
  spec = /** @type {DerivationSpec} */ (later);
  tabs = /** @type {ReturnType<typeof choice>} */ (later);
  node = el("section", { class: "lv-derivation", "aria-label": "The derivation" });
  previous = button("Previous line", () => this.#turn(this.line - 1));
  next = button("Next line", () => this.#forward());
  all = button("Show all", () => this.drawn && this.actions.turn(this.drawn, this.count - 1, "stay"));
  place = el("span", { class: "lv-count" });
  remark = el("p", { class: "lv-remark", role: "status" });
  bare = failure("The formulas are shown as LaTeX, because what typesets them did not load.", () =>
    during(this.#typeset()));
  read = /** @type {Read} */ (later);
  body = el("div", { class: "lv-lines", tabindex: 0, role: "group", "aria-label": PREVIOUS_AND_NEXT });
  withNumbers = el("input", { type: "checkbox" });
  copied = el("span", { class: "lv-copied", role: "status" });
  foot = el("div", { class: "lv-bar lv-derivation-foot" });
  /** On a phone the lines come in a sheet from below, so that the picture stays in view. */
  sheet = el("div", { class: "lv-derivation-sheet" });
  open = button("Read it beside the picture", () => this.unfold(true), { class: "lv-button lv-derivation-open" });
  close = button("✕", () => this.unfold(false), {
    class: "lv-quiet lv-sheet-close", "aria-label": "Close the derivation",
  });

  /** @param {DerivationActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.node.addEventListener("keydown", (event) => this.#key(event));
  }

  /** @param {DerivationSpec} spec @param {GraphFields} fields @param {HTMLElement} strip the path in one line */
  build(spec, fields, strip) {
    this.spec = spec;
    this.drawn = null;
    this.tabs = choice({
      name: "part", label: "Part of the derivation", value: fields.part,
      options: spec.parts.map((part) => [part.key, part.label, part.title]),
    }, (part) => this.actions.turn(part, 0));
    /** @type {(text: string, scope: string) => HTMLElement} */
    const copy = (text, scope) => {
      const act = () => this.actions.copy(scope, this.withNumbers.checked, this.copied);
      return button(text, act, { class: "lv-quiet" });
    };
    this.foot.replaceChildren(this.previous, this.next, this.all, this.place,
      el("span", { class: "lv-count", text: spec.i }),
      el("span", { class: "lv-spring" }), copy("Copy this part as LaTeX", "part"),
      ...spec.whole ? [copy("Copy everything", "all")] : [],
      ...spec.numbers ? [el("label", { class: "lv-label" }, this.withNumbers, " with numbers")] : [], this.copied);
    this.sheet.replaceChildren(this.close, strip, this.bare, this.body, this.foot, this.remark);
    this.tabs.node.addEventListener("click", () => this.unfold(true));
    this.node.replaceChildren(
      el("div", { class: "lv-bar lv-derivation-head" },
        el("h2", { text: "The derivation" }), this.tabs.node, this.open),
      this.sheet,
    );
  }

  /**
   * Bring the sheet, or put it away; it is one on a phone only.
   * @param {boolean} yes
   */
  unfold(yes) {
    this.sheet.classList.toggle("lv-open", yes);
  }

  /**
   * Draw a part up to a line; the part's formulas are set once.
   * @param {string} key @param {number} line
   */
  show(key, line) {
    const part = this.#part(key);
    if (!part) return; // the link leaves all of them out
    if (this.drawn !== part.key) this.#draw(part);
    this.drawn = part.key;
    this.tabs.set(part.key);
    this.count = part.steps.length;
    this.line = Math.max(0, Math.min(line, this.count - 1));
    this.rows.forEach(({ node }, i) => {
      node.hidden = i > this.line;
      node.classList.toggle("lv-now", i === this.line);
    });
    this.heads.forEach(({ node, at }) => {
      node.hidden = at > this.line;
    });
    this.previous.disabled = this.line === 0;
    const done = this.line === this.count - 1;
    const following = this.spec.parts[this.spec.parts.indexOf(part) + 1];
    this.all.disabled = done;
    this.next.disabled = done && !following;
    this.next.textContent = done && following ? `Next part: ${following.label}` : "Next line";
    this.place.textContent = `Line ${this.line + 1} of ${this.count}`;
  }

  /** Keep the buttons under the newest line within reach. */
  follow() {
    this.unfold(true);
    const { sheet, foot } = this;
    // A sheet that still comes is scrolled itself, not the page below it.
    if (getComputedStyle(sheet).position === "fixed") {
      sheet.scrollTop = foot.offsetTop + foot.offsetHeight - sheet.clientHeight;
    } else foot.scrollIntoView({ block: "nearest" });
  }

  /** Begin a part at its top. */
  begin() {
    this.unfold(true);
    this.sheet.scrollTop = 0;
    this.node.scrollIntoView({ block: "start" });
  }

  /** The line that is open, in words. */
  get where() {
    return `Line ${this.line + 1} of ${this.#part(String(this.drawn)).label}`;
  }

  get about() {
    return this.rows[this.line]?.step.about ?? [];
  }

  /** Formulas that were shown as their LaTeX: try once more to set them. */
  async #typeset() {
    await typesetter(address);
    const part = this.drawn;
    if (!katex || part === null) return;
    this.drawn = null;
    this.show(part, this.line);
    this.paint(this.read);
  }

  /** @param {PartSpec} part */
  #draw(part) {
    this.bare.hidden = Boolean(katex) || !tries;
    this.rows = [];
    this.heads = [];
    const intro = el("p", { class: "lv-intro" }, ...prose(part.intro));
    const wanted = part.wanted.map((latex) => math(latex, { display: true }));
    /** @type {HTMLElement[]} */
    const out = [el("h3", { text: part.title }), intro];
    if (wanted.length) out.push(el("div", { class: "lv-wanted" }, ...wanted));
    part.steps.forEach((step, i) => {
      if (step.title && step.head) {
        const node = el("h4", { text: step.title, class: step.side ? "lv-side" : "" });
        this.heads.push({ node, at: i });
        out.push(node);
      }
      if (!step.side && part.steps[i - 1]?.side) {
        const node = el("h4", { text: "Back to the main line" });
        this.heads.push({ node, at: i });
        out.push(node);
      }
      out.push(this.#row(step));
    });
    this.body.replaceChildren(...out);
    this.slots = [];
    for (const { node } of this.rows) {
      for (const place of node.querySelectorAll("[data-q]")) {
        let leaf = place;
        while (leaf.firstElementChild) leaf = leaf.firstElementChild;
        const key = String(place.getAttribute("data-q"));
        this.slots.push({ leaf, key, open: place.getAttribute("data-o") === "1" ? "(" : "", last: null });
      }
    }
  }

  /** @param {StepSpec} step */
  #row(step) {
    const value = el("span", { class: "lv-digits" });
    const numbers = step.bare ? null : step.numbers
      ? math(step.numbers, { display: true, spoken: false })
      : el("span", {}, "at ", math(step.point, { spoken: false }));
    const [kind, detail] = step.rule;
    const same = el("span");
    const roughly = el("span", { class: "lv-equals" });
    const long = step.head.length > 60;
    const node = el("div", { class: `lv-line${step.side ? " lv-side" : ""}${long ? " lv-long-head" : ""}` },
      el("div", { class: "lv-head-cell" }, step.head ? math(step.head, { display: true }) : null),
      el("div", { class: "lv-formula-cell" },
        el("div", {}, el("span", { class: "lv-equals", text: "= " }), math(step.latex, { display: true })),
        numbers && el("div", { class: "lv-numbers" }, roughly, numbers)),
      el("div", { class: "lv-value-cell" }, same, value),
      el("div", { class: "lv-rule" }, el("strong", { text: detail ? `${kind}: ` : kind }), detail,
        step.note.length ? el("div", { class: "lv-note-line" }, ...prose(step.note)) : null,
        step.uses && " ", ...this.#ways(step)));
    node.addEventListener("pointerenter", () => this.actions.point(step.about));
    node.addEventListener("pointerleave", () => this.actions.point(null));
    const keys = [...step.numbers.matchAll(/q=([\w.-]+)/g)].map((match) => match[1]);
    this.rows.push({
      node, step, value, compute: compile(step.value), same, roughly: step.numbers ? roughly : null, keys,
      last: null, signs: null,
    });
    return node;
  }

  /**
   * Buttons that lead from a line elsewhere.
   * @param {StepSpec} step
   */
  #ways({ uses, extreme }) {
    /** @type {(text: string, act: () => void) => HTMLElement} */
    const way = (text, act) => button(text, act, { class: "lv-quiet lv-extreme" });
    const { actions } = this;
    return [
      this.spec.parts.some(({ key }) => key === uses)
        ? way(`Go to ${this.#part(uses).label}`, () => actions.turn(uses, 0, "begin")) : null,
      extreme && way(extreme.label, () => actions.extreme(extreme.fields)),
      extreme && way("Saturation panel", () => actions.saturation(extreme.fields)),
    ];
  }

  /** @param {string} key */
  #part(key) {
    return this.spec.parts.find((one) => one.key === key) ?? this.spec.parts[0];
  }

  /**
   * Write the numbers that changed.
   * @param {Read} read answers for the two-feature graph
   */
  paint(read) {
    this.read = read;
    for (const one of this.slots) {
      const now = slot(one.open, read(one.key), this.digits);
      if (now !== one.last) one.leaf.textContent = one.last = now;
    }
    /** @param {string} name */
    const letter = (name) => read(`value.${name}`);
    for (const row of this.rows) {
      if (!this.spec.numbers) continue;
      const value = /** @type {Quantity} */ (row.compute(letter));
      const now = number(value, this.digits);
      if (now !== row.last) row.value.textContent = row.last = now;
      // = only where every number that stands there is shown exactly.
      const given = row.keys.every((key) => exact(read(key), this.digits));
      const whole = given && exact(value, this.digits);
      const signs = `${given}${whole}`;
      if (signs !== row.signs) {
        row.signs = signs;
        row.same.textContent = whole ? "= " : "≈ ";
        row.roughly?.replaceChildren(given ? "= " : "≈ ");
      }
    }
    const z = Number(read("value.z"));
    const lost = this.rows[this.line]?.step.losses.find(([side, limit]) => (side === ">" ? z > limit : z < limit));
    const remark = lost ? fill(lost[2], read) : "";
    put(this.remark, remark);
  }

  #forward() {
    const here = this.spec.parts.findIndex((one) => one.key === this.drawn);
    if (this.line < this.count - 1) this.#turn(this.line + 1);
    else this.actions.turn(this.spec.parts[here + 1].key, 0, "begin");
  }

  /** @param {number} line */
  #turn(line) {
    if (this.drawn) this.actions.turn(this.drawn, Math.max(0, Math.min(line, this.count - 1)));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target !== this.body) return;
    const step = STEPS[event.key];
    if (event.key === "End") this.#turn(this.count - 1);
    else if (event.key === "Home") this.#turn(0);
    else if (step) this.#turn(this.line + step);
    else return;
    event.preventDefault();
  }
}
