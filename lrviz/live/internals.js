// The browser's reach into what Streamlit keeps to itself; see internals.py.

/** What scrolls: Streamlit's page lies in an element of its own. */
export const scroller = () => document.querySelector("[data-testid=stMain]");

/** What Streamlit says of itself, for its own tests only. @returns {DOMStringMap | undefined} */
const told = () =>
  /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stApp]"))?.dataset;

/** Whether Streamlit thinks that no script is running. */
export const scriptRests = () => told()?.testScriptState === "notRunning";

/** Whether a server is there, and at work for this page. */
export const working = () => told()?.testConnectionState === "CONNECTED" && !scriptRests();

/**
 * Call back whenever the page is connected again, perhaps to a server that took another's place.
 * @param {() => void} callback @param {AbortSignal} until when it ends
 */
export function onConnectedAgain(callback, until) {
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return;
  let before = told()?.testConnectionState;
  const observer = new MutationObserver(() => {
    const now = told()?.testConnectionState;
    if (now === "CONNECTED" && now !== before) callback();
    before = now;
  });
  observer.observe(app, { attributeFilter: ["data-test-connection-state"] });
  until.addEventListener("abort", () => observer.disconnect());
}
