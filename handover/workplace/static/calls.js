// Promised calls renew themselves: what somebody writes in, or has under the finger, is left as it is.
"use strict";

(() => {
  const EVERY_MINUTE = 60000;
  const SOON = 500;
  const SLOW = 5000;
  let waiting = null;
  let source = null;

  const list = () => document.getElementById("calls");
  const inHand = (node) => node.matches?.(".call") && (node.contains(document.activeElement) || [...node.querySelectorAll("textarea")].some((it) => it.value !== it.defaultValue));
  const callbacks = {
    beforeNodeMorphed: (node) => !inHand(node),
    beforeNodeRemoved: (node) => !inHand(node),
    beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")),
  };

  async function renew() {
    const answer = await fetch("/workplace/desk/calls").catch(() => null);
    if (answer?.redirected) { location.href = "/workplace/login?next=%2Fworkplace%2Fdesk%2Fcalls"; return; }
    if (!answer?.ok) return;
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("calls");
    if (next) Idiomorph.morph(list(), next, { morphStyle: "outerHTML", callbacks });
  }

  // Many changes at once are one look.
  const soon = () => {
    document.dispatchEvent(new Event("workplace:news"));
    waiting ??= setTimeout(() => { waiting = null; renew(); }, SOON);
  };

  function wire() {
    source = new EventSource("/workplace/events");
    for (const name of ["hello", "queue", "signed-out"]) source.addEventListener(name, soon);
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(() => { soon(); wire(); }, SLOW);
    };
  }

  document.addEventListener("DOMContentLoaded", () => {
    wire();
    setInterval(renew, EVERY_MINUTE);
  });
})();
