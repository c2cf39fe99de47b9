// Pyodide as the page's worker loads it: from where the site says, checked by hash where it comes
// from another host, with the site's own list of packages.

import { turns } from "./turns.mjs";

const turn = turns(new BroadcastChannel("lrviz-hand"));
const here = new URL(".", import.meta.url).href;
/** The site's own path, from which all addresses are. */
const home = new URL("../../", here).href;

/**
 * A script whose bytes are those that were pinned, as an address that can be imported.
 * @param {string} url @param {string} integrity
 */
async function checked(url, integrity) {
  const answer = await fetch(url, { integrity });
  return URL.createObjectURL(new Blob([await answer.text()], { type: "text/javascript" }));
}

/**
 * Called by the worker in place of Pyodide's own.
 * @param {Record<string, unknown>} options
 */
export async function loadPyodide(options) {
  const { pyodide, integrity } = await (await fetch(`${here}site.json`)).json();
  const base = new URL(pyodide, home).href;
  const hashes = new Map(Object.entries(integrity).map(([name, digest]) => [base + name, digest]));
  const { fetch: ask } = globalThis;
  // The WebAssembly and the standard library are asked for in here; wheels bring their own hash.
  /** @type {(error: unknown) => void} */
  let lose = () => {};
  const lost = new Promise((_, reject) => { lose = reject; });
  globalThis.fetch = (what, how) => {
    const url = what instanceof Request ? what.url : String(what);
    const hash = hashes.get(url);
    const answer = turn().then(() => ask(what, hash ? { ...how, integrity: hash } : how));
    // Without one of its files Pyodide waits for ever, and says nothing.
    if (url.startsWith(base)) answer.then(({ ok }) => ok || lose(new Error(`${url} did not load`)), lose);
    return answer;
  };
  const [module, script] = ["pyodide.mjs", "pyodide.asm.js"].map((name) => base + name);
  const own = hashes.has(module) ? await checked(module, hashes.get(module)) : module;
  // Found in place, it is not asked for again.
  if (hashes.has(script)) await import(await checked(script, hashes.get(script)));
  const { loadPyodide: load } = await import(own);
  const place = { indexURL: base, lockFileURL: `${here}pyodide-lock.json`, packageBaseUrl: home };
  return Promise.race([load({ ...options, ...place }), lost]);
}
