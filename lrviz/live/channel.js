// What every mount on the page shares: the line to Python, the mode, the style sheets.

import { busy, during } from "./busy.js";
import { assign, el, failure, reason } from "./dom.js";

/** @import { MessageQueue } from "./queue.js" */
/** @import { Rows } from "./playback.js" */
/** @import { Component, Host, Mounted, Page, SyncSpec } from "./types.d.ts" */

/** What Python said last about one page: the sync and the rows mount write, the live mount reads. */
class Channel {
  /**
   * Fields, revision, acknowledgement and link; see `sync` in component.py.
   * @type {SyncSpec<any> | null}
   */
  sync = null;
  /**
   * The examples that runs are about.
   * @type {Rows | null}
   */
  rows = null;
  /**
   * The mount that draws.
   * @type {Page | null}
   */
  live = null;
  /**
   * Asks something of the whole page, and says what about.
   * @type {((name: "stop" | "open" | "wake", what?: { client: string, seq: number }) => void) | null}
   */
  signal = null;
  /**
   * A page that stood before Python was there, and the mount that it is to move into; one that is
   * not shown any more moves at once. Until then a session of that name has answered it.
   * @type {{ page: Page, session: string, host: Host | null, aside: boolean, newest?: Component<Mounted> } | null}
   */
  early = null;
  /**
   * What a page that was left had not been answered, and the last that it had heard: the same page may
   * be mounted anew, because the run that followed a break in the line had shown nothing.
   * @type {{ fields: any, session: string, revision: number, client: string, seq: number, sync: object | null } | null}
   */
  unsaid = null;
  /** @type {{ test: (line: Channel) => boolean, resolve: () => void }[]} */
  #waiting = [];

  /**
   * Something new has come: who waited for it goes on.
   * @param {Partial<Pick<Channel, "sync" | "rows" | "live" | "signal" | "early">>} news
   */
  put(news) {
    assign(/** @type {Channel} */ (this), news);
    const ready = this.#waiting.filter((one) => one.test(this));
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    for (const one of ready) one.resolve();
  }

  /**
   * A promise that resolves as soon as a test of the channel holds.
   * @param {(line: Channel) => boolean} test
   * @returns {Promise<void>}
   */
  until(test) {
    if (test(this)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ test, resolve });
    });
  }
}

/** @type {Map<string, Channel>} */
const channels = new Map();

/** @param {string} key */
export function channel(key) {
  const found = channels.get(key) ?? new Channel();
  channels.set(key, found);
  return found;
}

/**
 * The page that stood before Python was there, for the first mount that Python makes of it: what it
 * says goes to Python from now on. Who has put it there moves it when both hold the same.
 * @template {Page} P
 * @param {Component<Mounted>} component
 * @returns {P | null}
 */
export function heir(component) {
  const line = channel(component.data.key);
  const { early } = line;
  if (!early) return null;
  early.host = component.parentElement;
  early.page.component = component;
  if (early.aside) {
    early.host.append(early.page.root);
    line.early = null;
  }
  return /** @type {P} */ (early.page);
}

/**
 * Whether Python has heard all that a page has said, which may be nothing.
 * @param {Page} page @param {SyncSpec<any> | null} sync
 */
export const known = ({ session, queue }, sync) => sync?.session === session
  && (queue.seq === 0 || (sync.client === queue.client && sync.ack === queue.seq));

/**
 * What Python's first mounts know is what the link says, and the hand may have gone on: a page that
 * stood before waits until Python has heard it. Gives what is asked when it is a mount's turn:
 * whether it is the newest by then.
 * @param {Page} page @param {Component<Mounted>} component
 * @returns {() => Promise<boolean>}
 */
export function heard(page, component) {
  const line = channel(component.data.key);
  const { early } = line;
  if (early?.page !== page) return async () => true;
  if (early.host) early.newest = component;
  return async () => {
    if (early.host) {
      await line.until(({ early: now, sync }) => now !== early
        || (page.session !== early.session && known(page, sync)));
    }
    return (early.newest ?? component) === component;
  };
}

/**
 * "light" or "dark", by the brightness of the theme's background.
 * @param {Element} host
 */
export function mode(host) {
  const colour = getComputedStyle(host).getPropertyValue("--st-background-color").trim();
  const hex = colour.startsWith("#") ? colour.slice(1) : "ffffff";
  const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
  const [r, g, b] = [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
}

/** @type {Map<string, Promise<unknown>>} */
const styles = new Map();

/**
 * A promise that the style sheet has been read; it is added to the page once, and again where it
 * did not load.
 * @param {string} href
 */
export function stylesheet(href) {
  const found = styles.get(href);
  if (found) return found;
  const link = el("link", { rel: "stylesheet", href });
  const read = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      styles.delete(href);
      reject(new Error(`a style sheet did not load from ${href}`));
    };
  });
  styles.set(href, read);
  // After whatever Streamlit adds to the head and before page.css: where two rules weigh the same,
  // ours holds over Streamlit's, and page.css over both.
  const ours = document.querySelectorAll("body > link[rel=stylesheet]");
  if (ours.length) ours[ours.length - 1].after(link);
  else document.body.prepend(link);
  return read;
}

/** @param {object} fields */
const sorted = (fields) => JSON.stringify(Object.entries(fields).sort());

/**
 * Give a mount the fields that Python holds, if they are newer; says whether it did. While a
 * hand is on an input (held fast) nothing is taken.
 * @param {Page} page @param {string} key
 */
