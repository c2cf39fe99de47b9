// Written into the page: finds where the site lives, and asks at once for what a first picture needs.
(() => {
  /** @typedef {import("./site.d.ts").Site} Site */
  const site = /** @type {Site} */ (/** @type {unknown} */ ("SITE"));
  // A page of the app may stand at the end of the path; what is before it is the site's own.
  site.home = location.pathname.replace(new RegExp(`/(${site.pages.join("|")})/?$`), "/")
    .replace(/[^/]*$/, "");
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
  link("preload", site.plotly, { as: "script" });
  for (const name of site.modules) link("modulepreload", name);
  const face = document.createElement("style");
  face.textContent = `@font-face { font-family: "Source Sans"; font-weight: 200 900; font-display: swap;
    src: url(${new URL(site.font, home).href}) format("woff2"); }`;
  document.head.append(face);
  import(`${home}${site.own}/start.js`);
})();
