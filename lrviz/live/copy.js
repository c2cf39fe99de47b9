// A button that copies a text which stands on a page that Streamlit draws: always there, and in
// the order of the tab key.

import { copyText } from "./channel.js";
import { button, el } from "./dom.js";

/** @import { Component, CopySpec } from "./types.d.ts" */

/** @type {WeakMap<HTMLElement, { text: string }>} what each mount copies now */
const held = new WeakMap();

/** @param {Component<CopySpec>} component */
export function mountCopy({ data, parentElement: host }) {
  const known = held.get(host);
  if (known) {
    known.text = data.text;
    return;
  }
  const now = { text: data.text };
  held.set(host, now);
  const said = el("span", { class: "lv-copy-said", role: "status" });
  const copy = button(data.label, () => copyText(now.text, said, data.label), { class: "lv-copy-button" });
  host.append(el("div", { class: "lv-copy" }, copy, said));
}