export function adopt(page, key, fast = false) {
  const line = channel(key);
  const { sync } = line;
  if (!sync || fast) return false;
  const { session, revision } = sync;
  const given = JSON.stringify(sync.fields);
  if (page.session === line.early?.session && session !== page.session && page.queue.seq === 0
      && sorted(page.fields) === sorted(sync.fields)) {
    // Nothing was done before Python was there: both have it from the link, which stays as it is.
    assign(page, { session, revision, given });
    line.put({}); // to who waits until they agree
    return false;
  }
  const { unsaid } = line;
  if (unsaid && unsaid.sync !== sync) {
    // Python has spoken since: what it has heard, and whether it has changed anything by itself.
    line.unsaid = null;
    const same = unsaid.session === session && unsaid.revision === revision;
    if (same && page.queue.seq === 0 && !(sync.client === unsaid.client && sync.ack >= unsaid.seq)) {
      assign(page, { session, revision, given, fields: unsaid.fields });
      page.queue.rested(); // what was on screen wins
      return true;
    }
  }
  if (page.revision >= 0 && session !== page.session) {
    // Another server, or the same one restarted: what is on screen wins.
    assign(page, { session, revision });
    page.queue.rested();
    return false;
  }
  // What Python had to change in a message is old where another is under way: its answer has it all.
  const { client, seq } = page.queue;
  if (page.revision >= 0 && sync.client === client && sync.ack < seq) return false;
  // What a page that was mounted anew found there may be what Python said before the page went: as
  // long as nothing has been done there, Python knows better.
  const done = page.queue.seq > 0 || JSON.stringify(page.fields) !== page.given;
  if (page.revision === revision && (done || given === page.given)) return false;
  assign(page, { session, revision, given, fields: { ...sync.fields } });
  return true;
}

/** @type {WeakMap<HTMLElement, ReturnType<typeof setTimeout>>} what takes a "Copied" away again */
const copied = new WeakMap();

/**
 * Copy, and say so; where the clipboard is closed to pages, show the text to be copied.
 * @param {string} text @param {HTMLElement} said @param {string} name
 */
export async function copyText(text, said, name, note = "") {
  clearTimeout(copied.get(said));
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = `Copied. ${note}`.trim();
    copied.set(said, setTimeout(() => said.replaceChildren(), note ? 6000 : 2500));
  } catch {
    const field = el("input", { type: "text", readonly: true, value: text, "aria-label": name });
    said.replaceChildren(`${note} Copy this: `.trimStart(), field);
    field.select();
  }
}

/** What cannot be had without Python is said where it was asked for. */
export function unanswered() {
  const { lrvizSite: site } = window;
  if (!site) return "The server does not answer: try again when it is back.";
  return {
    loading: "Python is still loading: try again when it is there.",
    failed: "Python could not be loaded: reload the page to try again.",
    there: "Python is busy: try again in a moment.",
  }[site.python];
}

/**
 * Copy the link to the state as Python writes it, once Python has everything.
 * @param {MessageQueue} queue @param {string} key @param {HTMLElement} said
 */
export async function copyLink(queue, key, said, note = "") {
  said.replaceChildren();
  if (!await queue.flush()) {
    said.textContent = unanswered();
    return;
  }
  const query = channel(key).sync?.query;
  const link = `${location.origin}${location.pathname}${query ? `?${query}` : ""}`;
  await copyText(link, said, "Link to this state", note);
}

/**
 * Draw the whole page when what was asked before is drawn. What goes wrong is said; the next
 * drawing takes its turn all the same.
 * @param {Page} page @param {() => Promise<void>} draw
 */
export function drawInTurn(page, draw) {
  page.whole = draw;
  busy(draw, true);
  page.starting = page.starting.then(draw).finally(() => busy(draw, false)).then(
    // One that a newer one overtook has drawn nothing.
    () => page.structure !== null && page.failure?.remove(),
    (error) => failed(page, error),
  );
}

/**
 * What a page hears beyond its own element it hears until it is left: options for its listeners.
 * A page that is left stands still, says nothing more, and is forgotten with all its data.
 * @param {Page & { observer: ResizeObserver }} page @param {string} key
 */
export function leaving(page, key) {
  const left = new AbortController();
  page.leave = () => {
    if (page.root.isConnected || left.signal.aborted) return;
    left.abort();
    page.observer.disconnect();
    page.player.pause(false);
    const line = channel(key);
    const { fields, session, revision, queue } = page;
    const { client, last: seq } = queue;
    line.unsaid = queue.done ? null : { fields, session, revision, client, seq, sync: line.sync };
    queue.end();
    if (line.live === page) line.live = null;
  };
  return { signal: left.signal };
}

/**
 * A part of the page is being drawn anew.
 * @param {Page} page @param {Promise<unknown>} work
 */
export const drawing = (page, work) => during(work).catch((error) => failed(page, error));

/**
 * Say that a drawing failed, and offer to draw the whole page again. Until then the pictures may
 * be those of another state: the style sheet hides them.
 * @param {Page} page @param {unknown} error
 */
export function failed(page, error) {
  assign(page, { structure: null, ready: false });
  page.failure?.remove();
  page.failure = failure(`This part of the page could not be drawn: ${reason(error)}`,
    () => drawInTurn(page, page.whole));
  page.root.before(page.failure);
}
