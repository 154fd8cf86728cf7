/* Field pages: an outbox on the device, the device's place, and values said back. Without this the forms post plainly. */
'use strict';
(() => {
  const page = document.querySelector('[data-field]');
  if (!page || !window.indexedDB) return;
  const words = page.dataset;
  const net = document.querySelector('.net');

  const opened = new Promise((resolve, reject) => {
    const ask = indexedDB.open('field', 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore('outbox', { keyPath: 'id' });
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => reject(ask.error);
  });
  async function store(mode, work) {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const change = database.transaction('outbox', mode);
      const asked = work(change.objectStore('outbox'));
      change.oncomplete = () => resolve(asked.result);
      change.onerror = () => reject(change.error);
    });
  }
  const mine = async () => (await store('readonly', box => box.getAll())).filter(e => e.person === words.person);

  async function show() {
    const waiting = await mine();
    net.hidden = !waiting.length;
    const refused = waiting.flatMap(e => e.errors || []);
    net.textContent = words.waiting.replace('#', waiting.length) + refused.join('; ');
  }

  async function token() {
    const text = await (await fetch('/field/', { cache: 'no-store' })).text();
    const found = new DOMParser().parseFromString(text, 'text/html').querySelector('input[name=csrf_token]');
    return found ? found.value : '';
  }

  async function sendAll() {
    const waiting = await mine();
    if (!waiting.length || !navigator.onLine) return show();
    try {
      const csrf = await token();
      for (const entry of waiting) {
        const form = new FormData();
        // A third argument, even undefined, would make the browser take every value for a file.
        entry.values.forEach(([name, value]) => (value instanceof Blob ? form.append(name, value, value.name) : form.append(name, value)));
        form.set('csrf_token', csrf);
        const answer = await fetch(entry.url, { method: 'POST', body: form, headers: { 'X-Outbox': '1' } });
        if (answer.ok && !answer.redirected && (await answer.json()).id) {
          await store('readwrite', box => box.delete(entry.id));
        } else if (answer.status === 422) {
          entry.errors = (await answer.json()).errors;
          await store('readwrite', box => box.put(entry));
        }
      }
    } catch (error) {
      // No signal after all: everything stays in the outbox.
    }
    return show();
  }

  const form = page.querySelector('form.entry');
  let queue = sendAll();
  const again = () => { queue = queue.then(sendAll); return queue; };
  window.addEventListener('online', again);

  if (form) {
    form.addEventListener('submit', async event => {
      // With a signal the form posts plainly, and its errors come back beside the fields.
      if (navigator.onLine) return;
      event.preventDefault();
      const values = [...new FormData(form)].filter(([name]) => name !== 'csrf_token');
      const id = values.find(([name]) => name === 'client_id')[1];
      await store('readwrite', box => box.put({ id, person: words.person, url: location.pathname, values }));
      form.reset();
      form.elements.client_id.value = [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
      await show();
      net.scrollIntoView();
    });
    const locate = form.querySelector('.locate');
    if (locate && navigator.geolocation && window.isSecureContext) {
      locate.hidden = false;
      locate.addEventListener('click', () => navigator.geolocation.getCurrentPosition(found => {
        form.elements.latitude.value = found.coords.latitude.toFixed(6);
        form.elements.longitude.value = found.coords.longitude.toFixed(6);
        form.querySelector('.located').textContent = words.within.replace('#', Math.round(found.coords.accuracy));
      }, () => { form.querySelector('.located').textContent = words.unknown; }, { enableHighAccuracy: true, timeout: 20000 }));
    }
    const area = form.elements.done_mu || form.elements.area_mu;
    if (area) area.addEventListener('input', () => {
      const mu = Number(area.value.replace(/,/g, ''));
      form.querySelector('.said').textContent = mu > 0 ? words.hectares.replace('#', (mu / 15).toFixed(2)) : '';
    });
  }
  if (navigator.serviceWorker && window.isSecureContext) navigator.serviceWorker.register('/field/worker.js', { scope: '/field/' });
})();
