/* Keeps the field pages and what they are made of, so that they open without a signal. It never sends a record.
   What is kept names nobody: these pages carry no name, and their token is taken out. */
'use strict';
const KEPT = 'field-2';
const PATIENCE = 5000; // a weak signal may never answer

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
  await self.clients.claim();
})()));

async function keep(address, answer) {
  if (!answer.ok || answer.redirected) return;
  const cache = await caches.open(KEPT);
  if (!(answer.headers.get('Content-Type') || '').startsWith('text/html')) return cache.put(address, answer);
  const text = (await answer.text()).replace(/(name="csrf_token" value=")[^"]*/g, '$1');
  return cache.put(address, new Response(text, { status: answer.status, headers: answer.headers }));
}
function mine(address) {
  const { origin, pathname } = new URL(address);
  return origin === self.location.origin && pathname !== '/field/ready' && /^\/(field|static)\//.test(pathname);
}

/* A part whose address names its content never changes. */
function fixed(address) {
  const { pathname, search } = new URL(address);
  return pathname.startsWith('/static/') && search !== '';
}

self.addEventListener('message', event => {
  event.waitUntil(Promise.all((event.data.keep || []).filter(mine).map(async address => {
    if (fixed(address) && await (await caches.open(KEPT)).match(address)) return;
    await fetch(address).then(answer => keep(address, answer)).catch(() => {});
  })));
});
self.addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET' || !mine(request.url)) return;
  event.respondWith((async () => {
    const found = await (await caches.open(KEPT)).match(request);
    if (found && fixed(request.url)) return found;
    const asked = fetch(request).then(answer => {
      event.waitUntil(keep(request.url, answer.clone()));
      return answer;
    });
    if (!found) return asked;
    const late = new Promise(resolve => setTimeout(resolve, PATIENCE, found));
    // A server in trouble is no better than none.
    return Promise.race([asked.then(answer => (answer.status >= 500 ? found : answer), () => found), late]);
  })());
});
