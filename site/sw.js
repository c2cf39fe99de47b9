// Keeps what a visit has needed, so that the next one asks the network for nothing.
//
// Every address but the page's own changes with its content. A new version is fetched whole before
// it takes the place of the old one; pages that are still open find theirs in the cache before.

/** @typedef {{ version: string, pages: Record<string, string>, paths: string[], files: string[] }} Kept */
const kept = /** @type {Kept} */ (/** @type {unknown} */ ("KEPT"));
const NAME = `lrviz-${kept.version}`;
const scope = /** @type {any} */ (globalThis);

/** @param {string[]} urls what the browser has just had it need not ask for again */
async function keep(urls) {
  const cache = await caches.open(NAME);
  const missing = [];
  for (const url of urls) if (!await cache.match(url)) missing.push(url);
  await Promise.all(missing.map(async (url) => {
    const answer = await fetch(url, { cache: "force-cache" });
    if (!answer.ok) throw new Error(`${url} did not load`);
    await cache.put(url, answer);
  }));
}

/** @param {string} path */
const whole = (path) => new URL(path, scope.registration.scope).href;

scope.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    for (const [path, file] of Object.entries(kept.pages)) {
      await cache.put(whole(path), await fetch(whole(file), { cache: "reload" }));
    }
    await keep(kept.files.map(whole));
    await scope.skipWaiting();
  })());
});

scope.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil((async () => {
    const all = (await caches.keys()).filter((name) => name.startsWith("lrviz-") && name !== NAME);
    await Promise.all(all.slice(0, -1).map((name) => caches.delete(name)));
    await scope.clients.claim();
  })());
});

// Parts that only some pages need are known once they have been asked for.
scope.addEventListener("message", (/** @type {any} */ event) => event.waitUntil(keep(event.data).catch(() => {})));

scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET" || !/^https?:/.test(request.url)) return;
  event.respondWith((async () => {
    if (request.mode === "navigate") {
      const cache = await caches.open(NAME);
      const { origin, pathname } = new URL(request.url);
      const path = (origin + pathname).slice(scope.registration.scope.length);
      if (kept.paths.includes(path)) return await cache.match(whole("")) ?? fetch(request);
      // A file perhaps: what it is the host knows.
      return fetch(request).catch(() => cache.match(whole("404.html")));
    }
    return await caches.match(request.url) ?? fetch(request);
  })());
});
