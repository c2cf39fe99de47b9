// Text that is typed or pasted, or the name of a file, may hold half of a character, a surrogate
// without its other. No UTF-8 has that: the server closes the connection at such a message, and the
// page opens it again and sends the same. So it is replaced where it comes in, before anyone reads
// it there. Text beyond what a file may hold is refused here, with a sentence: a message that is
// far too long is dropped without one.

import { el } from "./dom.js";

const HALF = /\p{Surrogate}/gu;
/** BYTES_LIMIT in data/table.py; so many characters are at least as many bytes. */
const MOST = 2_000_000;
const said = el("p", { class: "lv-own-wrong", role: "alert" });

/** @param {string} text */
const whole = (text) => text.replace(HALF, "\ufffd");

/** @param {Event} event */
function mend({ target }) {
  if (!(target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement)) return;
  const long = target.value.length > MOST;
  const mended = long ? "" : whole(target.value);
  said.remove();
  if (long) {
    said.textContent = `What was put in is larger than ${MOST / 1e6} MB, the limit, and was left out.`;
    target.closest(".stTextArea")?.append(said);
  }
  if (mended === target.value) return;
  // The setter of the element itself would tell React that it knows the value already.
  const { prototype } = target instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(target, mended);
}

window.addEventListener("input", mend, true);

const named = Object.getOwnPropertyDescriptor(File.prototype, "name");
if (named?.get) {
  const { get } = named;
  /** @this {File} */
  const mendedName = function () {
    return whole(get.call(this));
  };
  Object.defineProperty(File.prototype, "name", { ...named, get: mendedName });
}
