/* The outbox of the field forms: what waits on this device until the server's receipt or until somebody signs out. */
'use strict';
(() => {
  if (!window.indexedDB) return;

  let opened;
  function database() {
    opened ||= new Promise((resolve, reject) => {
      const ask = indexedDB.open('field', 1);
      ask.onupgradeneeded = () => ask.result.createObjectStore('outbox', { keyPath: 'id' });
      ask.onsuccess = () => resolve(ask.result);
      ask.onerror = () => reject(ask.error);
    });
    return opened;
  }
  async function store(mode, work) {
    const change = (await database()).transaction('outbox', mode);
    const asked = work(change.objectStore('outbox'));
    // Only a whole transaction is kept: a value that was asked for may still be lost before that.
    return new Promise((resolve, reject) => {
      change.oncomplete = () => resolve(asked.result);
      change.onerror = change.onabort = () => reject(change.error);
    });
  }
  async function ready() {
    const answer = await fetch('/field/ready', { cache: 'no-store', headers: { Accept: 'application/json' } });
    return answer.ok && !answer.redirected ? answer.json() : null;
  }
  window.outbox = {
    all: () => store('readonly', box => box.getAll()),
    put: entry => store('readwrite', box => box.put(entry)),
    remove: id => store('readwrite', box => box.delete(id)),
    clear: () => store('readwrite', box => box.clear()),
    ready,
  };

  /* Signing out takes everything off the device; what still waits is said first, and asked about. */
  const leaving = document.querySelector('form[data-leaving]');
  const asks = document.getElementById('leaving');
  if (!leaving || !asks) return;
  async function leave() {
    await window.outbox.clear().catch(() => {});
    if (window.caches) for (const name of await caches.keys()) await caches.delete(name);
    // A page kept for the forest holds no token.
    const token = leaving.elements.csrf_token;
    if (token && !token.value) token.value = ((await ready().catch(() => null)) || {}).csrf_token || '';
    leaving.submit();
  }
  leaving.addEventListener('submit', async event => {
    event.preventDefault();
    const waiting = await window.outbox.all().catch(() => []);
    if (!waiting.length) return leave();
    if (document.querySelector('.leaving')) return document.querySelector('.leaving').focus();
    const asked = asks.content.firstElementChild.cloneNode(true);
    const said = asked.querySelector('[data-number]');
    said.textContent = said.textContent.replace('#', waiting.length);
    asked.querySelector('.stay').addEventListener('click', () => { asked.remove(); leaving.querySelector('button').focus(); });
    asked.querySelector('.leave').addEventListener('click', leave);
    document.querySelector('main').prepend(asked);
    asked.focus();
  });
})();
