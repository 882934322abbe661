// The keyboard, by physical key: the layout is Ukrainian. Off inside fields and dialogs, and can be switched off.
"use strict";

(() => {
  const SWITCH = "keys:off";
  const off = () => { try { return localStorage.getItem(SWITCH) === "1"; } catch { return false; } };
  const press = (selector) => document.querySelector(selector)?.click();

  function step(by) {
    const rows = [...document.querySelectorAll(".row")];
    if (!rows.length) return;
    const here = rows.findIndex((row) => row === document.activeElement);
    const at = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
    rows[next].focus();
  }

  function list() {
    (document.querySelector(".row[aria-current]") || document.querySelector(".row") || document.getElementById("list-scroll")).focus();
  }

  function resolve(onward) {
    const next = document.getElementById("resolve-next");
    if (next) next.checked = onward;
    press("[data-opens=resolve]");
  }

  const deeds = {
    KeyJ: () => step(1),
    KeyK: () => step(-1),
    KeyT: () => press("#take"),
    KeyR: () => drafts.choose("reply", true),
    KeyN: () => drafts.choose("note", true),
    KeyE: () => resolve(false),
    "Shift+KeyE": () => resolve(true),
    KeyS: () => press("[data-opens=snooze]"),
    KeyP: () => press("[data-opens=transfer]"),
    Slash: () => press("#find"),
    Period: () => press("#news:not([hidden])"),
    Escape: list,
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, textarea, select, audio");
    if (event.code === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    if (event.code === "Escape" && event.target.matches("#text-reply, #text-note")) return list();
    if (field || off() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "?") return document.getElementById("keys").showModal();
    const view = /^Digit([1-7])$/.exec(event.code);
    const deed = view && !event.shiftKey
      ? () => document.querySelectorAll("#views [data-view]:not([data-view=''])")[view[1] - 1]?.click()
      : deeds[(event.shiftKey ? "Shift+" : "") + event.code];
    if (!deed) return;
    event.preventDefault();
    deed();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const toggle = document.getElementById("keys-on");
    toggle.checked = !off();
    toggle.addEventListener("change", () => {
      try { localStorage.setItem(SWITCH, toggle.checked ? "0" : "1"); } catch { toggle.checked = true; }
    });
  });
})();
