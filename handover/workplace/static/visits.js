// The day of visits renews itself: it hears that something changed, fetches its part and morphs it in place.
"use strict";

(() => {
  const EVERY = 20000;
  const SOON = 500;
  const SLOW = 5000;
  const state = document.getElementById("visits-state");
  let waiting = null;
  let source = null;
  let pressed = 0;

  const part = () => document.getElementById("visits");
  const callbacks = {
    // What is open stays open, and a field somebody writes in is left alone.
    beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")),
    beforeNodeMorphed: (node) => !(node.matches?.(".place[open], .day-picker") && node.contains(document.activeElement)),
  };

  function say(text) {
    state.textContent = text;
    state.hidden = !text;
    state.classList.toggle("stale", Boolean(text));
  }

  async function renew() {
    const begun = pressed;
    const answer = await fetch(`/workplace/visits/part?day=${part().dataset.day}&seen=${part().dataset.version}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.status === 401) { location.href = "/workplace/login?next=%2Fworkplace%2Fvisits"; return; }
    if (!answer?.ok) { say("Зв’язку немає. Перелік міг застаріти."); return; }
    if (answer.status === 204) { say(""); return; }
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("visits");
    say("");
    // A press that was made meanwhile brings a newer part of its own.
    if (begun !== pressed) return soon();
    Idiomorph.morph(part(), next, { morphStyle: "outerHTML", callbacks });
    htmx.process(part());
  }

  // Many changes at once are one look.
  function soon() {
    document.dispatchEvent(new Event("workplace:news"));
    waiting ??= setTimeout(() => { waiting = null; renew(); }, SOON);
  }

  function wire() {
    source = new EventSource("/workplace/events");
    for (const name of ["hello", "queue", "signed-out"]) source.addEventListener(name, soon);
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(() => { soon(); wire(); }, SLOW);
    };
  }

  document.addEventListener("htmx:beforeRequest", () => {
    pressed += 1;
    document.getElementById("alert").replaceChildren();
  });
  document.addEventListener("DOMContentLoaded", () => {
    wire();
    setInterval(soon, EVERY);
    document.addEventListener("change", (event) => { if (event.target.id === "day" && event.target.value) event.target.form.submit(); });
  });
})();
