// What stands around a page before Streamlit does: the way to the other pages, and a quiet word of
// how far Python is. It has the names that Streamlit gives these parts, so page.css lays it out.

/** @import { Site } from "./site.d.ts" */

/** What Streamlit's host says on its way, in order. */
const STEPS = [
  "Loading Pyodide.", "Mounting files.", "Unpacking archives.", "Installing packages.",
  "Loading streamlit package.", "Setting up the loggers.",
  "Mocking some Streamlit functions for the browser environment.", "Booting up the Streamlit server.",
];
/** A broken link, where Streamlit has one of its font of icons. */
const UNLINKED = `<svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6">
  <path d="M9 6H6a4 4 0 0 0-1.7 7.6M11 14h3a4 4 0 0 0 1.7-7.6M3 3l14 14" /></svg>`;
const FOLLOWS = "Python is loading: tables, checks and new runs follow.";
const FAILED = "Python did not load, so tables, checks and new runs are missing. Reload to try again.";

/**
 * @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children
 */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export class Shell {
  /** @type {Site} */
  site;
  root = /** @type {HTMLElement} */ (document.querySelector("#early"));
  block = el("div", { "data-testid": "stMainBlockContainer", class: "early-block" });
  main = el("main", { "data-testid": "stMain", class: "early-main" }, this.block);
  bar = el("div", { class: "early-bar" });
  word = el("p", { class: "early-word", role: "status" }, this.bar, el("span", {}, FOLLOWS));

  /**
   * @param {Site} site @param {(page: string) => void} go shows another page of the site
   */
  constructor(site, go) {
    this.site = site;
    const query = new URLSearchParams(location.search);
    const [theme] = /light|dark/.exec(query.getAll("embed_options").join()) ?? [];
    if (theme) document.documentElement.dataset.theme = theme;
    const embedded = query.getAll("embed").includes("true");
    this.root.classList.toggle("streamlit-embedded", embedded);
    /** @param {string} inner @param {Record<string, string>} attributes */
    const links = (inner, attributes) => site.pages.map((page) => {
      const title = page[0].toUpperCase() + page.slice(1);
      const href = site.home + (page === "graph" ? "" : page);
      const link = el("a", { href, "data-page": page, "data-title": title, ...attributes }, el(inner, {}, title));
      link.addEventListener("click", (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        history.pushState({}, "", link.getAttribute("href"));
        go(page);
      });
      return link;
    });
    const header = el("header", { "data-testid": "stHeader", class: "early-header" },
      el("nav", { "aria-label": "Pages" }, ...links("span", { class: "early-link" })), this.word);
    const tabs = el("div", { "data-testid": "stLayoutWrapper" },
      el("nav", { class: "st-key-tabs", "aria-label": "Pages" },
        ...links("p", { "data-testid": "stPageLink-NavLink" }).map((one) => el("div", {}, one))));
    this.root.replaceChildren(header, ...embedded ? [] : [tabs], this.main);
  }

  /** Which page is shown. @param {string} page */
  mark(page) {
    for (const link of this.root.querySelectorAll("[data-page]")) {
      if (/** @type {HTMLElement} */ (link).dataset.page === page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** A page, below what is said of its link. @param {Node} page @param {string} said */
  put(page, said) {
    const sign = el("span", { class: "early-sign", "aria-hidden": "true" });
    sign.innerHTML = UNLINKED;
    const notice = el("div", { class: "early-notice", role: "alert" }, sign, el("p", {}, said));
    this.block.replaceChildren(...said ? [notice] : [], page);
  }

  /** The link leads to no page: said until somebody goes on. @param {string} path */
  missing(path) {
    const short = path.length > 60 ? `${path.slice(0, 60)}…` : path;
    const said = el("p", { class: "early-missing", role: "alert" },
      `There is no page “${short}” here: this is the Graph page.`);
    document.body.append(said);
    for (const act of ["pointerdown", "keydown"]) window.addEventListener(act, () => said.remove(), { once: true });
  }

  /** A page that nothing can be shown of yet. */
  wait() {
    const failed = this.site.python === "failed";
    this.block.replaceChildren(el("p", { class: "early-wait" },
      failed ? FAILED : "This page needs Python, which is loading."));
  }

  /** Python is on its way. @param {string} message */
  progress(message) {
    const at = STEPS.indexOf(message);
    if (at >= 0) this.bar.style.setProperty("--early-done", String((at + 1) / (STEPS.length + 1)));
  }

  failed() {
    this.site.python = "failed";
    this.word.classList.add("early-failed");
    this.word.replaceChildren(FAILED);
    this.block.querySelector(".early-wait")?.replaceChildren(FAILED);
  }
}
