// The pages that can be shown before Python is there: the live component draws them from what the
// build has prepared, and is answered here until Python does. Then they move into Python's page.

import { decode, encode, notice, shortened } from "./link.js";

/** @import { Component, GraphSpec, Host, Message, Page, RowsSpec, TrainingSpec } from "../lrviz/live/types.d.ts" */
/** @import { Field, State } from "./link.js" */
/** @import { Site } from "./site.d.ts" */

/** @typedef {typeof import("../lrviz/live/channel.js")} Channels */
/** @typedef {ReturnType<Channels["channel"]>} Channel */
/** @typedef {{ default: (component: any) => void }} Live */

/** The name of the one who answers before Python does. */
const SESSION = "early";

/** @param {string} url */
async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} did not load`);
  return answer.json();
}

/** A page's fields, and the mount that shows it. */
export class Early {
  /** @type {State} */
  fields = {};
  /** @type {string[]} the fields of the link that could not be read */
  bad = [];
  /** @type {Page | null} */
  page = null;
  /** @type {Channel | null} */
  line = null;
  /** @type {Live["default"] | null} */
  mount = null;
  /** @type {Channels["known"]} whether Python has heard all that a page has said */
  known = () => false;
  structure = "";
  /** @type {{ structure: string } | null} what is drawn first */
  first = null;

  /**
   * @param {string} key @param {Site} site @param {Field[]} table
   */
  constructor(key, site, table) {
    this.key = key;
    this.site = site;
    this.table = table;
    this.host = /** @type {Host} */ (document.createElement("div"));
    this.addresses = {
      module: `${site.home}${site.live}/live.js`,
      css: `${site.home}${site.live}/live.css`,
      katex: new URL(site.katex, location.origin + site.home).href,
      plotly: site.home + site.plotly,
    };
  }

  /**
   * What the live component is given for these fields, or nothing where only Python knows.
   * @returns {Promise<{ structure: string } | null>}
   */
  async data() {
    return null;
  }

  /** @param {string} name */
  prepared(name) {
    return json(`${this.site.home}${this.site.early}/${name}.json`);
  }

  /** @template M @param {string} name @returns {Promise<M>} */
  module(name) {
    return import(`${location.origin}${this.site.home}${this.site.live}/${name}.js`);
  }

  /** Read the link, and what is needed to draw its page; false where only Python can. */
  async read() {
    const { state, bad } = decode(this.table, shortened(location.search, this.site.link));
    this.fields = state;
    this.bad = bad;
    this.first = await this.data();
    return this.first !== null;
  }

  /** Draw what was read into `host`. */
  async draw() {
    if (!this.first) return false;
    const [{ default: mount }, { channel, known }] = await Promise.all([
      /** @type {Promise<Live>} */ (this.module("live")), /** @type {Promise<Channels>} */ (this.module("channel"))]);
    this.line = channel(this.key);
    this.mount = mount;
    this.known = known;
    this.#acknowledge("", 0);
    this.#show(this.first);
    const { live } = this.line;
    if (!live) throw new Error("nothing was mounted");
    this.page = live;
    this.shown(true);
    await live.starting;
    return live.ready;
  }

  /** Whether it is what Python's page will be, or stands aside, as it was left. @param {boolean} yes */
  shown(yes) {
    const { page, line } = this;
    if (page && line) line.put({ early: { page, session: SESSION, host: null, aside: !yes } });
  }

  /** It could not be drawn: Python draws one of its own. */
  forget() {
    this.line?.put({ early: null });
    this.page?.leave();
  }

  /** What is said of the link, as the page's own notice says it. */
  get said() {
    return notice(this.bad, this.table);
  }

  /** What does not fit the rest goes back to its default. @param {string} name @param {boolean} fits */
  fits(name, fits) {
    const field = this.table.find((one) => one.name === name);
    if (fits || !field) return;
    this.fields[name] = field.default;
    this.bad.push(field.key);
  }

  /** The query that describes it. */
  get query() {
    return encode(this.table, this.fields);
  }

  /** @param {{ structure: string }} data */
  #show(data) {
    this.structure = data.structure;
    this.mount?.({
      data: { key: this.key, ...this.addresses, ...data },
      parentElement: this.host,
      setStateValue: (/** @type {string} */ _, /** @type {Message} */ message) => void this.#heard(message),
      setTriggerValue: () => {},
    });
  }

  /** @param {string} client @param {number} ack */
  #acknowledge(client, ack) {
    const { key, addresses, fields } = this;
    this.line?.put({ sync: {
      kind: "sync", key, ...addresses, session: SESSION, revision: 0, client, ack, fields: { ...fields },
      answer: "", query: this.query, link: this.query, returned: false,
    } });
  }

  /** Answers as Python would, but for what only Python computes. @param {Message} message */
  async #heard({ client, seq, fields, ask }) {
    this.fields = { ...fields };
    // A question is Python's: who asks is told at once that nobody has answered.
    const { queue } = this.page ?? {};
    if (ask) for (const { resolve } of queue?.waiting.splice(0) ?? []) resolve(false);
    const data = await this.data();
    if (this.page?.session !== SESSION) return; // Python has come
    // What waits for Python is not answered: the page says so. The link is that of its fields.
    this.#acknowledge(client, data ? seq : seq - 1);
    this.page.synced();
    if (!data) for (const { resolve } of this.page.queue.waiting.splice(0)) resolve(true);
    if (data && data.structure !== this.structure) this.#show(data);
  }

  /** Whether Python holds what is on the screen, so that the page can move to its place. */
  get agreed() {
    const { page, line } = this;
    if (!page || !line?.early?.host?.isConnected) return false;
    return page.session !== SESSION && !page.queue.resting && this.known(page, line.sync)
      && page.component.data.structure === page.structure;
  }

  /** Move into the place that Python has made. */
  move() {
    const { page, line } = this;
    const host = line?.early?.host;
    if (!page || !line || !host) return;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const inside = page.root.contains(focused);
    // Where a browser can, what is half typed stays so; else it is taken as it is.
    if ("moveBefore" in host) /** @type {any} */ (host).moveBefore(page.root, null);
    else /** @type {Element} */ (host).append(page.root);
    if (inside && document.activeElement !== focused) focused?.focus({ preventScroll: true });
    line.put({ early: null });
  }
}

class EarlyGraph extends Early {
  /** @type {Map<string, Promise<GraphSpec>>} */
  specs = new Map();

  /** @param {State} fields */
  #spec({ view, loss, of }) {
    const name = `${view}-${loss}-${of}`;
    const found = this.specs.get(name) ?? this.prepared(name);
    this.specs.set(name, found);
    return found;
  }

  /** @override */
  async data() {
    const { fields } = this;
    // What a link leaves out Python alone takes out of the texts.
    if (fields.hide.length) return null;
    let spec = await this.#spec(fields);
    if (!this.page) {
      const query = new URLSearchParams(location.search);
      query.delete("embed");
      query.delete("embed_options");
      const card = spec.guide.cards[fields.guide];
      // As graph.py does it: what does not fit goes back to its default, a card alone sets the page.
      this.fits("at", fields.at === null || fields.at in spec.panels);
      this.fits("stage", fields.stage === null || fields.stage < spec.captions.length);
      const part = spec.derivation.parts.find((/** @type {{ key: string }} */ one) => one.key === fields.part);
      this.fits("line", !part || fields.line < part.steps.length);
      this.fits("guide", fields.guide === null || Boolean(card));
      if (card && [...query.keys()].join() === "guide") {
        this.fields = { ...fields, ...card.state };
        spec = await this.#spec(this.fields);
      }
    }
    const calm = !this.page && !location.search;
    return { ...spec, kind: "live", calm, guide: { ...spec.guide, home: this.site.home } };
  }
}

/**
 * A run made at build time: what was asked for, and what the two mounts are given.
 * @typedef {{ request: State, data: TrainingSpec, rows: RowsSpec }} Made
 */

class EarlyTraining extends Early {
  /** @type {Promise<Made> | null} */
  made = null;

  /** @override */
  async data() {
    const { fields } = this;
    const { request, data, rows } = await (this.made ??= this.prepared("training"));
    const asked = Object.entries(request).every(([name, value]) =>
      JSON.stringify(fields[name]) === JSON.stringify(value));
    if (!this.page) {
      if (!asked) return null;
      // As training.py does it.
      this.fits("step", fields.step <= fields.steps);
      this.fits("example", fields.example < rows.raw.shape[0]);
      this.fits("guide", fields.guide === null || data.guide.cards[fields.guide]);
      const { mountRows } = await /** @type {Promise<typeof import("../lrviz/live/training.js")>} */ (
        this.module("training"));
      mountRows(/** @type {Component<RowsSpec>} */ ({ data: { ...rows, key: this.key, ...this.addresses } }));
    }
    // Another run is Python's to compute: until then this one stays.
    return asked ? {
      ...data, kind: "playback", blank: false, hidden: fields.hide, home: this.site.home,
      guide: { ...data.guide, home: this.site.home },
    } : null;
  }
}

const EARLY = { graph: EarlyGraph, training: EarlyTraining };

/**
 * The page of a name, if it can be shown early.
 * @param {string} name @param {Site} site
 * @returns {Promise<Early | null>}
 */
export async function early(name, site) {
  if (!(name in EARLY)) return null;
  const fields = await json(`${site.home}${site.early}/fields.json`);
  return new EARLY[/** @type {keyof typeof EARLY} */ (name)](name, site, fields[name]);
}
