// A picture that Python has drawn as SVG: st.html takes SVG out of what it is given.

/** @import { Component, DrawingSpec } from "./types.d.ts" */

/** @param {Component<DrawingSpec>} component */
export function mountDrawing({ data, parentElement }) {
  const drawn = new DOMParser().parseFromString(data.html, "text/html").body.children;
  parentElement.querySelector(":scope > [data-drawing]")?.remove();
  const held = document.createElement("div");
  held.dataset.drawing = data.key;
  held.append(...drawn);
  parentElement.append(held);
}
