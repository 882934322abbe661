// The phone desk by keyboard: digits answer, a slash searches. Without it everything works by tabs and Enter.
"use strict";

(() => {
  const off = () => { try { return localStorage.getItem("keys:off") === "1"; } catch { return false; } };
  const byId = (id) => document.getElementById(id);

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && byId("save")) {
      event.preventDefault();
      byId("desk").requestSubmit(byId("save"));
      return;
    }
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
    if (typing || off() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "/" || event.code === "Slash") {
      event.preventDefault();
      byId("look-for")?.focus();
      return;
    }
    if (event.code === "KeyE") {
      event.preventDefault();
      byId("summary")?.focus();
      return;
    }
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    const answer = digit && document.querySelector(`.ask-now [data-key="${digit[1]}"]`);
    if (!answer) return;
    event.preventDefault();
    if (answer.type === "checkbox") {
      answer.focus();
      answer.checked = !answer.checked;
    } else byId("desk").requestSubmit(answer);
  });

  document.addEventListener("DOMContentLoaded", () => {
    byId("print")?.addEventListener("click", () => window.print());
  });
})();
