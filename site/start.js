// The page's own beginning: shows what can be shown at once, starts Streamlit on Pyodide below it,
// and gives the page over when Python holds what is on the screen.

import { early } from "./early.js";
import { shortened } from "./link.js";
import { Shell } from "./shell.js";

/** @import { Early } from "./early.js" */
/** @import { App } from "./site.d.ts" */

const site = window.lrvizSite;
const home = location.origin + site.home;
/** Milliseconds that Python may take to agree with what is on the screen. */
const PATIENCE = 15_000;
/** The host that Streamlit believes to be at. */
const NOWHERE = "stlite.invalid";
const root = /** @type {HTMLElement} */ (document.querySelector("#root"));

/** @type {Early | null} what is shown, and can be moved */
let shown = null;
/** @type {Map<string, Early>} those that were shown */
const pages = new Map();
/** @type {Promise<unknown>} */
let opening = Promise.resolve();
/** Whether a button of the mouse or a finger is down. */
let held = false;
// Python's worker is told, see turns.mjs, and asks when it comes.
const hand = new BroadcastChannel("lrviz-hand");
hand.onmessage = ({ data }) => data === "?" && hand.postMessage(held);
for (const name of ["pointerdown", "pointerup", "pointercancel", "blur"]) {
  window.addEventListener(name, () => {
    held = name === "pointerdown";
    if (site.python === "loading") hand.postMessage(held);
  }, true);
}

const shell = new Shell(site, show);

/** Where the path leads. */
function here() {
  const [last] = location.pathname.split("/").filter(Boolean).slice(-1);
  return site.pages.includes(last) ? last : "graph";
}

/** @param {string} name */
function show(name) {
  shell.mark(name);
  opening = opening.then(async () => {
    shown?.shown(false);
    shown = null;
    const before = pages.get(name);
    const page = before ?? await early(name, site);
    const can = page && (before || await page.read());
    if (before) before.bad = []; // of a link that it has had
    if (can) shell.put(page.host, page.said);
    if (before) {
      // As it was left, unless the link says otherwise.
      if (!location.search && before.query) history.replaceState({}, "", `?${before.query}`);
      before.shown(true);
    } else if (!can || !await page.draw()) {
      shell.wait();
      page?.forget();
      return;
    }
    if (!page) return;
    pages.set(name, page);
    shown = page;
  }).catch((error) => {
    console.error(error);
    shell.wait();
  });
  return opening;
}

/**
 * Streamlit's worker comes as a data: address in a blob. Its text does as well, and then the
 * page's policy need not let scripts be written into addresses.
 */
class WorkerBlob extends Blob {
  /** @param {BlobPart[]} parts @param {BlobPropertyBag} options */
  constructor(parts, options) {
    const [, text] = /^importScripts\("data:[^,]*;base64,([^"]*)"\);$/.exec(String(parts[0])) ?? [];
    super(text ? [Uint8Array.from(atob(text), (c) => c.charCodeAt(0))] : parts, options);
  }
}

/** @returns {Promise<App>} */
async function streamlit() {
  const { mount } = await import(new URL(`${site.stlite}stlite.js`, home).href);
  const { Blob: usual } = window;
  const there = location.href;
  // Streamlit takes the path that it is mounted at for the one that the app lives below.
  history.replaceState(history.state, "", site.home);
  window.Blob = /** @type {typeof Blob} */ (WorkerBlob);
  try {
    return mount({
      entrypoint: "main.py",
      files: { "main.py": { url: `${home}${site.own}/main.py` } },
      prebuiltPackageNames: site.packages,
      wheelUrls: { streamlit: "streamlit", stliteLib: "stlite-lib" },
      pyodideUrl: `${home}${site.own}/pyodide.mjs`,
      streamlitConfig: site.config,
      env: { LRVIZ_HOME: home.replace(/\/$/, ""), LRVIZ_KATEX: new URL(site.katex, home).href },
      disableProgressToasts: true,
      disableErrorToasts: true,
    }, root);
  } finally {
    window.Blob = usual;
    history.replaceState(history.state, "", there);
  }
}

/** A path that is no page's: Streamlit is not asked for it, and what is shown instead is said. */
function mendPath() {
  const path = location.pathname.slice(site.home.length).replace(/\/$/, "");
  if (["", "index.html", ...site.pages].includes(path)) return;
  history.replaceState(history.state, "", site.home + location.search + location.hash);
  shell.missing(path);
}

/** Streamlit writes the site's own path without its last slash, which a host of files redirects. */
function mendHistory() {
  for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
    const usual = history[name].bind(history);
    history[name] = (state, title, url) => {
      const to = url ? new URL(url, location.href) : null;
      if (to && `${to.pathname}/` === site.home) to.pathname = site.home;
      usual(state, title, to);
    };
  }
}

/**
 * A step of the history: this Streamlit asks for the page with the link that it wrote last, and not
 * with the one that has come back, as later ones do.
 */
function mendBack() {
  window.addEventListener("popstate", tellLink, true); // before Streamlit hears of it
}

/** Streamlit asks for the page with what it holds for the link; what is too long it would leave out. */
function tellLink() {
  const [node] = root.querySelectorAll("[data-testid=stApp]");
  const key = Object.keys(node ?? {}).find((name) => name.startsWith("__reactFiber$"));
  let fiber = key && /** @type {any} */ (node)[key];
  while (fiber && !fiber.stateNode?.onHistoryChange) fiber = fiber.return;
  if (!fiber) return;
  const short = shortened(location.search, site.link);
  // Where it holds none, it reads the page's own.
  fiber.stateNode.state.queryParams = short === location.search.slice(1) ? "" : short;
}

