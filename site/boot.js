// Written into the page: finds where the site lives, and loads what every page of it needs.
(() => {
  const site = "SITE";
  // A page of the app may stand at the end of the path; what is before it is the site's own.
  const home = location.pathname.replace(new RegExp(`(^|/)(${site.pages.join("|")})/?$`), "$1")
    .replace(/[^/]*$/, "");
  const link = (rel, href, more = {}) => document.head.append(
    Object.assign(document.createElement("link"), { rel, href: new URL(href, location.origin + home).href, ...more }));
  link("icon", "icon.png");
  link("stylesheet", `${site.stlite}stlite.css`, site.style);
  link("stylesheet", "early.css");
  for (const name of site.modules) link("modulepreload", name);
  link("preload", site.plotly, { as: "script" });
  window.lrvizSite = { ...site, home };
  import(`${location.origin}${home}early.js`);
})();
