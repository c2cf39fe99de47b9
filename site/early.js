// Starts Streamlit on Pyodide below what is there already.

const site = window.lrvizSite;

/**
 * Streamlit's worker comes as a data: address in a blob. Its text does as well, and then the
 * page's policy need not let scripts be written into addresses.
 */
class WorkerBlob extends Blob {
  constructor(parts, options) {
    const [, text] = /^importScripts\("data:[^,]*;base64,([^"]*)"\);$/.exec(parts?.[0]) ?? [];
    super(text ? [Uint8Array.from(atob(text), (c) => c.charCodeAt(0))] : parts, options);
  }
}

async function start() {
  const home = location.origin + site.home;
  const { mount } = await import(new URL(`${site.stlite}stlite.js`, home).href);
  const there = location.href;
  const { Blob: usual } = window;
  window.Blob = WorkerBlob;
  history.replaceState(history.state, "", site.home);
  const app = mount({
    entrypoint: "main.py",
    files: { "main.py": { url: `${home}main.py` } },
    prebuiltPackageNames: site.packages,
    requirements: [],
    wheelUrls: { streamlit: "streamlit", stliteLib: "stlite-lib" },
    pyodideUrl: `${home}pyodide.mjs`,
    streamlitConfig: site.config,
    env: {
      LRVIZ_BASE: site.home,
      LRVIZ_KATEX: new URL(site.katex, home).href,
    },
    disableProgressToasts: true,
  }, document.querySelector("#root"));
  window.Blob = usual;
  history.replaceState(history.state, "", there);
  window.lrvizApp = app;
}
start();
