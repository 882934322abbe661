// The hall's screen: asks what to show every few seconds, writes it into nodes that are there already, and outlives weeks.
"use strict";

(() => {
  const EVERY = 3000;
  const PATIENCE = 10000;
  const STALE = 60000;
  const LOST = 600000;
  const TURNS = 12000;
  const NIGHT = 3;
  const HOUR = 3600000;
  const MINUTE = 60000;

  const root = document.documentElement;
  const { source } = document.body.dataset;
  const by = (id) => document.getElementById(id);
  const calls = [...document.querySelectorAll("[data-call]")].map((row) => ({
    row, number: row.querySelector("[data-number]"), place: row.querySelector("[data-place]"), room: row.querySelector("[data-room]"),
  }));
  const waits = [...document.querySelectorAll("[data-wait]")].map((row) => ({
    row, letter: row.querySelector("[data-letter]"), name: row.querySelector("[data-name]"), minutes: row.querySelector("[data-minutes]"),
  }));
  const dots = [...by("dots").children];
  const lines = [...by("news").children];
  const flashes = new URLSearchParams(location.search).has("flash");
  const begun = Date.now();

  let shown = null;
  let heard = begun;
  let ahead = null;
  let turn = 0;
  let first = null;

  // Only what differs is written: weeks of the same change nothing.
  function write(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }
  function hide(node, hidden) {
    if (node.hidden !== hidden) node.hidden = hidden;
  }

  // The clock is the server's, in the office's own time: a screen's own is often wrong.
  const two = (figure) => String(figure).padStart(2, "0");
  const wall = (at) => new Date(at + (ahead ?? 0));
  const clock = (at) => `${wall(at).getUTCHours()}:${two(wall(at).getUTCMinutes())}`;

  // Long waits in half hours: nobody can promise minutes so far ahead.
  function minutes(wait) {
    if (wait.minutes === 0) return "одразу";
    if (wait.minutes < 100) return `${wait.minutes}\u00a0хв`;
    const hours = Math.ceil(wait.minutes / 30) / 2;
    return hours > 4 ? "4+\u00a0год" : `${String(hours).replace(".", ",")}\u00a0год`;
  }

  function announce() {
    const news = shown?.announcements ?? [];
    const one = news.length ? news[turn % news.length] : null;
    write(by("news-title"), one?.title ?? "");
    lines.forEach((line, at) => write(line, one?.lines[at] ?? ""));
    dots.forEach((dot, at) => {
      hide(dot, news.length < 2 || at >= news.length);
      dot.classList.toggle("on", at === turn % (news.length || 1));
    });
  }

  function show(state) {
    shown = state;
    write(by("office"), state.office);
    calls.forEach(({ row, number, place, room }, at) => {
      const call = state.calls[at];
      hide(row, !call);
      write(number, call?.number ?? "");
      write(place, call?.place ?? "");
      write(room, call?.room ?? "");
      const width = (call?.number.length ?? 0) + 2 * (call?.room.length ?? 0);
      row.classList.toggle("long", width > 7 && width < 10);
      row.classList.toggle("longer", width >= 10);
    });
    hide(by("nobody"), state.calls.length > 0);
    waits.forEach(({ row, letter, name, minutes: words }, at) => {
      const wait = state.waits[at];
      hide(row, !wait);
      write(letter, wait?.letter ?? "");
      write(name, wait?.name ?? "");
      row.classList.toggle("long", (wait?.name.length ?? 0) > 12);
      write(words, wait ? minutes(wait) : "");
    });
    for (const name of ["alarm", "closed"]) {
      write(by(`${name}-title`), state.message && state.state === name ? state.message.title : "");
      write(by(`${name}-text`), state.message && state.state === name ? state.message.lines.join("\n") : "");
    }
    announce();
    const newest = state.calls.length ? `${state.calls[0].number} ${state.calls[0].called_at}` : "";
    if (flashes && first !== null && newest && newest !== first) {
      document.body.classList.remove("flash");
      void document.body.offsetWidth;
      document.body.classList.add("flash");
    }
    first = newest;
  }

  function tick() {
    const now = Date.now();
    const silent = now - heard;
    const standing = shown?.state ?? "starting";
    const next = silent > LOST ? "lost" : standing;
    if (root.dataset.state !== next) root.dataset.state = next;
    // Until the first answer the page's own words stand: it was made just now.
    if (ahead === null) return;
    write(by("clock"), clock(now));
    write(by("lost-clock"), clock(now));
    write(by("day"), silent > STALE ? `Дані на ${clock(heard)}` : shown.day);
  }

  // A page is made anew at night and after an upgrade, when the server answers: never into nothing. Once in ten minutes at most.
  function anew(version) {
    const upgraded = version !== root.dataset.version;
    const night = wall(Date.now()).getUTCHours() === NIGHT && Date.now() - begun > 2 * HOUR;
    if ((upgraded && Date.now() - begun > 10 * MINUTE) || (upgraded && !reloaded()) || night) {
      remember();
      location.reload();
    }
  }
  function reloaded() {
    try { return Date.now() - Number(sessionStorage.getItem("board-reloaded")) < 10 * MINUTE; } catch { return true; }
  }
  function remember() {
    try { sessionStorage.setItem("board-reloaded", String(Date.now())); } catch { /* A screen without storage waits its ten minutes. */ }
  }

  async function ask() {
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const answer = await fetch(source, { cache: "no-store", signal: stop.signal });
      if (answer.ok) {
        const state = await answer.json();
        heard = Date.now();
        ahead = Date.parse(state.at) + state.offset_minutes * MINUTE - heard;
        show(state);
        anew(state.version);
      }
    } catch {
      // What was shown stays; the clock says how old it is.
    } finally {
      clearTimeout(patience);
      tick();
      setTimeout(ask, EVERY);
    }
  }

  setInterval(tick, 1000);
  setInterval(() => { turn += 1; announce(); }, TURNS);
  ask();
})();
