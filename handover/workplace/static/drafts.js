// Typed words: two drafts a conversation (reply and note), kept on the server; this browser only bridges a lost line.
"use strict";

const drafts = (() => {
  const PAUSE = 700;
  const AGAIN = 5000;
  // The transcript's zone, whatever this computer's clock is set to.
  const clock = new Intl.DateTimeFormat("uk", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Kyiv" });
  const account = () => document.body.dataset.account;
  const key = (conversation, mode) => `draft:${account()}:${conversation}:${mode}`;
  const opened = () => document.getElementById("work")?.dataset.conversation;
  const forms = () => [...document.querySelectorAll("#form-reply, #form-note")];
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("drafts") : null;

  // ---- the net: what the server has not confirmed yet, and what it had when that was typed

  function read(conversation, mode) {
    try { return JSON.parse(localStorage.getItem(key(conversation, mode))); } catch { return null; }
  }

  // Storage may be full or forbidden: then the server alone keeps the words.
  function write(conversation, mode, net) {
    try {
      if (net) localStorage.setItem(key(conversation, mode), JSON.stringify(net));
      else localStorage.removeItem(key(conversation, mode));
    } catch { /* said when the server fails too */ }
  }

  function mine() {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(`draft:${account()}:`)); } catch { return []; }
  }

  // ---- saving: one request at a time for a draft, the last words win

  const saves = new Map();

  // The page that follows may have been made before the words were kept: it needs the net that this one would clear.
  let leaving = false;
  window.addEventListener("beforeunload", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });

  function later(conversation, mode, text, wait) {
    const name = key(conversation, mode);
    const save = saves.get(name) || { conversation, mode, busy: false };
    clearTimeout(save.timer);
    save.text = text;
    save.timer = setTimeout(() => keep(save), wait);
    saves.set(name, save);
  }

  async function keep(save) {
    clearTimeout(save.timer);
    save.timer = null;
    if (save.busy) { save.more = true; return; }
    save.busy = true;
    const { conversation, mode, text } = save;
    const answer = await fetch(`/workplace/conversations/${conversation}/draft`, {
      method: "POST",
      headers: { "HX-Request": "true" },
      body: new URLSearchParams({ csrf: document.querySelector("[name=csrf]").value, mode, text }),
      keepalive: true,
    }).catch(() => null);
    save.busy = false;
    const kept = answer?.ok;
    if (kept && save.text === text) {
      if (!leaving) write(conversation, mode, null);
      const form = conversation === opened() && document.getElementById(`form-${mode}`);
      if (form) form.dataset.kept = text;
      if (!save.more) saves.delete(key(conversation, mode));
      flag(conversation);
    }
    say(save, answer);
    const passing = !answer || answer.status >= 500;
    if (save.more) { save.more = false; keep(save); }
    else if (!kept && passing && save.timer === null) save.timer = setTimeout(() => keep(save), AGAIN);
    mark();
  }

  function say(save, answer) {
    const saved = document.getElementById("saved");
    if (!saved || save.conversation !== opened()) return;
    if (answer?.ok) saved.textContent = save.text.trim() ? `Чернетку збережено о ${clock.format(new Date()).replace(/^0/, "")}` : "";
    else if (answer?.status === 401) saved.textContent = "Сеанс закінчився: чернетка в цьому браузері";
    else saved.textContent = read(save.conversation, save.mode) ? "Зв’язку немає: чернетка в цьому браузері" : "Чернетку не збережено: не закривайте сторінку";
  }

  const hurry = () => { for (const save of saves.values()) if (save.timer) keep(save); };
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && hurry());
  window.addEventListener("pagehide", hurry);
  window.addEventListener("online", hurry);

  // ---- what the page shows

  function fit(field) {
    field.style.height = "auto";
    field.style.height = `${Math.min(Math.max(field.scrollHeight, 56), 208)}px`;
  }

  // A row's mark comes with the queue; between two looks at it the page keeps its own row true.
  function flag(conversation) {
    if (conversation !== opened()) return;
    const sign = document.querySelector(`#row-${conversation} .draft`);
    if (sign) sign.dataset.kept = forms().some(holds) ? "yes" : "";
  }

  function mark() {
    const conversation = opened();
    for (const form of forms()) {
      const tab = document.querySelector(`.modes [data-mode=${form.dataset.mode}]`);
      const other = tab.getAttribute("aria-selected") !== "true";
      tab.querySelector("svg").toggleAttribute("hidden", !(other && holds(form)));
    }
    for (const row of document.querySelectorAll(".row")) {
      const id = row.dataset.conversation;
      const sign = row.querySelector(".draft");
      sign.hidden = id === conversation || !(sign.dataset.kept || read(id, "reply") || read(id, "note"));
    }
  }

  function remember(field, before) {
    leaving = false;
    const { mode, kept } = field.form.dataset;
    write(opened(), mode, { text: field.value, over: kept || "" });
    tabs?.postMessage({ key: key(opened(), mode), before, text: field.value });
    field.dataset.before = field.value;
    later(opened(), mode, field.value, PAUSE);
    mark();
  }

  // The net holds what this browser could not save. It stands in place of what it was typed over; where another
  // computer has changed that meanwhile, both are kept.
  function joined(kept, net) {
    if (!net || kept === net.text) return kept;
    return kept === net.over || !kept.trim() ? net.text : `${kept.trimEnd()}\n\n${net.text}`;
  }

  function restore() {
    for (const form of forms()) {
      const field = form.elements.text;
      const net = read(opened(), form.dataset.mode);
      form.dataset.kept = field.value;
      field.value = joined(field.value, net);
      field.setSelectionRange(field.value.length, field.value.length);
      field.dataset.before = field.value;
      if (net) later(opened(), form.dataset.mode, field.value, 0);
      if (!form.parentElement.hidden) fit(field);
    }
    // Whoever comes back to a half-written note comes back to it, not to an empty reply.
    const [reply, note] = ["reply", "note"].map((mode) => document.getElementById(`text-${mode}`)?.value.trim());
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

  // Words, or files that wait beside them.
  const holds = (form) => Boolean(form.elements.text.value.trim() || form.elements.files?.value);

  const chosen = () => forms().find((form) => !form.parentElement.hidden);

  // Words that come from elsewhere (a ready answer, a card) stand where the cursor is, on lines of their own.
  function insert(text) {
    const field = chosen()?.elements.text;
    if (!field) return null;
    const [head, tail] = [field.value.slice(0, field.selectionStart), field.value.slice(field.selectionEnd)];
    const lead = head && !/\n\s*$/.test(head) ? `${head.trimEnd()}\n` : head;
    field.value = lead + text + (tail && !/^\s*\n/.test(tail) ? `\n${tail.trimStart()}` : tail);
    field.focus();
    field.setSelectionRange(lead.length, lead.length + text.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return field;
  }

  function freshKey(form) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    form.elements.key.value = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // What was sent leaves the field; what was typed meanwhile stays.
  function sent(form) {
    const field = form.elements.text;
    const words = form.dataset.sent || "";
    const before = field.value;
    field.value = field.value.startsWith(words) ? field.value.slice(words.length).trimStart() : field.value;
    freshKey(form);
    fit(field);
    remember(field, before);
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("#text-reply, #text-note")) return;
    fit(event.target);
    remember(event.target, event.target.dataset.before || "");
  });

  // The same conversation in another tab: what was sent or written there is not offered for sending here again.
  tabs?.addEventListener("message", ({ data }) => {
    for (const form of forms()) {
      const field = form.elements.text;
      if (data.key !== key(opened(), form.dataset.mode) || field.value !== data.before) continue;
      field.value = data.text;
      field.dataset.before = data.text;
      fit(field);
    }
    mark();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches("#form-reply, #form-note")) return;
    const waits = event.detail.requestConfig.parameters.when === "later";
    const reply = form.dataset.mode === "reply";
    const shut = !waits && reply && document.getElementById("window").dataset.closed === "yes";
    if (form.dataset.busy || shut || !holds(form) || (reply && attaching.waits())) {
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
    if (left.length && !window.confirm(`Чернеток, яких сервер ще не зберіг: ${left.length}. Вийти й стерти їх?`)) {
      event.preventDefault();
      return;
    }
    for (const name of left) localStorage.removeItem(name);
  });

  return { restore, choose, chosen, insert, mark, opened };
})();
