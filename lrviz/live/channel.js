// What every mount on the page shares: the line to Python, the mode, the style sheets.

import { busy } from "./busy.js";
import { el } from "./dom.js";

/** What Python said last about one page: the sync and the rows mount write, the live mount reads. */
class Channel {
  /** Fields, revision, acknowledgement and link; see `sync` in component.py. */
  sync = null;
  /** The examples that runs are about. */
  rows = null;
  /** The mount that draws, and its way to ask something of the whole page. */
  live = null;
  signal = null;
  #waiting = [];

  /** Something new has come: who waited for it goes on. */
  put(news) {
    Object.assign(this, news);
    const ready = this.#waiting.filter((one) => one.test(this));
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    for (const one of ready) one.resolve();
  }

  /** A promise that resolves as soon as a test of the channel holds. */
  until(test) {
    return test(this) ? Promise.resolve() : new Promise((resolve) => this.#waiting.push({ test, resolve }));
  }
}

const channels = new Map();
export function channel(key) {
  if (!channels.has(key)) channels.set(key, new Channel());
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

/**
 * Give a mount the fields that Python holds, if they are newer; says whether it did. While a
 * hand is on an input (busy) nothing is taken.
 */
export function adopt(held, key, busy = false) {
  const { sync } = channel(key);
  if (!sync || busy) return false;
  const { session, revision } = sync;
  if (held.revision >= 0 && session !== held.session) {
    // Another server, or the same one restarted: what is on screen wins.
    Object.assign(held, { session, revision });
    held.queue.rested();
    return false;
  }
  if (held.revision === revision) return false;
  Object.assign(held, { session, revision, fields: { ...sync.fields } });
  return true;
}

/** Copy, and say so; where the clipboard is closed to pages, show the text to be copied. */
export async function copyText(text, said, name, note = "") {
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = `Copied. ${note}`.trim();
    setTimeout(() => said.replaceChildren(), note ? 6000 : 2500);
  } catch {
    const field = el("input", { type: "text", readonly: true, value: text, "aria-label": name });
    said.replaceChildren(`${note} Copy this: `.trimStart(), field);
    field.select();
  }
}

/** Copy the link to the state as Python writes it, once Python has everything. */
export async function copyLink(queue, key, said, note = "") {
  await queue.flush();
  const { query } = channel(key).sync;
  const link = `${location.origin}${location.pathname}${query ? `?${query}` : ""}`;
  await copyText(link, said, "Link to this state", note);
}

/**
 * Draw when what was asked before is drawn. What goes wrong is said where the drawing would be,
 * with a way to try again; the next drawing takes its turn all the same.
 */
export function drawInTurn(page, draw) {
  busy(draw, true);
  page.starting = page.starting.then(draw).finally(() => busy(draw, false)).then(
    () => page.failure?.remove(),
    (error) => {
      // Whatever is drawn next is drawn whole.
      page.structure = null;
      page.failure?.remove();
      page.failure = el("p", { class: "lv-error", role: "alert" },
        `This part of the page could not be drawn: ${error.message} `,
        el("button", { type: "button", class: "lv-button", text: "Try again", onclick: () => drawInTurn(page, draw) }));
      page.root.prepend(page.failure);
    },
  );
}
