/* Keeps the field pages and what they are made of, so that they open without a signal. It never sends a record. */
'use strict';
const KEPT = 'field-1';
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
  const request = event.request;
  const path = new URL(request.url).pathname;
  if (request.method !== 'GET' || !(path.startsWith('/field/') || path.startsWith('/static/'))) return;
  event.respondWith((async () => {
    const cache = await caches.open(KEPT);
    try {
      const answer = await fetch(request);
      if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
      return answer;
    } catch (error) {
      const kept = await cache.match(request);
      if (kept) return kept;
      throw error;
    }
  })());
});
