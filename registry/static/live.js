/* A part of the page, [data-live="URL"], is asked for again every few seconds. Forms stand on pages of their own, so
   nothing that is typed can be lost. Plain ES2017; the words come from the page ([data-live-lost]). */
(function () {
  "use strict";
  var EVERY = 4000;
  var part = document.querySelector("[data-live]");
  if (!part) { return; }
  var place = document.querySelector("[data-live-lost]");
  var failures = 0;

  function lost() {
    if (place) { place.append(" " + place.getAttribute("data-live-lost")); }
  }

  async function again() {
    if (document.hidden) { window.setTimeout(again, EVERY); return; }
    try {
      var response = await fetch(part.dataset.live, { credentials: "same-origin", redirect: "manual" });
      if (response.type === "opaqueredirect" || response.status === 401 || response.status === 404) { lost(); return; }
      if (!response.ok) { throw new Error(String(response.status)); }
      var html = await response.text();
      /* Whoever stands on a link in the part keeps standing there until it is left. */
      if (!part.contains(document.activeElement)) { part.innerHTML = html; }
      failures = 0;
    } catch (problem) {
      failures += 1;
      if (failures === 5) { lost(); return; }
    }
    window.setTimeout(again, EVERY);
  }

  window.setTimeout(again, EVERY);
})();
