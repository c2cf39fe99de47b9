// The operations and the two walks, as lrviz/ops.py and lrviz/graph.py have them.
// Python is the authority; a test holds the two equal.

const squash = (z) => {
  const e = Math.exp(-Math.abs(z));
  const large = 1 / (1 + e);
  const small = e / (1 + e);
  return z >= 0 ? { p: large, q: small, z } : { p: small, q: large, z };
};
const negativeLog = (p, q) => (q < 0.5 ? -Math.log1p(-q) : -Math.log(p));
const residual = (a, y) => (y === 1 ? -a.q : a.p);

export const OPS = {
  affine: {
    forward: (x1, w1, x2, w2, b) => w1 * x1 + w2 * x2 + b,
    derivatives: ([x1, w1, x2, w2]) => [w1, x1, w2, x2, 1],
  },
  dot: {
    forward: (x, w, b) => w[0] * x[0] + w[1] * x[1] + b,
    derivatives: ([x, w]) => [w, x, 1],
  },
  mul: { forward: (x, w) => w * x, derivatives: ([x, w]) => [w, x] },
  add: { forward: (a, b) => a + b, derivatives: () => [1, 1] },
  sigmoid: { forward: squash, derivatives: (_, out) => [out.p * out.q] },
  log_loss: {
    forward: (a, y) => (y === 1 ? negativeLog(a.p, a.q) : negativeLog(a.q, a.p)),
    derivatives: ([a, y]) => [y === 1 ? -1 / a.p : 1 / a.q, -a.z],
  },
  squared_error: {
    forward: (a, y) => 0.5 * (residual(a, y) * residual(a, y)),
    derivatives: ([a, y]) => [residual(a, y), -residual(a, y)],
  },
};

const times = (u, d) => (Array.isArray(d) ? d.map((v) => u * v) : u * d);
const plus = (u, v) => (Array.isArray(u) ? u.map((x, i) => x + v[i]) : u + v);

/** Forward and backward pass: {values, locals, adjoints}, locals keyed "from-to". */
export function evaluate(graph, inputs) {
  const values = {};
  for (const node of graph) {
    if (node.inputs) {
      const held = node.inputs.map((name) => inputs[name]);
      values[node.name] = held.length === 1 ? held[0] : held;
    } else {
      values[node.name] = OPS[node.op].forward(...node.args.map((arg) => values[arg]));
    }
  }
  const locals = {};
  const adjoints = { L: 1 };
  for (let i = graph.length - 1; i >= 0; i -= 1) {
    const node = graph[i];
    if (!node.op) continue;
    const args = node.args.map((arg) => values[arg]);
    const derivatives = OPS[node.op].derivatives(args, values[node.name]);
    node.args.forEach((arg, k) => {
      locals[`${arg}-${node.name}`] = derivatives[k];
      const term = times(adjoints[node.name], derivatives[k]);
      adjoints[arg] = arg in adjoints ? plus(adjoints[arg], term) : term;
    });
  }
  return { values, locals, adjoints };
}

/** A reader of one pass by quantity key: value.z, complement.a, adjoint.w.0, local.w1-z. */
export function reader(pass) {
  return (key) => {
    const [kind, name, index] = key.split(".");
    if (kind === "complement") return pass.values[name].q;
    const table = kind === "value" ? pass.values : kind === "local" ? pass.locals : pass.adjoints;
    const found = table[name];
    return index === undefined ? found : found[Number(index)];
  };
}
