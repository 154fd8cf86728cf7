/* Tailin: a few comforts, nothing a page needs. Plain ES2017; no words in here, they come from the page. */
(function () {
  "use strict";

  /* Error summary: focus it, and let its links lead into the control. */
  var summary = document.querySelector(".error-summary");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", function (event) {
      var link = event.target.closest('a[href^="#"]');
      var control = link && document.getElementById(link.getAttribute("href").slice(1));
      if (!control) { return; }
      event.preventDefault();
      var field = control.closest(".field") || control;
      field.scrollIntoView();
      control.focus({ preventScroll: true });
    });
  }

  /* A long list of contents with a scroll bar of its own begins a few lines before where the reader is. */
  document.querySelectorAll(".side-nav a[aria-current]").forEach(function (link) {
    var list = link.closest(".side-nav");
    var lines = Array.from(list.querySelectorAll("li"));
    var first = lines[lines.indexOf(link.closest("li")) - 5];
    if (first) { list.scrollTop += first.getBoundingClientRect().top - list.getBoundingClientRect().top; }
  });

  /* What only concerns some answers, [data-only-with="name of a radio"][data-only-value="prefix"], hides with the others. */
  document.querySelectorAll("[data-only-with]").forEach(function (part) {
    var name = part.dataset.onlyWith;
    function show() {
      var chosen = document.querySelector('input[name="' + name + '"]:checked');
      part.hidden = !(chosen && chosen.value.indexOf(part.dataset.onlyValue) === 0);
    }
    document.querySelectorAll('input[name="' + name + '"]').forEach(function (radio) { radio.addEventListener("change", show); });
    show();
  });

  /* Autosave: form[data-autosave="URL"]; the answer is {saved: "words", version: n}, at 409 {message: "words"}. */
  document.querySelectorAll("form[data-autosave]").forEach(function (form) {
    var place = form.querySelector("[data-saved]") || document.querySelector("[data-saved]");
    var sent = content();
    var busy = null;
    var stopped = false;

    function content() {
      var data = new FormData(form);
      var pairs = new URLSearchParams();
      data.forEach(function (value, name) {
        if (typeof value === "string" && name !== "version") { pairs.append(name, value); }
      });
      return pairs.toString();
    }

    function say(words, failed) {
      if (!place || !words) { return; }
      place.textContent = words;
      place.classList.toggle("failed", failed);
    }

    function word(name) { return place ? place.getAttribute(name) : ""; }

    async function send() {
      var now = content();
      var version = form.querySelector('input[name="version"]');
      var body = now + (version ? "&version=" + encodeURIComponent(version.value) : "");
      try {
        var response = await fetch(form.dataset.autosave, {
          method: "POST",
          credentials: "same-origin",
          redirect: "manual",
          keepalive: body.length < 60000,
          headers: { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8", Accept: "application/json" },
          body: body,
        });
        if (response.type === "opaqueredirect" || response.status === 401) {
          say(word("data-signed-out"), true);
          return;
        }
        if (response.status === 409) {
          stopped = true;
          say((await response.json()).message, true);
          return;
        }
        if (!response.ok) { throw new Error(String(response.status)); }
        var answer = await response.json();
        sent = now;
        if (version && answer.version !== undefined) { version.value = answer.version; }
        say(answer.saved, false);
      } catch (problem) {
        say(word("data-failed"), true);
      }
    }

    function save() {
      if (stopped || busy || content() === sent) { return; }
      busy = send().then(function () { busy = null; });
    }

    form.addEventListener("focusout", save);
    form.addEventListener("change", save);
    document.addEventListener("visibilitychange", function () { if (document.hidden) { save(); } });
    var timer = window.setInterval(save, 20000);

    /* Let a save under way finish first: it raises the version the form sends. */
    form.addEventListener("submit", function (event) {
      window.clearInterval(timer);
      if (busy) {
        var button = event.submitter;
        event.preventDefault();
        busy.then(function () {
          stopped = true;
          if (button) { button.click(); } else { form.submit(); }
        });
      } else {
        stopped = true;
      }
    });
  });
})();
