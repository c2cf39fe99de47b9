// Streamlit shows what went wrong with an upload in the words of the library that sent it
// ("AxiosError: Network Error"), beside the file and in a tooltip. Here it is said in ours.

const THEIRS = /AxiosError|Network Error|Request failed|Request aborted|timeout of \d+ms/;
const OURS = `The file did not arrive${"lrvizSite" in window ? "" : ": the connection broke, or the server is busy"}. `
  + "Choose it again in a moment.";

/** @param {Node} root */
function reword(root) {
  if (!THEIRS.test(root.textContent ?? "")) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = /** @type {Text} */ (node);
    // Set on the node that React holds: it goes on finding it.
    if (THEIRS.test(text.data)) text.data = OURS;
  }
}

const observer = new MutationObserver((changes) => {
  for (const { addedNodes } of changes) addedNodes.forEach(reword);
  if (!document.querySelector("[role=dialog]")) observer.disconnect();
});

/** @param {Event} event */
function watch({ target }) {
  if (!(target instanceof Element) || !target.closest("[role=dialog]")) return;
  observer.observe(document.body, { childList: true, subtree: true });
}

window.addEventListener("change", watch, true);
window.addEventListener("drop", watch, true);
