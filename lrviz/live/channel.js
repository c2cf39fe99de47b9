// What every mount on the page shares: the line to Python, the mode, the style sheets.

import { el } from "./dom.js";

/** What Python said last, by channel: the sync mount writes, the live mount reads. */
const channels = new Map();
export function channel(key) {
  if (!channels.has(key)) channels.set(key, { sync: null, live: null });
  return channels.get(key);
}

/** "light" or "dark", by the brightness of the theme's background. */
export function mode(host) {
  const colour = getComputedStyle(host).getPropertyValue("--st-background-color").trim();
  const hex = colour.startsWith("#") ? colour.slice(1) : "ffffff";
  const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
  const [r, g, b] = [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
}

const styles = new Map();

/** A promise that the style sheet has been read; it is added to the page once. */
export function stylesheet(href) {
  if (!styles.has(href)) {
    const link = el("link", { rel: "stylesheet", href });
    styles.set(href, new Promise((resolve) => {
      link.onload = link.onerror = resolve;
    }));
    document.head.append(link);
  }
  return styles.get(href);
}
