// A clock that stands still until it is told to go on, and a page with nothing on it.

let now = 0;
let last = 0;
/** @type {Map<number, { due: number, act: () => void }>} */
const timers = new Map();

/** @param {() => void} act @param {number} wait */
const set = (act, wait) => {
  last += 1;
  timers.set(last, { due: now + wait, act });
  return last;
};
/** @param {number} id */
const clear = (id) => timers.delete(id);

/** What Streamlit says of its script. */
export const app = { dataset: { testScriptState: "notRunning" } };

// eslint-disable-next-line no-restricted-syntax -- some of them only
Object.assign(globalThis, {
  setTimeout: set,
  clearTimeout: clear,
  performance: { now: () => now },
  document: { documentElement: { dataset: {} }, querySelector: () => app },
});

/** What the page says of itself. */
export const said = () => document.documentElement.dataset.lrviz;

/**
 * Let time pass: timers go off in their order, and promises are kept between them.
 * @param {number} ms
 */
export async function pass(ms) {
  const end = now + ms;
  for (;;) {
    await Promise.resolve();
    const [first] = [...timers].sort(([, a], [, b]) => a.due - b.due);
    if (!first || first[1].due > end) break;
    const [id, next] = first;
    now = next.due;
    timers.delete(id);
    next.act();
  }
  now = end;
  await Promise.resolve();
}
