// The derivation, line by line: KaTeX draws each formula once, and numbers are written into
// its marked elements on the frames of a drag.

import { choice, el } from "./dom.js";
import { compile } from "./expression.js";
import { DIGITS, exact, fill, number, slot } from "./numbers.js";

let katex = null;

/** KaTeX as the page already has it: the copy that Streamlit serves for its own formulas. */
export async function typesetter(url) {
  if (!katex) {
    try {
      katex = (await import(new URL(url, location.origin))).default;
    } catch {
      katex = { renderToString: (latex) => `<code>${latex.replace(/[<&]/g, "")}</code>` };
    }
  }
  return katex;
}

const OPTIONS = { trust: (context) => context.command === "\\htmlData", strict: false, throwOnError: false };

// The copy of KaTeX that can be imported marks some classes with its name, and the style sheet
// that the page has does not: both names are given.
const PREFIXED = /\bkatex-(?!html|mathml|display|error)([a-z]+)\b/g;

function math(latex, { display = false, spoken = true } = {}) {
  const node = el("span", { class: "lv-tex" });
  node.innerHTML = katex.renderToString((display ? "\\displaystyle " : "") + latex, {
    ...OPTIONS, output: spoken ? "htmlAndMathml" : "html",
  }).replace(/class="[^"]*"/g, (text) => text.replace(PREFIXED, "katex-$1 $1"));
  return node;
}

const prose = (texts) => texts.map((text, i) => (i % 2 ? math(text) : document.createTextNode(text)));

export class Derivation {
  /** actions: turn(part, line), point(names), copy(scope, numbers). */
  constructor(actions) {
    this.actions = actions;
    this.digits = DIGITS;
    this.node = el("section", { class: "lv-derivation", "aria-label": "The derivation" });
    this.node.addEventListener("keydown", (event) => this.#key(event));
  }

  build(spec, fields, loss) {
    this.spec = spec;
    this.drawn = null;
    this.tabs = choice({
      name: "part", label: "Part of the derivation", value: fields.part,
      options: spec.parts.map((part) => [part.key, part.label, part.title]),
    }, (part) => this.actions.turn(part, 0));
    this.loss = choice({ ...loss, value: fields.loss }, (value) => this.actions.pick("loss", value));
    const button = (text, act) => el("button", { type: "button", class: "lv-button", text, onclick: act });
    this.previous = button("Previous line", () => this.#turn(this.line - 1));
    this.next = button("Next line", () => this.#forward());
    this.all = button("Show all", () => this.#turn(this.count - 1));
    this.count_ = el("span", { class: "lv-count" });
    this.remark = el("p", { class: "lv-remark", role: "status" });
    const name = "Lines; the arrow keys show the next and the previous one";
    this.body = el("div", { class: "lv-lines", tabindex: 0, role: "group", "aria-label": name });
    this.withNumbers = el("input", { type: "checkbox" });
    this.copied = el("span", { class: "lv-copied", role: "status" });
    const copy = (text, scope) => el("button", {
      type: "button", class: "lv-quiet", text, onclick: () => this.actions.copy(scope, this.withNumbers.checked, this.copied),
    });
    this.foot = el("div", { class: "lv-bar lv-derivation-foot" }, this.previous, this.next, this.all, this.count_,
      el("span", { class: "lv-count", text: spec.i }),
      el("span", { class: "lv-spring" }), copy("Copy this part as LaTeX", "part"), copy("Copy everything", "all"),
      el("label", { class: "lv-label" }, this.withNumbers, " with numbers"), this.copied);
    this.node.replaceChildren(
      el("div", { class: "lv-bar lv-derivation-head" }, el("h2", { text: "The derivation" }), this.tabs.node,
        el("span", { class: "lv-spring" }), el("span", { class: "lv-label", text: loss.title }), this.loss.node),
      this.body,
      this.foot,
      this.remark,
    );
  }

  /** Draw a part up to a line; the part's formulas are set once. */
  show(key, line) {
    const part = this.spec.parts.find((one) => one.key === key);
    if (this.drawn !== key) this.#draw(part);
    this.drawn = key;
    this.tabs.set(key);
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
    this.count_.textContent = `Line ${this.line + 1} of ${this.count}`;
  }

  /** Keep the buttons under the newest line within reach. */
  follow() {
    this.foot.scrollIntoView({ block: "nearest" });
  }

  /** Begin a part at its top. */
  begin() {
    this.node.scrollIntoView({ block: "start" });
  }

  get about() {
    return this.rows?.[this.line]?.step.about ?? [];
  }

  #draw(part) {
    this.rows = [];
    this.heads = [];
    const intro = el("p", { class: "lv-intro" }, ...prose(part.intro));
    const wanted = part.wanted.map((latex) => math(latex, { display: true }));
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
      out.push(this.#row(step, i));
    });
    this.body.replaceChildren(...out);
    this.slots = [];
    for (const { node } of this.rows) {
      for (const place of node.querySelectorAll("[data-q]")) {
        let leaf = place;
        while (leaf.firstElementChild) leaf = leaf.firstElementChild;
        this.slots.push({ leaf, key: place.dataset.q, open: place.dataset.o === "1" ? "(" : "", last: null });
      }
    }
  }

  #row(step, i) {
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
        step.uses ? " " : null,
        step.uses ? el("button", { type: "button", class: "lv-quiet lv-extreme",
          text: `Go to ${this.spec.parts.find((one) => one.key === step.uses).label}`,
          onclick: () => this.actions.turn(step.uses, 0, true) }) : null,
        step.extreme ? el("button", { type: "button", class: "lv-quiet lv-extreme", text: step.extreme.label,
          onclick: () => this.actions.extreme(step.extreme.fields) }) : null,
        step.extreme ? el("button", { type: "button", class: "lv-quiet lv-extreme", text: "Saturation panel",
          onclick: () => this.actions.saturation(step.extreme.fields) }) : null));
    node.addEventListener("pointerenter", () => this.actions.point(step.about));
    node.addEventListener("pointerleave", () => this.actions.point(null));
    const keys = [...step.numbers.matchAll(/q=([\w.-]+)/g)].map((match) => match[1]);
    this.rows.push({
      node, step, value, compute: compile(step.value), same, roughly: step.numbers ? roughly : null, keys,
      last: null, signs: null,
    });
    return node;
  }

  /** Write the numbers that changed; read answers for the two-feature graph. */
  paint(read) {
    if (!this.rows) return;
    for (const one of this.slots) {
      const now = slot(one.open, read(one.key), this.digits);
      if (now !== one.last) one.leaf.textContent = one.last = now;
    }
    const letter = (name) => read(`value.${name}`);
    for (const row of this.rows) {
      const value = row.compute(letter);
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
    const z = read("value.z");
    const lost = this.rows[this.line]?.step.losses.find(([side, limit]) => (side === ">" ? z > limit : z < limit));
    const remark = lost ? fill(lost[2], read) : "";
    if (this.remark.textContent !== remark) this.remark.textContent = remark;
  }

  #forward() {
    const here = this.spec.parts.findIndex((one) => one.key === this.drawn);
    if (this.line < this.count - 1) this.#turn(this.line + 1);
    else this.actions.turn(this.spec.parts[here + 1].key, 0, true);
  }

  #turn(line) {
    this.actions.turn(this.drawn, Math.max(0, Math.min(line, this.count - 1)));
  }

  #key(event) {
    if (event.target !== this.body) return;
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.key === "End") this.#turn(this.count - 1);
    else if (event.key === "Home") this.#turn(0);
    else if (step) this.#turn(this.line + step);
    else return;
    event.preventDefault();
  }
}
