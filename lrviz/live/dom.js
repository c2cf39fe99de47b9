// Small helpers for building the page's elements.

/** An element with attributes and children; "on…" are listeners, "text" is its text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.filter(Boolean));
  return node;
}

/** A button with a text and what it does. */
export const button = (text, onclick, attributes = {}) =>
  el("button", { type: "button", class: "lv-button", text, onclick, ...attributes });

let count = 0;
export const unique = (stem) => `lv-${stem}-${(count += 1)}`;

/** One of several, as radio buttons that look like a segmented bar. */
export function choice({ name, label, options, value }, onPick) {
  const group = unique(name);
  const node = el("div", { class: "lv-choice", role: "radiogroup", "aria-label": label ?? name });
  const inputs = options.map(([key, text, title]) => {
    const id = unique("option");
    const input = el("input", {
      type: "radio", id, name: group, value: key, onchange: () => onPick(key),
    });
    input.checked = String(key) === String(value);
    node.append(input, el("label", { for: id, text, title }));
    return input;
  });
  return {
    node,
    set(next) {
      for (const input of inputs) input.checked = input.value === String(next);
    },
  };
}

/** A range with a number field beside it. */
export function range(spec, onMove, onRest) {
  const id = unique(spec.name);
  const slider = el("input", {
    type: "range", id, min: spec.min, max: spec.max, step: spec.step, "aria-label": spec.name,
  });
  const field = el("input", {
    type: "text", inputmode: "decimal", class: "lv-number", autocomplete: "off",
    "aria-label": `${spec.name} exact value`,
  });
  const message = el("p", { class: "lv-error", role: "alert", hidden: true });
  let value = spec.value;
  const show = () => {
    slider.value = value;
    slider.style.setProperty("--at", `${((value - spec.min) / (spec.max - spec.min)) * 100}%`);
    slider.setAttribute("aria-valuetext", String(value));
    if (document.activeElement !== field) field.value = String(value).replace("-", "−");
    message.hidden = true;
    field.removeAttribute("aria-invalid");
  };
  slider.addEventListener("input", () => {
    value = Number(slider.value);
    onMove(value);
    show();
  });
  slider.addEventListener("change", onRest);
  const commit = () => {
    const text = field.value.trim().replace(/[−–]/g, "-").replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
    const next = Number(text);
    const ok = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && next >= spec.min && next <= spec.max;
    if (!ok) {
      message.textContent = `${spec.label} takes a number from ${spec.min} to ${spec.max}`
        .replaceAll("-", "−") + `; it stays at ${String(value).replace("-", "−")}.`;
      message.hidden = false;
      field.setAttribute("aria-invalid", "true");
      return;
    }
    message.hidden = true;
    if (next === value) return show();
    value = next === 0 ? 0 : next;
    onMove(value);
    show();
    onRest();
  };
  field.addEventListener("change", commit);
  field.addEventListener("blur", () => {
    if (message.hidden) show();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit();
    if (event.key === "Escape") show();
  });
  const node = el("div", { class: `lv-range lv-${spec.role ?? "plain"}` },
    el("label", { for: id, class: "lv-symbol", text: spec.label }), slider, field, message);
  show();
  return {
    node,
    set(next) {
      value = next;
      show();
    },
  };
}
