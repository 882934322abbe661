// Live without reload: the server says that something changed, the page fetches it and changes nothing under the eyes.
"use strict";

const live = (() => {
  const SLOW = 5000;
  let source = null;
  let watched = null;
  let lost = null;
  let retry = null;
  let waiting = { queue: null, talk: null };
  let fresh = null;
  let grown = false;
  let owed = false;
  let unlisted = false;

  const plural = (n, one, few, many) => {
    const tens = n % 100, ones = n % 10;
    if (tens > 10 && tens < 20) return many;
    return ones === 1 ? one : ones > 1 && ones < 5 ? few : many;
  };
  const ids = (root) => [...root.querySelectorAll(".row")].map((row) => row.id);
  const soon = (name, deed, wait = 150) => { clearTimeout(waiting[name]); waiting[name] = setTimeout(deed, wait); };

  // ---- the queue

  async function fetchQueue() {
    // A list that has grown is renewed in its whole length.
    const asked = new URLSearchParams(document.getElementById("queue").dataset.query);
    if (grown) asked.set("rows", document.querySelectorAll("#list .row").length);
    return queuePart(asked);
  }

  async function queuePart(asked) {
    const answer = await fetch(`/workplace/queue?${asked}`, { headers: { "HX-Request": "true" } });
    if (answer.status === 401) return signedOut();
    if (!answer.ok) throw new Error("queue");
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("queue");
  }

  // The next page goes under the shown rows; a row that has moved there meanwhile is not shown twice.
  async function showFurther(link) {
    let next;
    try { next = await queuePart(new URL(link.href).search.slice(1)); } catch { return show("Список не завантажився. Розмови на місці.", "Ще раз", () => showFurther(link)); }
    if (!next) return;
    const shown = new Set(ids(document));
    const first = link.nextElementSibling;
    const coming = [...next.querySelector("#list").children].filter((it) => !it.matches(".empty") && !shown.has(it.id));
    link.replaceWith(...coming);
    grown = true;
    htmx.process(document.getElementById("list"));
    decorate();
    (coming.find((it) => it.matches(".row")) || first)?.focus({ preventScroll: true });
  }

  function show(text, action, deed) {
    const note = document.getElementById("link");
    note.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
    if (action) {
      const button = Object.assign(document.createElement("button"), { className: "btn line", type: "button", textContent: action });
      button.addEventListener("click", deed);
      note.append(button);
    }
    note.hidden = !text;
  }

  function signedOut() {
    source?.close();
    const here = encodeURIComponent(location.pathname + location.search);
    show("Сеанс закінчився. Увійдіть, і повернемося до цього ж речення.", "Увійти", () => { location.href = `/workplace/login?next=${here}`; });
    return null;
  }

  async function refreshQueue(now) {
    // A pressed button is not drawn away before it is answered: its answer would find nobody to go to.
    owed ||= now;
    const later = () => soon("queue", () => refreshQueue(false));
    if (presses.open) return later();
    const query = document.getElementById("queue").dataset.query;
    let next;
    try { next = await fetchQueue(); } catch {
      // The stream says that it is lost, and asks when it is back.
      if (lost) return;
      // It is whole and this request alone was lost: nothing else would ask again.
      soon("queue", () => refreshQueue(now), SLOW);
      unlisted = true;
      return show("Список не завантажився. Розмови на місці.", "Ще раз", () => refreshQueue(now));
    }
    if (unlisted) {
      unlisted = false;
      if (!lost?.shown) show("");
    }
    // Another list was chosen meanwhile, and is on its way.
    if (!next || query !== document.getElementById("queue").dataset.query) return;
    if (presses.open) return later();
    const scroller = document.getElementById("list-scroll");
    const before = scroller.getBoundingClientRect().top;
    for (const id of ["views", "stop", "pause", "urgent", "offer", "named", "hours", "order", "find", "narrow"]) {
      const part = document.getElementById(id);
      Idiomorph.morph(part, next.querySelector(`#${id}`), { morphStyle: "outerHTML" });
      htmx.process(document.getElementById(id));
    }
    // The danger strip pushes the list down: its scroll moves by as much, the row under the pointer stays.
    scroller.scrollTop += scroller.getBoundingClientRect().top - before;
    fresh = next.querySelector("#list");
    if (owed || !document.querySelector("#list .row")) {
      owed = false;
      return renew();
    }
    announce();
  }

  // Another list beside the same conversation: what is open stays open.
  async function showList(query) {
    document.getElementById("queue").dataset.query = query;
    const address = new URL(location.href);
    for (const name of ["view", "topic", "channel", "office", "language", "search", "after"]) address.searchParams.delete(name);
    for (const [name, value] of new URLSearchParams(query)) address.searchParams.set(name, value);
    history.replaceState(history.state, "", address);
    grown = false;
    await refreshQueue(true);
    document.getElementById("list-scroll").scrollTop = 0;
  }

  function announce() {
    const shown = new Set(ids(document));
    const coming = ids(fresh);
    for (const row of document.querySelectorAll("#list .row")) {
      const renewed = fresh.querySelector(`#${CSS.escape(row.id)}`);
      row.classList.toggle("gone", !renewed);
      if (renewed) Idiomorph.morph(row, renewed, { morphStyle: "outerHTML" });
    }
    decorate();
    const added = coming.filter((id) => !shown.has(id)).length;
    if (added && followsOn(coming, added)) return renew();
    const moved = coming.join() !== ids(document).join();
    const news = document.getElementById("news");
    news.hidden = !moved;
    news.querySelector("span").textContent = added ? `${added} ${plural(added, "нова", "нові", "нових")}` : "Оновити список";
  }

  // New rows that only come after the shown ones, in sight and into empty room, move nothing: no press is needed.
  function followsOn(coming, added) {
    const rows = [...document.querySelectorAll("#list .row")];
    if (rows.some((row, at) => row.id !== coming[at]) || coming.length !== rows.length + added) return false;
    const last = rows[rows.length - 1].getBoundingClientRect();
    return last.bottom + added * last.height <= document.getElementById("list-scroll").getBoundingClientRect().bottom;
  }

  function renew() {
    if (!fresh) return;
    const focused = document.activeElement?.id;
    Idiomorph.morph(document.getElementById("list"), fresh.cloneNode(true), { morphStyle: "outerHTML" });
    htmx.process(document.getElementById("list"));
    document.getElementById("news").hidden = true;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    decorate();
  }

  function decorate() {
    const opened = drafts.opened();
    const title = document.title.replace(/^Небезпека · /, "");
    document.title = document.querySelector(".urgent") ? `Небезпека · ${title}` : title;
    for (const row of document.querySelectorAll(".row")) {
      row.toggleAttribute("aria-current", row.dataset.conversation === opened);
      if (row.dataset.conversation === opened) row.setAttribute("aria-current", "true");
    }
    drafts.mark();
  }

  // ---- the open conversation

  const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 48;

  async function refreshTalk() {
    const conversation = drafts.opened();
    const log = document.getElementById("log");
    if (!conversation || !log) return;
    const asked = new URLSearchParams();
    const from = new URLSearchParams(location.search).get("from");
    if (from) asked.set("from", from);
    if (document.visibilityState === "visible") asked.set("looked", "1");
    // Without a connection nothing comes; the wire's next hello asks again.
    await htmx.ajax("GET", `/workplace/conversations/${conversation}/live?${asked}`, { target: "#work", swap: "none" }).catch(() => undefined);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") soon("talk", refreshTalk);
  });

  // A view that was lost on its way is asked for again: the stream, if it is whole, says everything once.
  for (const lost of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(lost, ({ detail }) => {
      const refused = detail.xhr?.status >= 400 && detail.xhr.status < 500;
      if (detail.pathInfo?.requestPath.split("?")[0].endsWith("/live") && !refused) soon("talk", refreshTalk, SLOW);
    });
  }
  window.addEventListener("online", () => {
    soon("queue", () => refreshQueue(false));
    soon("talk", refreshTalk);
  });

  // What a press did is drawn by its own answer. A view asked for before that answer may be older than it, and may draw
  // the pressed button away before it is answered: such a view is left undrawn and asked for anew.
  const presses = { begun: 0, open: 0, missed: false };
  function begun() {
    presses.begun += 1;
    presses.open += 1;
  }
  function ended() {
    presses.open -= 1;
    if (!presses.open && presses.missed) soon("talk", refreshTalk);
  }
  // What changes the page by a request of its own is a press too.
  const during = (work) => { begun(); return work.finally(ended); };
  document.addEventListener("htmx:beforeSend", (event) => {
    const { requestConfig, xhr } = event.detail;
    if (requestConfig.verb === "post") {
      begun();
      xhr.addEventListener("loadend", ended);
    }
    xhr.askedAfter = presses.open ? null : presses.begun;
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { pathInfo, xhr } = event.detail;
    if (!pathInfo.requestPath.split("?")[0].endsWith("/live")) return;
    presses.missed = xhr.askedAfter !== presses.begun || presses.open > 0;
    if (!presses.missed) return;
    event.preventDefault();
    if (!presses.open) soon("talk", refreshTalk);
  });

  let kept = null;
  document.addEventListener("htmx:beforeOnLoad", () => {
    const log = document.getElementById("log");
    kept = log && { end: atEnd(log), lines: log.querySelectorAll("[id^=line-]").length };
  });
  document.addEventListener("htmx:afterOnLoad", () => {
    const log = document.getElementById("log");
    if (!log || !kept) return;
    const more = log.querySelectorAll("[id^=line-]").length > kept.lines;
    if (kept.end) log.scrollTop = log.scrollHeight;
    else if (more) document.getElementById("tail").hidden = false;
  });

  // ---- the person types: said again and again while they do, and over soon after

  const STILL = 6000;
  let still = null;
  function typing(on) {
    clearTimeout(still);
    const line = document.getElementById("typing");
    if (line) line.textContent = on ? "Людина пише…" : "";
    if (on) still = setTimeout(() => typing(false), STILL);
  }

  // ---- the wire

  // Numbers make a happening known: one that was heard already, on whatever wire, changes nothing.
  let seen = null;
  function news(event) {
    document.dispatchEvent(new Event("workplace:news"));
    const told = JSON.parse(event.data);
    const newest = Number(event.lastEventId);
    const count = told.whole || seen === null ? 0 : Math.max(newest - Math.max(told.after, seen), 0);
    const known = !told.whole && told.count > 0 && count === 0;
    seen = told.whole ? newest : Math.max(newest, seen ?? 0);
    return { count, known };
  }

  function back(count) {
    const gone = lost?.shown;
    clearTimeout(lost?.timer);
    lost = null;
    if (!gone || !count) return show("");
    show(`Зв’язок є. Пропущене наздогнали: ${count} ${plural(count, "подія", "події", "подій")}.`);
    setTimeout(() => lost || show(""), SLOW);
  }

  function wire() {
    const opened = drafts.opened() || "";
    if (source && watched === opened && source.readyState !== EventSource.CLOSED) return;
    source?.close();
    clearTimeout(retry);
    typing(false);
    watched = opened;
    const asked = new URLSearchParams();
    if (opened) asked.set("conversation", opened);
    if (seen !== null) asked.set("after", seen);
    source = new EventSource(`/workplace/events?${asked}`);
    source.addEventListener("hello", (event) => {
      back(news(event).count);
      soon("queue", () => refreshQueue(false));
      soon("talk", refreshTalk);
    });
    source.addEventListener("queue", (event) => news(event).known || soon("queue", () => refreshQueue(false)));
    source.addEventListener("conversation", () => { typing(false); soon("talk", refreshTalk); });
    source.addEventListener("typing", () => typing(true));
    source.addEventListener("signed-out", signedOut);
    source.onerror = () => {
      if (!lost) {
        const away = { shown: false };
        away.timer = setTimeout(() => { away.shown = true; show("Зв’язку немає. Можна писати далі: усе збережено."); }, SLOW);
        lost = away;
      }
      if (source.readyState === EventSource.CLOSED) {
        // A refusal, not a broken line: the queue says whether the session is over, else the wire is tried again.
        clearTimeout(retry);
        retry = setTimeout(async () => {
          const answer = await fetch("/workplace/queue?view=waiting", { headers: { "HX-Request": "true" } }).catch(() => null);
          if (answer?.status === 401) signedOut(); else wire();
        }, SLOW);
      }
    };
  }

  return { wire, during, refreshQueue, refreshTalk, showList, showFurther, renew, decorate, atEnd };
})();
