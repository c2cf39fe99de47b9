// The browser's reach into what Streamlit keeps to itself; see internals.py.

/** What scrolls: Streamlit's page lies in an element of its own. */
export const scroller = () => document.querySelector("[data-testid=stMain]");

/** Whether Streamlit thinks that no script is running: it says so for its own tests only. */
export function scriptRests() {
  /** @type {HTMLElement | null} */
  const app = document.querySelector("[data-testid=stApp]");
  return app?.dataset.testScriptState === "notRunning";
}

/**
 * Call back whenever the page is connected again, perhaps to a server that took another's place.
 * @param {() => void} callback @param {AbortSignal} until when it ends
 */
export function onConnectedAgain(callback, until) {
  /** @type {HTMLElement | null} */
  const app = document.querySelector("[data-testid=stApp]");
  if (!app) return;
  let before = app.dataset.testConnectionState;
  const observer = new MutationObserver(() => {
    const now = app.dataset.testConnectionState;
    if (now === "CONNECTED" && now !== before) callback();
    before = now;
  });
  observer.observe(app, { attributeFilter: ["data-test-connection-state"] });
  until.addEventListener("abort", () => observer.disconnect());
}
