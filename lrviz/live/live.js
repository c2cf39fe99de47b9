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
      && (line.live?.revision ?? -1) < 0) {
    history.replaceState({}, "", `?${before.query}`);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  }
  // Back on a page that was left: its link takes the place of the bare address.
  if (data.returned && data.query && !location.search) history.replaceState({}, "", `?${data.query}`);
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
