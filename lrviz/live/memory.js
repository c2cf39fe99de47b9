// What only this browser remembers: told to Python once, and kept anew when Python has news.

/** @import { Component, MemorySpec } from "./types.d.ts" */

/** @param {string} key */
const store = (key) => `lrviz-${key}`;

/** @param {string} key */
function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(store(key)) ?? "{}");
  } catch {
    return {}; // storage is switched off, or something else wrote there
  }
}

/** @param {Component<MemorySpec>} component */
export function mountMemory({ data, parentElement, setStateValue }) {
  if (data.news) {
    try {
      localStorage.setItem(store(data.key), JSON.stringify(data.news));
    } catch {
      // A browser that keeps nothing: the visit itself remembers.
    }
  } else if (!parentElement.dataset.told) {
    parentElement.dataset.told = "1";
    setStateValue("memory", kept(data.key));
  }
}
