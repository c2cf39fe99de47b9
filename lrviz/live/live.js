// The live component: what Streamlit mounts, by kind. A mount keeps its element for ever.

import { channel, failed } from "./channel.js";
import { mountCopy } from "./copy.js";
import { mountDrawing } from "./drawing.js";
import { mountGraph } from "./graph.js";
import { mountMemory } from "./memory.js";
import "./paper.js";
import { mountPictures } from "./picture.js";
import { mountRows, mountSignals, mountTraining } from "./training.js";
import "./uploads.js";
import "./wellformed.js";

/** @import { Component, SyncSpec } from "./types.d.ts" */

/** @type {{ pathname: string, search: string } | null} where a step of the history led, until Python is there */
let step = null;
addEventListener("popstate", () => {
  const { pathname, search } = location;
  step = { pathname, search };
});

/** The fields of a link, in one order. @param {string} query */
const fieldsOf = (query) => [...new URLSearchParams(query)].map(String).sort().join("&");

/**
 * Python has gone a step of the history, but a link that was on its way to the browser as the step was
 * taken has come after it: the step is taken once more.
 * @param {string} link the one that Python has read
 */
function putInPlace(link) {
  if (step?.pathname !== location.pathname || fieldsOf(step.search) !== fieldsOf(link)) return;
  const { search } = step;
  step = null;
  if (fieldsOf(location.search) !== fieldsOf(search)) go(search);
}

/** As by a step of the history. @param {string} search */
function go(search) {
  history.replaceState({}, "", search || location.pathname);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

/**
 * An answer, a link, perhaps new fields: for the mount that draws, which may come later.
 * @param {Component<SyncSpec<any>>} component
 */
function mountSync({ data }) {
  const line = channel(data.key);
  const before = line.sync;
  line.put({ sync: data });
  // Back on a page that another server knew: its link is asked for, as by a step of the history.
  if (before && before.session !== data.session && before.query && !data.query && !location.search
      && (line.live?.revision ?? -1) < 0) go(`?${before.query}`);
  // Back on a page that was left: its link takes the place of the bare address.
  if (data.returned && data.query && !location.search) history.replaceState({}, "", `?${data.query}`);
  if (data.link !== undefined) putInPlace(data.link);
  try {
    line.live?.synced();
  } catch (error) {
    if (line.live) failed(line.live, error);
  }
}

/** @type {Record<string, (component: Component<any>) => void>} */
const MOUNTS = {
  sync: mountSync,
  live: mountGraph,
  playback: mountTraining,
  rows: mountRows,
  signals: mountSignals,
  pictures: mountPictures,
  memory: mountMemory,
  drawing: mountDrawing,
  copy: mountCopy,
};

/** @param {Component<{ kind: string }>} component */
export default function mount(component) {
  MOUNTS[component.data.kind](component);
}
