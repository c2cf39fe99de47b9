// The browser's reach into what Streamlit keeps to itself; see internals.py.

/** Whether Streamlit thinks that no script is running: it says so for its own tests only. */
export const scriptRests = () =>
  document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
