// Where an arrow key leads in a graph: forward and back along its edges, up and down to what
// stands beside. An edge is named by its ends, "w1-z".

/** @import { Hit } from "./types.d.ts" */

/** @typedef {"ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown"} Arrow */

/** @param {string} key @returns {key is Arrow} */
export const isArrow = (key) => ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"].includes(key);

/** @type {(name: string) => string[]} */
const ends = (name) => name.split("-");

/** @param {Hit} hit */
const middle = ({ box: [x, y, w, h] }) => ({ x: x + w / 2, y: y + h / 2 });

/**
 * The edges at one end of a node, from above to below.
 * @param {Hit[]} hits @param {string} node @param {0 | 1} end 0: it is their tail; 1: their head
 */
const edges = (hits, node, end) => hits.filter(({ name }) => name.includes("-") && ends(name)[end] === node);

/**
 * What stands beside: what shares the node it leads to or comes from, from above to below.
 * @param {Hit[]} hits @param {Hit[]} nodes @param {string} name
 */
function beside(hits, nodes, name) {
  if (name.includes("-")) {
    const [tail, head] = ends(name);
    return hits.filter((one) => one.name.includes("-") && (ends(one.name)[0] === tail || ends(one.name)[1] === head));
  }
  /** @type {(end: 0 | 1) => string[]} */
  const others = (end) => edges(hits, name, end).flatMap((edge) =>
    edges(hits, ends(edge.name)[1 - end], /** @type {0 | 1} */ (1 - end)).map((one) => ends(one.name)[end]));
  const found = new Set([name, ...others(0), ...others(1)]);
  return nodes.filter((one) => found.has(one.name));
}

/**
 * The part of the graph where an arrow key leads, or the same where there is none.
 * @param {Hit[]} hits every node and edge @param {string[][]} unseen edges that
 *   cannot be chosen, and are passed over
 * @param {string} name where it begins @param {Arrow} key
 * @param {string[]} been what was there before, the last one last: the way back is the way here
 */
export function onward(hits, unseen, name, key, been = []) {
  const nodes = hits.filter((one) => !one.name.includes("-"));
  if (key === "ArrowUp" || key === "ArrowDown") {
    // An edge that cannot be chosen still makes its tail stand beside the others.
    const all = [...hits, ...unseen.map((ways) => ({ name: ways.join("-"), label: "", box: nodes[0].box }))];
    const near = beside(all, nodes, name).filter((one) => hits.some((hit) => hit.name === one.name))
      .sort((a, b) => middle(a).y - middle(b).y || middle(a).x - middle(b).x);
    const at = near.findIndex((one) => one.name === name) + (key === "ArrowDown" ? 1 : -1);
    return near[Math.max(0, Math.min(near.length - 1, at))]?.name ?? name;
  }
  const forward = key === "ArrowRight";
  if (name.includes("-")) return ends(name)[forward ? 1 : 0];
  const found = edges(hits, name, forward ? 0 : 1).map((edge) => edge.name);
  if (!found.length) {
    const way = unseen.find((ways) => ways[forward ? 0 : 1] === name);
    return way ? way[forward ? 1 : 0] : name;
  }
  return been.findLast((one) => found.includes(one)) ?? found[0];
}
