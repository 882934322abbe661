// The right pane's tabs, and the base: search, cards, and their words put into the composer.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const tabs = () => [...document.querySelectorAll("[data-side]")];

  function show(name, focus) {
    for (const tab of tabs()) {
      const chosen = tab.dataset.side === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      byId(`panel-${tab.dataset.side}`).hidden = !chosen;
      if (chosen && focus) tab.focus();
    }
    if (name === "base" && !byId("base-found").childElementCount) look({});
  }

  // The last question asked is the one that is answered, however late an earlier answer comes.
  let asked = 0;
  async function look(query) {
    const mine = ++asked;
    const { conversation } = byId("base-form").dataset;
    const answer = await fetch(`/workplace/conversations/${conversation}/base?${new URLSearchParams(query)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    const found = byId("base-found");
    if (mine !== asked || !found) return;
    if (!answer?.ok) {
      found.replaceChildren(Object.assign(document.createElement("p"), { textContent: "База не відповіла. Спробуйте ще раз." }));
      return;
    }
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("base-found");
    found.replaceChildren(...part.childNodes);
    byId("panel-base").scrollTop = 0;
  }

  const words = () => byId("base-words").value.trim();

  let pause = null;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "base-words") return;
    clearTimeout(pause);
    pause = setTimeout(() => look({ words: words() }), 300);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "base-form") return;
    event.preventDefault();
    look({ words: words() });
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button");
    if (!target) return;
    if (target.dataset.side) show(target.dataset.side, false);
    else if (target.dataset.base === "words") look({ words: words() });
    else if (target.dataset.base) look({ entry: target.dataset.base, words: words() });
    else if (target.dataset.insert) {
      const field = drafts.insert(target.dataset.insert);
      field?.setSelectionRange(field.selectionEnd, field.selectionEnd);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-side]") || !["ArrowLeft", "ArrowRight"].includes(event.code)) return;
    const all = tabs();
    const at = all.indexOf(event.target) + (event.code === "ArrowRight" ? 1 : -1);
    show(all[(at + all.length) % all.length].dataset.side, true);
  });
})();
