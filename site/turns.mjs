// The picture that a hand moves has the machine before what is still to be loaded.

const PATIENCE = 6000; // ms in all: who holds a slider for ever has Python, too

/**
 * A function that waits as long as a pointer is down on the page.
 * @param {Pick<BroadcastChannel, "postMessage" | "onmessage">} channel by which the page says so, and
 * is asked once
 * @returns {() => Promise<void>}
 */
export function turns(channel, patience = PATIENCE) {
  let left = patience;
  let down = false;
  let release = () => {};
  /** @type {Promise<void> | null} */
  let waiting = null;
  channel.onmessage = ({ data }) => {
    if (typeof data !== "boolean") return; // another page's question
    down = data;
    if (!down) release();
  };
  channel.postMessage("?");

  return async () => {
    if (!down || left <= 0) return;
    waiting ??= new Promise((go) => {
      const began = performance.now();
      const timer = setTimeout(() => release(), left);
      release = () => {
        clearTimeout(timer);
        left -= performance.now() - began;
        release = () => {};
        waiting = null;
        go();
      };
    });
    await waiting;
  };
}
