// What only this browser remembers: told to Python once, and to another server that takes its place;
// kept anew when Python has news.

/** @import { Component, MemorySpec } from "./types.d.ts" */

/** @param {string} key */
const store = (key) => `lrviz-${key}`;

/** @typedef {"localStorage" | "sessionStorage"} Kind of all visits, or of this one */

/** @param {Kind} kind @param {string} key */
export function kept(kind, key) {
  try {
    return JSON.parse(window[kind].getItem(store(key)) ?? "{}");
  } catch {
    return {}; // storage is switched off, or something else wrote there
  }
}

/** @param {Kind} kind @param {string} key @param {unknown} news */
export function keep(kind, key, news) {
  try {
    if (news) window[kind].setItem(store(key), JSON.stringify(news));
  } catch {
    // A browser that keeps nothing: the session itself remembers.
  }
}

/** @param {Component<MemorySpec>} component */
export function mountMemory({ data, parentElement, setStateValue }) {
  const { key, news, visit, asks } = data;
  keep("localStorage", key, news);
  keep("sessionStorage", key, visit);
  if (!asks || parentElement.dataset.told === asks) return;
  parentElement.dataset.told = asks;
  setStateValue("memory", { to: asks, kept: kept("localStorage", key), visit: kept("sessionStorage", key) });
}
