// The page of what goes on now: it hears that the queue changed, fetches its part and morphs it in place.
"use strict";

(() => {
  const EVERY_MINUTE = 60000;
  const SOON = 1000;
  const SLOW = 5000;
  const state = document.getElementById("board-state");
  let waiting = null;
  let source = null;

  function say(text) {
    state.textContent = text;
    state.hidden = !text;
    state.classList.toggle("stale", Boolean(text));
  }

  const old = () => say(`Зв’язку немає. Дані на ${document.getElementById("board-at").textContent}`);

  async function renew() {
    const answer = await fetch("/workplace/board/part", { headers: { "HX-Request": "true" } }).catch(() => null);
    if (answer?.status === 401) { location.href = "/workplace/login?next=%2Fworkplace%2Fboard"; return; }
    if (!answer?.ok) { old(); return; }
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board");
    Idiomorph.morph(document.getElementById("board"), part, { morphStyle: "outerHTML" });
    say("");
  }

  // Many changes at once are one look.
  const soon = () => {
    document.dispatchEvent(new Event("workplace:news"));
    waiting ??= setTimeout(() => { waiting = null; renew(); }, SOON);
  };

  function wire() {
    source = new EventSource("/workplace/events");
    source.addEventListener("hello", soon);
    source.addEventListener("queue", soon);
    source.addEventListener("signed-out", soon);
    source.onerror = () => {
      old();
      if (source.readyState === EventSource.CLOSED) setTimeout(() => { soon(); wire(); }, SLOW);
    };
  }

  document.addEventListener("DOMContentLoaded", () => {
    wire();
    setInterval(renew, EVERY_MINUTE);
  });
})();
