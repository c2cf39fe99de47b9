// Text that is typed or pasted may hold half of a character, a surrogate without its other. No
// UTF-8 has that: the server closes the connection at such a message, and the page opens it again
// and sends the same. So it is replaced in the field itself, before anyone reads it there.

const HALF = /\p{Surrogate}/gu;

/** @param {Event} event */
function mend({ target }) {
  if (!(target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement)) return;
  const whole = target.value.replace(HALF, "\ufffd");
  if (whole === target.value) return;
  // The setter of the element itself would tell React that it knows the value already.
  const { prototype } = target instanceof HTMLInputElement ? HTMLInputElement : HTMLTextAreaElement;
  Object.getOwnPropertyDescriptor(prototype, "value")?.set?.call(target, whole);
}

window.addEventListener("input", mend, true);
