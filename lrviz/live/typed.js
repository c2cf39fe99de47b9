// What a person types, read as a number: one reading for every field.

const PLAIN = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** @param {string} text */
function decimal(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
  return PLAIN.test(plain) ? Number(plain) : NaN;
}

/**
 * Text as a number, or NaN: a decimal comma, a typographic minus and a fraction are understood.
 * @param {string} text
 */
export function parse(text) {
  const [top, bottom, ...more] = text.split(/[/⁄]/).map(decimal);
  if (bottom === undefined) return top;
  return bottom && !more.length ? top / bottom : NaN;
}
