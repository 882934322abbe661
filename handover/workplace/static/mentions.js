// Naming a colleague in a note: `@` opens the names over the composer, the field keeps the cursor.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const options = () => [...document.querySelectorAll("#mention-list [role=option]")];
  const shown = () => options().filter((one) => !one.hidden);
  const open = () => byId("mention") && !byId("mention").hidden;
  const LONGEST = 40;

  // What stands after the last @ before the cursor, where a name may stand; null where none does.
  function sought(field) {
    const before = field.value.slice(0, field.selectionStart);
    const found = /(?:^|[^\p{L}\p{N}_])@([^@\n]*)$/u.exec(before);
    return found && found[1].length <= LONGEST ? found[1] : null;
  }

  function point(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) byId("text-note").setAttribute("aria-activedescendant", option.id);
    else byId("text-note").removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    if (!open()) return;
    byId("mention").hidden = true;
    point(null);
  }

  function look(field, asked) {
    const typed = sought(field);
    if (typed === null) return close();
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of options()) {
      const name = one.dataset.name.toLowerCase();
      one.hidden = !words.every((word) => name.split(/\s+/).some((part) => part.startsWith(word)));
    }
    // A name that is whole already, or words that only follow one, ask for nobody.
    const whole = options().some((one) => typed.toLowerCase().startsWith(one.dataset.name.toLowerCase()));
    if (whole || (!shown().length && typed.includes(" ") && !asked)) return close();
    byId("mention-none").hidden = shown().length > 0;
    byId("mention").hidden = false;
    point(shown()[0]);
  }

  function step(by) {
    const seen = shown();
    const at = seen.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (seen.length) point(seen[(at + by + seen.length) % seen.length]);
  }

  function take(option) {
    const field = byId("text-note");
    const typed = sought(field);
    if (!option || typed === null) return close();
    const from = field.selectionStart - typed.length;
    field.setRangeText(`${option.dataset.name} `, from, field.selectionStart, "end");
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Before the page's own keys: here Escape closes the names, not the conversation.
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "text-note" || !open() || event.isComposing || event.ctrlKey || event.metaKey) return;
    const pointed = document.querySelector("#mention-list [aria-selected=true]:not([hidden])");
    const deed = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Enter: pointed && (() => take(pointed)),
      Tab: pointed && !event.shiftKey && (() => take(pointed)),
      Escape: close,
    }[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }, true);

  document.addEventListener("input", (event) => event.target.id === "text-note" && look(event.target, false));

  document.addEventListener("click", (event) => {
    const option = event.target.closest("#mention-list [role=option]");
    if (option) return take(option);
    if (event.target.closest("[data-mention]")) {
      const field = byId("text-note");
      field.focus();
      const glued = /[\p{L}\p{N}_]$/u.test(field.value.slice(0, field.selectionStart));
      if (sought(field) === null) field.setRangeText(glued ? " @" : "@", field.selectionStart, field.selectionEnd, "end");
      look(field, true);
      return;
    }
    if (event.target.id === "text-note") return look(event.target, false);
    close();
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.id === "text-note" && !event.relatedTarget?.closest("#mention, [data-mention]")) close();
  });
  // A press on a name must not take the cursor out of the note before it is heard.
  document.addEventListener("mousedown", (event) => event.target.closest("#mention") && event.preventDefault());
})();