/**
 * What is made when it is asked for, a download, Streamlit looks for where a server would have it.
 * Here its worker does.
 * @param {App["_kernel"]} kernel
 */
function mendDownloads(kernel) {
  /** @param {string} pathname */
  const ask = async (pathname) => {
    const path = `/${pathname.slice(site.home.length)}`;
    const { statusCode, headers, body } = await kernel.sendHttpRequest({ method: "GET", path, headers: {}, body: "" });
    return new Response(body, { status: statusCode, headers });
  };
  const { fetch: usual } = window;
  window.fetch = (what, how) => {
    const { host, pathname } = new URL(what instanceof Request ? what.url : what, location.href);
    return host === NOWHERE ? ask(pathname) : usual(what, how);
  };
  const { click } = HTMLElement.prototype;
  HTMLAnchorElement.prototype.click = function press() {
    if (this.host === NOWHERE) ask(this.pathname).then(save, (error) => console.error(error));
    else click.call(this);
  };
}

/** @param {Response} answer */
async function save(answer) {
  const [, name] = /filename\*?=(?:utf-8'')?"?([^";]+)/i.exec(answer.headers.get("Content-Disposition") ?? "") ?? [];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = decodeURIComponent(name ?? "");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Streamlit gives its links an address that leads nowhere, which a new tab would follow. */
function mendLinks() {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const lost = root.querySelectorAll(`a[href*='//${NOWHERE}']`);
  for (const link of lost) {
    const { pathname, search, hash } = new URL(link.href);
    link.href = pathname + search + hash;
  }
}

/** To this Streamlit what it shows is a section of a page; later ones say that it is the main one. */
function mendMain() {
  for (const main of root.querySelectorAll("section[data-testid=stMain]")) main.setAttribute("role", "main");
}

/**
 * Streamlit's fork keeps its resets of paragraphs and buttons to its own element, by a class: they
 * would weigh more than our classes, where on a server they weigh less.
 */
function lighten() {
  const classes = [...root.querySelector(".stlite-root")?.classList ?? []].filter((name) => name !== "stlite-root");
  for (const { cssRules } of [...document.styleSheets].filter((sheet) => !sheet.href)) {
    for (const rule of cssRules) {
      if (!(rule instanceof CSSStyleRule)) continue;
      for (const name of classes) {
        if (rule.selectorText.startsWith(`.${name} `)) {
          rule.selectorText = rule.selectorText.replaceAll(`.${name} `, `:where(.${name}) `);
        }
      }
    }
  }
}

/** Whether Streamlit has drawn its page. */
function drawn() {
  const app = /** @type {HTMLElement | null} */ (root.querySelector("[data-testid=stApp]"));
  return app?.dataset.testScriptState === "notRunning"
    && root.querySelector("[data-testid=stMainBlockContainer] [data-testid=stElementContainer]") !== null;
}

/** Python's page takes the place of the early one, which moves into it. */
function giveOver() {
  const { scrollTop } = shell.main;
  site.python = "there";
  hand.close();
  lighten();
  // Another theme brings another class.
  const scope = root.querySelector(".stlite-root");
  if (scope) new MutationObserver(lighten).observe(scope, { attributeFilter: ["class"] });
  root.style.visibility = ""; // what is hidden takes no focus
  shown?.move();
  shell.root.remove();
  const main = root.querySelector("[data-testid=stMain]");
  if (main) main.scrollTop = scrollTop;
  performance.mark("lrviz-python");
  keep().catch((error) => console.warn(error));
}

/** From now on what is here is kept, so that the next visit needs no network. */
async function keep() {
  if (!navigator.serviceWorker) return;
  const { serviceWorker } = navigator;
  await serviceWorker.register(`${home}sw.js`, { scope: home, updateViaCache: "none" });
  const { active } = await serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  active?.postMessage(loaded.filter((url) => url.startsWith(new URL(site.stlite, home).href)));
}

/**
 * In Share's preview a page that can be shown without Python is: one of its own it gets beside that of
 * the page around it when a hand comes.
 */
async function wanted() {
  if (!shown || !window.frameElement?.closest(".st-key-share-preview")) return;
  await new Promise((come) => {
    for (const act of ["pointerdown", "keydown", "focusin"]) {
      window.addEventListener(act, come, { once: true, capture: true });
    }
  });
}

/** When Streamlit had drawn its page. */
let there = Infinity;

function waitForPython() {
  const app = /** @type {HTMLElement | null} */ (root.querySelector("[data-testid=stApp]"));
  // Until it asks for the first time.
  if (app && app.dataset.testConnectionState !== "CONNECTED") tellLink();
  if (drawn()) there = Math.min(there, performance.now());
  // Rather a jump than to wait for ever.
  const agreed = !shown || shown.agreed || performance.now() - there > PATIENCE;
  if (!held && drawn() && agreed) giveOver();
  else requestAnimationFrame(waitForPython);
}

window.addEventListener("popstate", () => shell.root.isConnected && show(here()));
root.style.visibility = "hidden";
mendHistory();
mendBack();
mendPath();
await show(here());
performance.mark("lrviz-early");
await wanted();
try {
  const { _kernel } = await streamlit();
  mendDownloads(_kernel);
  _kernel.addEventListener("loadProgress", (event) => shell.progress(/** @type {CustomEvent} */ (event).detail));
  _kernel.addEventListener("loadError", () => shell.failed());
} catch (error) {
  console.error(error);
  shell.failed();
}
new MutationObserver(() => {
  mendLinks();
  mendMain();
}).observe(root, { subtree: true, childList: true, attributeFilter: ["href"] });
waitForPython();
