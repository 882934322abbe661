// Ready answers: `/` or the button opens them over the composer; the cursor stops at every word still to be filled in.
"use strict";

(() => {
  const HOLE = /\{[^{}\n]{1,40}\}/g;
  const byId = (id) => document.getElementById(id);
  const options = () => [...document.querySelectorAll("#ready-list [role=option]")];
  const shown = () => options().filter((one) => !one.hidden);
  const field = () => drafts.chosen()?.elements.text;

  function point(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    const words = byId("ready-words");
    if (option) words.setAttribute("aria-activedescendant", option.id);
    else words.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function open() {
    if (!byId("ready") || !field()) return;
    byId("ready").hidden = false;
    byId("ready-words").value = "";
    filter();
    byId("ready-words").focus();
  }

  function close(back) {
    byId("ready").hidden = true;
    if (back) field()?.focus();
  }

  function filter() {
    const sought = byId("ready-words").value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of options()) {
      const told = one.textContent.toLowerCase();
      one.hidden = !sought.every((word) => told.includes(word));
    }
    byId("ready-none").hidden = shown().length > 0;
    point(shown()[0]);
  }

  function step(by) {
    const seen = shown();
    const at = seen.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (seen.length) point(seen[(at + by + seen.length) % seen.length]);
  }

  function take(option) {
    if (!option) return;
    close(false);
    const writing = drafts.insert(option.dataset.text);
    if (writing && !seek(writing, writing.selectionStart)) writing.setSelectionRange(writing.selectionEnd, writing.selectionEnd);
  }

  // The first word to fill in after a place, selected; false where there is none.
  function seek(writing, from) {
    for (const found of writing.value.matchAll(HOLE)) {
      if (found.index < from) continue;
      writing.focus();
      writing.setSelectionRange(found.index, found.index + found[0].length);
      return true;
    }
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.target.id === "ready-words") {
      const deed = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: () => take(document.querySelector("#ready-list [aria-selected=true]:not([hidden])")), Escape: () => close(true) }[event.key];
      if (!deed) return;
      event.preventDefault();
      event.stopPropagation();
      deed();
      return;
    }
    if (!event.target.matches("#text-reply, #text-note") || event.ctrlKey || event.altKey || event.metaKey) return;
    const { value, selectionStart, selectionEnd } = event.target;
    if (event.key === "/" && /(^|\n)$/.test(value.slice(0, selectionStart))) {
      event.preventDefault();
      open();
    } else if (event.key === "Tab" && !event.shiftKey && seek(event.target, selectionEnd)) {
      event.preventDefault();
    }
  });

  document.addEventListener("input", (event) => event.target.id === "ready-words" && filter());

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-ready]")) return byId("ready").hidden ? open() : close(true);
    if (event.target.closest("#ready-list [role=option]")) return take(event.target.closest("[role=option]"));
    if (byId("ready") && !event.target.closest("#ready")) close(false);
  });

  // An answer is never sent with a word still in its braces: the server says so, the cursor stands there.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.id === "form-reply" && event.detail.xhr?.status === 422) seek(event.detail.elt.elements.text, 0);
  });
})();
