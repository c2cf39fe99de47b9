// Written into the page: finds where the site lives, and asks at once for what a first picture needs.
(async () => {
  /** @typedef {import("./site.d.ts").Site} Site */
  /** Characters of a path: no site lies deeper. */
  const MOST = 300;
  const site = /** @type {Site} */ (/** @type {unknown} */ ("SITE"));
  const { pathname } = location;
  // A page of the app may stand at the end of the path; what is before it is the site's own.
  site.home = pathname.replace(new RegExp(`/(${site.pages.join("|")})/?$`), "/").replace(/[^/]*$/, "");
  // In place of what is missing, however deep: the site is where one of its files is.
  for (let end = 0; site.missing && end >= 0 && end < MOST; end = pathname.indexOf("/", end + 1)) {
    const above = pathname.slice(0, end + 1);
    const found = await fetch(`${above}${site.own}/site.json`).catch(() => null);
    if (!found?.ok || !found.headers.get("Content-Type")?.includes("json")) continue;
    site.home = above;
    break;
  }
  site.python = "loading";
  const home = location.origin + site.home;
  window.lrvizSite = site;
  /** @param {string} rel @param {string} href @param {Record<string, string>} more */
  const link = (rel, href, more = {}) => {
    const node = document.createElement("link");
    for (const [name, value] of Object.entries(more)) node.setAttribute(name, String(value));
    node.rel = rel;
    node.href = new URL(href, home).href;
    document.head.append(node);
  };
  link("icon", `${site.own}/icon.png`);
  link("stylesheet", `${site.own}/early.css`);
  link("stylesheet", `${site.own}/page.css`);
  link("stylesheet", `${site.stlite}stlite.css`, site.style);
  link("preload", site.font, { as: "font", crossorigin: "anonymous" });
  // Where something is drawn before Python is there.
  const drawn = /^(index\.html|graph|training)?\/?$/.test(pathname.slice(site.home.length));
  if (drawn && !/[?&]hide=/.test(location.search)) link("preload", site.plotly, { as: "script" });
  for (const name of site.modules) link("modulepreload", name);
  const face = document.createElement("style");
  face.textContent = `@font-face { font-family: "Source Sans"; font-weight: 200 900; font-display: swap;
    src: url(${new URL(site.font, home).href}) format("woff2"); }`;
  document.head.append(face);
  import(`${home}${site.own}/start.js`).catch((error) => {
    console.error(error);
    const [early] = document.querySelectorAll("#early");
    early.textContent = "This page did not load: the network may be gone for a moment. Reload to try again.";
  });
})();
