// Served from /sw.js with OFFLINE before it (core/offline.py): the version, the pages that open without a network, the
// files they load, and those that only a browser without something loads. Only those are kept. What people write waits in
// IndexedDB (outbox.js), which this never touches.

const CACHE = `offline-${OFFLINE.version}`;
const shells = OFFLINE.pages.map((page) => ({ pattern: new RegExp(page.pattern), shell: page.shell }));
const lacking = Object.keys(OFFLINE.without).filter((name) => !(name in self));
const spare = lacking.flatMap((name) => OFFLINE.without[name]);
const files = new Set([...OFFLINE.files, ...spare]);

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("message", (event) => event.data === "spare" && event.waitUntil(keepSpare()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const shell = shellOf(url.pathname);
  // From the phone first: with one bar of signal, waiting for the network is worse than having none.
  if (request.mode === "navigate" && shell) event.respondWith(kept(shell, request));
  else if (files.has(url.pathname)) event.respondWith(fileFor(event, url.pathname));
});

// A shell that answers with the log-in is none: then the worker of before goes on.
async function keep() {
  const cache = await caches.open(CACHE);
  for (const address of [...shells.map((page) => page.shell), ...OFFLINE.files]) {
    const answer = await fetch(address, { cache: "reload", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }
  await self.skipWaiting();
}

// Afterwards, when a page asks for it, and as far as the network goes: they are large, and no page waits for them.
async function keepSpare() {
  const cache = await caches.open(CACHE);
  for (const address of spare) {
    if (await cache.match(address)) continue;
    const answer = await fetch(address, { credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected) await cache.put(address, answer);
  }
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("offline-") && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

function shellOf(path) {
  return shells.find((page) => page.pattern.test(path))?.shell;
}

async function kept(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address, { ignoreVary: true })) || fetch(request);
}

// Other pages load their files as ever.
async function fileFor(event, path) {
  const page = event.clientId && (await self.clients.get(event.clientId));
  if (page && shellOf(new URL(page.url).pathname)) return kept(path, event.request);
  return fetch(event.request);
}
