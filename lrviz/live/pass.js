// The forward and the backward pass over a graph, as lrviz/core/graph.py has them. Python is the
// authority; a test holds the two equal.

import { compile, plain } from "./expression.js";

const times = (u, d) => (Array.isArray(d) ? d.map((v) => u * v) : u * plain(d));
const plus = (u, v) => (Array.isArray(u) ? u.map((x, i) => x + v[i]) : u + v);

/** The nodes of a graph with their formulas ready to be computed; prepared once per graph. */
const prepared = new WeakMap();
function prepare(graph) {
  if (!prepared.has(graph)) {
    prepared.set(graph, graph.map((node) => (node.inputs ? node
      : { ...node, compute: compile(node.formula), slopes: node.rates.map(compile) })));
  }
  return prepared.get(graph);
}

/** Forward and backward pass: {values, locals, adjoints}, locals keyed "from-to". */
export function evaluate(graph, inputs) {
  const nodes = prepare(graph);
  const values = {};
  const read = (name) => values[name];
  for (const node of nodes) {
    if (node.inputs) {
      const held = node.inputs.map((name) => inputs[name]);
      values[node.name] = held.length === 1 ? held[0] : held;
    } else {
      values[node.name] = node.compute(read);
    }
  }
  const locals = {};
  const adjoints = { L: 1 };
  for (let i = nodes.length - 1; i >= 0; i -= 1) {
    const { name, args, slopes } = nodes[i];
    if (!slopes) continue;
    args.forEach((arg, k) => {
      const slope = slopes[k](read);
      locals[`${arg}-${name}`] = slope;
      const term = times(adjoints[name], slope);
      adjoints[arg] = arg in adjoints ? plus(adjoints[arg], term) : term;
    });
  }
  return { values, locals, adjoints };
}

/** A reader of one pass by quantity key: value.z, complement.a, adjoint.w.0, local.w1-z. */
export function reader(pass) {
  return (key) => {
    const [kind, name, index] = key.split(".");
    if (kind === "complement") {
      const { p, q, z } = pass.values[name];
      return { p: q, q: p, z: -z };
    }
    const table = kind === "value" ? pass.values : kind === "local" ? pass.locals : pass.adjoints;
    const found = table[name];
    return index === undefined ? found : found[Number(index)];
  };
}
