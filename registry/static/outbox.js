/* The outbox of the field forms: what waits on this device until the server's receipt or until somebody signs out; and
   the drafts: text typed into a form and not saved yet. */
'use strict';
(() => {
  if (!window.indexedDB) return;

  /* Each has a database of its own: a page of an earlier version, still open, holds up no change of another's shape. */
  function box(name) {
    let opened;
    function database() {
      opened ||= new Promise((resolve, reject) => {
        const ask = indexedDB.open(name, 1);
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
    return {
      all: () => store('readonly', kept => kept.getAll()),
      get: id => store('readonly', kept => kept.get(id)),
      put: entry => store('readwrite', kept => kept.put(entry)),
      remove: id => store('readwrite', kept => kept.delete(id)),
      clear: () => store('readwrite', kept => kept.clear()),
    };
  }
  async function ready() {
    const answer = await fetch('/field/ready', { cache: 'no-store', headers: { Accept: 'application/json' } });
    return answer.ok && !answer.redirected ? answer.json() : null;
  }
  window.outbox = { ...box('field'), drafts: box('field-drafts'), ready };

  /* Signing out takes everything off the device; what still waits is said first, and asked about. */
  const leaving = document.querySelector('form[data-leaving]');
  const asks = document.getElementById('leaving');
  if (!leaving || !asks) return;
  async function leave() {
    await window.outbox.clear().catch(() => {});
    await window.outbox.drafts.clear().catch(() => {});
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
