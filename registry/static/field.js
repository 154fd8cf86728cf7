/* Field pages: every record is put into the outbox first, then sent; the device's place; values said back. Without this
   the forms post plainly. */
'use strict';
(() => {
  const page = document.querySelector('[data-field]');
  const { outbox } = window;
  if (!page || !outbox) return;
  const words = page.dataset;
  const net = page.querySelector('.net');
  const kept = page.querySelector('.kept');
  const form = page.querySelector('form.entry');
  const PATIENCE = 6000; // so long a person looks at a form that is being sent; then it goes on by itself
  const AGAIN = 20000; // a weak signal tells nobody when it is back
  const ASKING = 10000;
  const PAUSE = 300; // of typing, before what was typed is kept
  const OWN = new Set(['csrf_token', 'client_id']); // of the page and the record, not of the person
  const SLOWEST = 20; // bytes a millisecond: a photo is given the time it needs on a bad line

  const wait = time => new Promise(resolve => setTimeout(resolve, time));
  const mine = async () => (await outbox.all()).filter(entry => entry.person === words.person);
  const named = (entry, name) => (entry.values.find(([n]) => n === name) || [])[1] || '';
  function id() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
  }
  function within(time, asking) {
    return Promise.race([asking, wait(time).then(() => { throw new Error('no answer'); })]);
  }

  // What waits ------------------------------------------------------------------------------------------

  let trouble = '';
  async function show() {
    const waiting = (await mine()).sort((a, b) => a.at.localeCompare(b.at));
    const refused = waiting.filter(entry => entry.errors);
    net.hidden = !waiting.length;
    net.querySelector('.told').textContent = words.waiting.replace('#', waiting.length)
      + (refused.length ? words.refused.replace('#', refused.length) : '') + trouble;
    net.querySelector('.again').hidden = refused.length === waiting.length;
    const list = page.querySelector('.outbox');
    if (list) list.replaceChildren(...waiting.map(line));
  }
  function line(entry) {
    const drawn = document.getElementById('waiting').content.firstElementChild.cloneNode(true);
    const put = (name, text) => { drawn.querySelector(`.${name}`).textContent = text; };
    put('what', entry.kind);
    put('where', [named(entry, 'on_day'), named(entry, 'place')].filter(Boolean).join(' '));
    put('errors', (entry.errors || []).map(([, text]) => text).join(' '));
    const open = drawn.querySelector('.open');
    open.href = `${entry.url}#${entry.id}`;
    open.hidden = !entry.errors;
    const away = drawn.querySelector('.away');
    away.addEventListener('click', async () => {
      if (!away.dataset.sure) {
        away.dataset.sure = '1';
        away.textContent = away.dataset.ask;
        return;
      }
      await outbox.remove(entry.id);
      show();
    });
    return drawn;
  }

  // Sending ---------------------------------------------------------------------------------------------

  async function send(entry, csrf) {
    const sent = new FormData();
    let size = 0;
    for (const [name, value] of entry.values) {
      // A third argument, even undefined, would make the browser take every value for a file.
      if (value instanceof Blob) { sent.append(name, value, value.name); size += value.size; } else sent.append(name, value);
    }
    sent.set('csrf_token', csrf);
    const stop = new AbortController();
    const asked = fetch(entry.url, { method: 'POST', body: sent, headers: { 'X-Outbox': '1', Accept: 'application/json' }, signal: stop.signal });
    try {
      const answer = await within(3 * ASKING + size / SLOWEST, asked);
      const said = (answer.headers.get('Content-Type') || '').includes('json') && !answer.redirected ? await answer.json() : {};
      if (answer.status === 200 && said.id) {
        await outbox.remove(entry.id);
        return said.said;
      }
      if (answer.status === 422 && said.errors) await outbox.put({ ...entry, errors: said.errors, heading: said.heading });
      else if (answer.status === 413) await outbox.put({ ...entry, errors: [['photo', words.large]], heading: words.large });
      else trouble = answer.status === 401 ? words.out : words.trouble;
    } catch (error) {
      stop.abort();
      throw error;
    }
    return [];
  }
  async function sendAll() {
    const waiting = (await mine()).filter(entry => !entry.errors);
    if (!waiting.length || !navigator.onLine) return show();
    trouble = '';
    // No signal, or one too weak: everything stays in the outbox.
    const known = await within(ASKING, outbox.ready()).catch(() => { trouble = words.weak; });
    if (known === null || (known && known.person !== words.person)) trouble = words.out;
    else if (known) {
      let lost = 0;
      for (const entry of waiting) {
        // One large photo that fails does not hold up the rest.
        if (lost < 2) await send(entry, known.csrf_token).then(told, () => { lost += 1; trouble = words.weak; });
      }
    }
    return show();
  }
  function told(lines) {
    if (!lines.length) return;
    kept.hidden = false;
    kept.replaceChildren(...lines.map(text => Object.assign(document.createElement('p'), { textContent: text })));
  }
  let queue = sendAll();
  const again = () => { queue = queue.then(sendAll, sendAll); return queue; };
  window.addEventListener('online', again);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) again(); });
  setInterval(() => { if (!net.hidden && !document.hidden) again(); }, AGAIN);
  net.querySelector('.again').addEventListener('click', again);

  // The form --------------------------------------------------------------------------------------------

  function clean() {
    document.querySelectorAll('.error-summary, .entry .error').forEach(part => part.remove());
    form.querySelectorAll('.has-error').forEach(part => part.classList.remove('has-error'));
    form.querySelectorAll('[aria-invalid]').forEach(part => part.removeAttribute('aria-invalid'));
    document.title = document.title.replace(words.prefix, '');
  }
  /* The same errors that a page of the server shows: a summary in front, and the words beside each field. */
  function complain(entry) {
    clean();
    const summary = document.getElementById('problem').content.firstElementChild.cloneNode(true);
    summary.querySelector('h2').textContent = entry.heading;
    summary.querySelector('ul').append(...entry.errors.map(([target, text]) => {
      const item = document.createElement('li');
      const control = target && document.getElementById(target);
      const said = control ? Object.assign(document.createElement('a'), { href: `#${target}` }) : item;
      said.textContent = text;
      if (control) {
        item.append(said);
        said.addEventListener('click', event => { event.preventDefault(); control.focus(); });
        const field = control.closest('.field');
        field.classList.add('has-error');
        control.setAttribute('aria-invalid', 'true');
        const error = Object.assign(document.createElement('span'), { className: 'error', textContent: text, id: `${target}-e` });
        (field.querySelector('legend') || field.querySelector('label')).after(error);
        const told = (control.getAttribute('aria-describedby') || '').split(' ').filter(Boolean);
        if (!told.includes(error.id)) control.setAttribute('aria-describedby', [...told, error.id].join(' '));
      }
      return item;
    }));
    document.querySelector('main').prepend(summary);
    document.title = words.prefix + document.title;
    summary.focus();
  }

  /* Text that was typed and not saved: kept on the device from the first letter on, until it is saved, emptied, or
     somebody signs out. A photo is not. */
  const { drafts } = outbox;
  const draft = `${words.person} ${location.pathname}`;
  let typing;
  function keep() {
    clearTimeout(typing);
    typing = setTimeout(() => {
      const values = [...new FormData(form)].filter(([name, value]) => !OWN.has(name) && typeof value === 'string' && value);
      drafts.put({ id: draft, values }).catch(() => {});
    }, PAUSE);
  }
  async function forget() {
    clearTimeout(typing);
    form.querySelector('.drafted').hidden = true;
    await drafts.remove(draft).catch(() => {});
  }
  async function restore() {
    const found = await drafts.get(draft).catch(() => null);
    if (!found) return;
    for (const [name, value] of found.values) if (form.elements[name]) form.elements[name].value = value;
    form.querySelector('.drafted').hidden = false;
  }
  function fresh() {
    clean();
    form.reset();
    start();
  }
  function start() {
    // A page kept on the device carries the id and the day of when it was kept.
    form.elements.client_id.value = id();
    const day = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
    if (form.elements.on_day.value < day) form.elements.on_day.value = day;
    const said = form.querySelector('.said');
    if (said) said.textContent = '';
    form.querySelector('.located').textContent = '';
  }
  function refill(entry) {
    form.reset();
    for (const [name, value] of entry.values) {
      if (value instanceof Blob) {
        const files = new DataTransfer();
        files.items.add(new File([value], value.name, { type: value.type }));
        form.elements[name].files = files.files;
      } else if (form.elements[name]) form.elements[name].value = value;
    }
    complain(entry);
  }
  async function save() {
    const values = [...new FormData(form)].filter(([name, value]) => name !== 'csrf_token' && !(value instanceof Blob && !value.size));
    const entry = { id: form.elements.client_id.value, person: words.person, url: location.pathname, kind: words.kind, at: new Date().toISOString(), values };
    await outbox.put(entry);
    await forget();
    kept.hidden = true;
    await show();
    if (navigator.onLine) {
      net.querySelector('.told').textContent = words.sending;
      await Promise.race([again(), wait(PATIENCE)]);
    }
    const left = (await mine()).find(other => other.id === entry.id);
    if (left && left.errors) return complain(left);
    if (location.hash) history.replaceState(null, '', location.pathname);
    fresh();
    await show();
    return (left ? net : kept).scrollIntoView({ block: 'center' });
  }
  async function begin() {
    const opened = location.hash && (await mine()).find(entry => entry.id === location.hash.slice(1));
    if (opened && opened.errors) refill(opened);
    else if (!form.querySelector('.has-error')) {
      start();
      await restore();
    }
    form.dataset.ready = '1';
  }
  if (form) {
    begin();
    form.addEventListener('input', keep);
    form.querySelector('.empty').addEventListener('click', async () => {
      await forget();
      fresh();
      form.querySelector('input:not([type=hidden]), select').focus();
    });
    const button = form.querySelector('.actions button');
    form.addEventListener('submit', async event => {
      event.preventDefault();
      button.disabled = true;
      try {
        await save();
      } catch (error) {
        // The device keeps nothing (a private window, a full disk): post as a page without this script does.
        const token = form.elements.csrf_token;
        if (!token.value) token.value = ((await outbox.ready().catch(() => null)) || {}).csrf_token || '';
        form.submit();
      } finally {
        button.disabled = false;
      }
    });
    window.addEventListener('hashchange', () => location.reload());
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

  // The worker keeps the forms and what they are made of, so that they open without a signal. ------------
  if (navigator.serviceWorker && window.isSecureContext) {
    navigator.serviceWorker.register('/field/worker.js', { scope: '/field/' }).then(() => navigator.serviceWorker.ready).then(found => {
      const made = [...document.querySelectorAll('script[src], link[rel=stylesheet], link[rel=icon]')].map(part => part.src || part.href);
      const forms = [...page.querySelectorAll('a[data-form]')].map(part => part.href);
      found.active.postMessage({ keep: [location.href.split('#')[0], ...forms, ...made] });
    });
  }
})();
