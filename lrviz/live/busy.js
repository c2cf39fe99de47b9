// Whether anything is under way on the page: a message to Python, a rest before one, a drawing.
// The page says so where anyone who waits for it can see it.

/** @type {Set<object>} */
const underWay = new Set();

/**
 * Something is under way, or is no longer.
 * @param {object} what @param {boolean} yes
 */
export function busy(what, yes) {
  if (yes) underWay.add(what);
  else underWay.delete(what);
  document.documentElement.dataset.lrviz = underWay.size ? "busy" : "resting";
}

/**
 * A promise is under way until it is kept, or broken.
 * @template T @param {Promise<T>} work @returns {Promise<T>}
 */
export function during(work) {
  busy(work, true);
  return work.finally(() => busy(work, false));
}
