// Typed words: two drafts a conversation (reply and note), kept in this browser until they are sent.
"use strict";

const drafts = (() => {
  // The transcript's zone, whatever this computer's clock is set to.
  const clock = new Intl.DateTimeFormat("uk", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Kyiv" });
  const account = () => document.body.dataset.account;
  const key = (conversation, mode) => `draft:${account()}:${conversation}:${mode}`;
  const opened = () => document.getElementById("work")?.dataset.conversation;
  const forms = () => [...document.querySelectorAll("#form-reply, #form-note")];

  function read(conversation, mode) {
    try { return localStorage.getItem(key(conversation, mode)) || ""; } catch { return ""; }
  }

  // Storage may be full or forbidden: then the words stay in the field, and the page says nothing is kept.
  function write(conversation, mode, text) {
    try {
      if (text) localStorage.setItem(key(conversation, mode), text);
      else localStorage.removeItem(key(conversation, mode));
      return true;
    } catch { return false; }
  }

  function mine() {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(`draft:${account()}:`)); } catch { return []; }
  }

  function fit(field) {
    field.style.height = "auto";
    field.style.height = `${Math.min(Math.max(field.scrollHeight, 56), 208)}px`;
  }

  function mark() {
    const conversation = opened();
    for (const tab of document.querySelectorAll(".modes [data-mode]")) {
      const sign = tab.querySelector("svg");
      const other = tab.getAttribute("aria-selected") !== "true";
      sign.toggleAttribute("hidden", !(other && read(conversation, tab.dataset.mode)));
    }
    for (const row of document.querySelectorAll(".row")) {
      const id = row.dataset.conversation;
      row.querySelector(".draft").hidden = id === conversation || !(read(id, "reply") || read(id, "note"));
    }
  }

  function remember(field) {
    const kept = write(opened(), field.form.dataset.mode, field.value);
    const time = clock.format(new Date()).replace(/^0/, "");
    document.getElementById("saved").textContent = !field.value ? "" : kept ? `Чернетку збережено о ${time}` : "Чернетку не збережено: браузер не дозволяє";
    mark();
  }

  function restore() {
    for (const form of forms()) {
      const field = form.elements.text;
      if (!field.value) field.value = read(opened(), form.dataset.mode);
      if (!form.parentElement.hidden) fit(field);
    }
    // Whoever comes back to a half-written note comes back to it, not to an empty reply.
    const [reply, note] = ["reply", "note"].map((mode) => read(opened(), mode));
    if (note && !reply) choose("note", false);
    mark();
  }

  function choose(mode, focus) {
    for (const tab of document.querySelectorAll(".modes [data-mode]")) {
      const chosen = tab.dataset.mode === mode;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    for (const form of forms()) {
      const panel = form.parentElement;
      panel.hidden = form.dataset.mode !== mode;
      if (!panel.hidden) {
        fit(form.elements.text);
        if (focus) form.elements.text.focus();
      }
    }
    mark();
  }

  function freshKey(form) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    form.elements.key.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // What was sent leaves the field; what was typed meanwhile stays.
  function sent(form) {
    const field = form.elements.text;
    const words = form.dataset.sent || "";
    field.value = field.value.startsWith(words) ? field.value.slice(words.length).trimStart() : field.value;
    freshKey(form);
    fit(field);
    remember(field);
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("#text-reply, #text-note")) return;
    fit(event.target);
    remember(event.target);
  });

  // The same conversation in another tab: what was sent or written there is not offered for sending here again.
  window.addEventListener("storage", (event) => {
    for (const form of forms()) {
      const field = form.elements.text;
      if (event.key !== key(opened(), form.dataset.mode) || field.value !== (event.oldValue || "")) continue;
      field.value = event.newValue || "";
      fit(field);
    }
    mark();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("#form-reply, #form-note")) return;
    const shut = form.dataset.mode === "reply" && document.getElementById("window").dataset.closed === "yes";
    if (form.dataset.busy || shut || !form.elements.text.value.trim()) {
      event.preventDefault();
      form.elements.text.focus();
      return;
    }
    form.dataset.busy = "yes";
    form.dataset.sent = form.elements.text.value;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("#form-reply, #form-note")) return;
    delete form.dataset.busy;
    if (event.detail.successful) sent(form);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "leave") return;
    const left = mine();
    if (left.length && !window.confirm(`Незакінчених чернеток: ${left.length}. Вийти й стерти їх?`)) {
      event.preventDefault();
      return;
    }
    for (const name of left) localStorage.removeItem(name);
  });

  return { restore, choose, mark, opened };
})();
