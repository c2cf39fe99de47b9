// The forward and the backward pass over a graph, as lrviz/core/graph.py has them. Python is the
// authority; a test holds the two equal.

import { compile, plain } from "./expression.js";

/** @import { Value } from "./expression.js" */
/** @import { GraphNode, InputNode, OperationNode, Read } from "./types.d.ts" */

/** @typedef {Record<string, any>} Table values by name: a number, a Pair, or a list of two */
/** @typedef {{ compute: Formula, slopes: Formula[], summands: Formula[] }} Formulas */
/** @typedef {OperationNode & Formulas} Prepared */
/** @typedef {InputNode & { sure?: Formula }} Leaf */
/** @typedef {(read: (name: string) => Value) => Value} Formula */

/** @param {number} u @param {Value} d */
const times = (u, d) => (Array.isArray(d) ? d.map((v) => u * v) : u * plain(d));
/** @param {any} u @param {any} v */
const plus = (u, v) => (Array.isArray(u) ? u.map((x, i) => x + v[i]) : u + v);

/** @type {WeakMap<GraphNode[], (Prepared | Leaf)[]>} */
const prepared = new WeakMap();

/**
 * The nodes of a graph with their formulas ready to be computed; prepared once per graph.
 * @param {GraphNode[]} graph
 */
function prepare(graph) {
  let nodes = prepared.get(graph);
  if (!nodes) {
    nodes = graph.map((node) => ("inputs" in node
      ? { ...node, sure: node.adjoint === undefined ? undefined : compile(node.adjoint) }
      : {
        ...node, compute: compile(node.formula), slopes: node.rates.map(compile), summands: node.terms.map(compile),
      }));
    prepared.set(graph, nodes);
  }
  return nodes;
}

/**
 * Forward and backward pass: {values, terms, locals, adjoints}, locals keyed "from-to".
 * @param {GraphNode[]} graph @param {object} fields
 */
export function evaluate(graph, fields) {
  const inputs = /** @type {Record<string, number>} */ (fields);
  const nodes = prepare(graph);
  /** @type {Table} */
  const values = {};
  /** @type {Table} */
  const terms = {};
  /** @param {string} name */
  const read = (name) => values[name];
  for (const node of nodes) {
    if ("inputs" in node) {
      const held = node.inputs.map((name) => inputs[name]);
      values[node.name] = held.length === 1 ? held[0] : held;
    } else {
      values[node.name] = node.compute(read);
      if (node.summands.length > 1) terms[node.name] = node.summands.map((one) => one(read));
    }
  }
  /** @type {Table} */
  const locals = {};
  /** @type {Table} */
  const adjoints = { L: 1 };
  for (let i = nodes.length - 1; i >= 0; i -= 1) {
    const node = nodes[i];
    if ("inputs" in node) {
      if (node.sure) adjoints[node.name] = node.sure(read);
      continue;
    }
    const { name, args, slopes } = node;
    args.forEach((arg, k) => {
      const slope = slopes[k](read);
      locals[`${arg}-${name}`] = slope;
      const term = times(adjoints[name], slope);
      adjoints[arg] = arg in adjoints ? plus(adjoints[arg], term) : term;
    });
  }
  return { values, terms, locals, adjoints };
}

/**
/**
 * The local derivative of an edge, or the product of those along a way.
 * @param {Table} locals @param {string} way
 */
function along(locals, way) {
  if (way in locals) return locals[way];
  const nodes = way.split("-");
  return nodes.slice(1).reduce((product, head, i) => product * locals[`${nodes[i]}-${head}`], 1);
}

/**
 * A reader of one pass by quantity key: value.z, complement.a, adjoint.w.0, local.w1-z, term.z.0,
 * and a longer way, local.w1-u1-s-z, which has the product of its edges.
 * @param {{ values: Table, terms: Table, locals: Table, adjoints: Table }} pass
 * @returns {Read}
 */
export function reader(pass) {
  return (key) => {
    const [kind, name, index] = key.split(".");
    if (kind === "complement") {
      const { p, q, z } = pass.values[name];
      return { p: q, q: p, z: -z };
    }
    if (kind === "local") {
      const found = along(pass.locals, name);
      return index === undefined ? found : found[Number(index)];
    }
    const found = (kind === "value" ? pass.values : kind === "term" ? pass.terms : pass.adjoints)[name];
    return index === undefined ? found : found[Number(index)];
  };
}
