// Tells of what came while one looks elsewhere: a notification without anybody's words and a quiet sound. Each is off
// until it is asked for; of several tabs one tells.
"use strict";

(() => {
  const SOON = 1000;
  const ANYWAY = 60000;
  const ANSWERS = 150;
  const MOST = 3;
  const KEPT = 300;
  const account = document.body.dataset.account;
  const name = (what) => `notify:${what}:${account}`;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel(name("tabs")) : null;
  const able = "Notification" in window;
  const toggles = { on: document.getElementById("notify-on"), sound: document.getElementById("notify-sound") };
  const says = document.getElementById("notify-says");

  // Storage may be forbidden: then nothing is remembered and nothing told.
  function read(what) {
    try { return localStorage.getItem(name(what)); } catch { return null; }
  }
  function write(what, value) {
    try { localStorage.setItem(name(what), value); return true; } catch { return false; }
  }

  const shows = () => able && read("on") === "1" && Notification.permission === "granted";
  const sounds = () => read("sound") === "1";

  // ---- one of the tabs

  let holds = false;
  // Without locks the one that is looked at tells.
  const leads = () => holds || (!navigator.locks && document.hasFocus());
  navigator.locks?.request(name("leader"), () => {
    holds = true;
    look();
    return new Promise(() => {});
  });

  // Which conversation is looked at in whatever tab; null where none of them is.
  let answered = null;
  const here = () => ({ opened: document.getElementById("work")?.dataset.conversation || "" });
  function looked() {
    if (document.hasFocus()) return Promise.resolve(here());
    if (!tabs) return Promise.resolve(null);
    return new Promise((done) => {
      const timer = setTimeout(() => done(null), ANSWERS);
      answered = (place) => { clearTimeout(timer); done(place); };
      tabs.postMessage({ asks: true });
    });
  }
  tabs?.addEventListener("message", ({ data }) => {
    if (data.asks && document.hasFocus()) tabs.postMessage({ place: here() });
    else if (data.place) answered?.(data.place);
    else if (data.news) soon();
  });

  // ---- what is new

  let waiting = null;
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(look, SOON);
  }

  let busy = false;
  async function look() {
    if (busy || !leads() || !(shows() || sounds())) return;
    busy = true;
    try {
      const after = read("number");
      const answer = await fetch(`/workplace/news${after ? `?after=${after}` : ""}`, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const { number, news } = await answer.json();
      const told = JSON.parse(read("told") || "[]");
      const fresh = news.filter((one) => !told.includes(one.key));
      // Nothing is told that could not be remembered: it would be told again and again.
      if (!write("number", number) || !write("told", JSON.stringify([...told, ...fresh.map((one) => one.key)].slice(-KEPT)))) return;
      if (fresh.length) await tell(fresh);
    } catch {
      // Without a connection nothing came; the next look goes on from the same number.
    } finally {
      busy = false;
    }
  }

  async function tell(fresh) {
    const place = await looked();
    const others = fresh.filter((one) => one.conversation !== place?.opened);
    if (!others.length) return;
    if (sounds()) ring(others.some((one) => one.kind === "danger") ? 2 : 1);
    if (place || !shows()) return;
    if (others.length > MOST) show({ title: `Нове в черзі: ${others.length}`, body: "", key: "many", conversation: "" });
    else others.forEach(show);
  }

  function show({ title, body, key, conversation }) {
    let shown;
    // Some phones have notifications that no page may show.
    try { shown = new Notification(title, { body, tag: key, lang: "uk", silent: true }); } catch { return; }
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
      open(conversation);
    });
  }

  function open(conversation) {
    if (here().opened === conversation) return;
    const row = conversation && document.getElementById(`row-${conversation}`);
    if (row) row.click();
    else location.assign(conversation ? `/workplace/conversations/${conversation}` : "/workplace");
  }

  // ---- the sound: two soft tones, made here

  let audio = null;
  // A browser lets a page sound once somebody has pressed something on it.
  function wake() {
    if (!sounds() || !("AudioContext" in window)) return;
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
  }
  for (const press of ["pointerdown", "keydown"]) document.addEventListener(press, wake, { passive: true });

  function ring(times) {
    if (audio?.state !== "running") return;
    for (let turn = 0; turn < times; turn += 1) {
      [660, 880].forEach((pitch, place) => {
        const at = audio.currentTime + turn * 0.6 + place * 0.16;
        const tone = new OscillatorNode(audio, { frequency: pitch });
        const volume = new GainNode(audio, { gain: 0 });
        volume.gain.setValueAtTime(0, at);
        volume.gain.linearRampToValueAtTime(0.06, at + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
        tone.connect(volume).connect(audio.destination);
        tone.start(at);
        tone.stop(at + 0.32);
      });
    }
  }

  // ---- the toggles

  function draw() {
    if (!toggles.on) return;
    toggles.on.checked = shows();
    toggles.on.disabled = !able;
    toggles.sound.checked = sounds();
    if (!able) says.textContent = "Цей браузер не вміє показувати сповіщень. Звук працює.";
    else if (Notification.permission === "denied") says.textContent = "Браузер не дозволяє сповіщень. Дозвольте їх для цього сайту в налаштуваннях браузера.";
    else says.textContent = "";
  }

  // What came before it was asked for is no news.
  function begin() {
    if (!shows() && !sounds()) write("number", "");
  }

  toggles.on?.addEventListener("change", async () => {
    if (toggles.on.checked) {
      begin();
      if (Notification.permission === "default") await Notification.requestPermission();
      write("on", Notification.permission === "granted" ? "1" : "0");
    } else write("on", "0");
    draw();
    look();
  });

  toggles.sound?.addEventListener("change", async () => {
    begin();
    write("sound", toggles.sound.checked ? "1" : "0");
    draw();
    if (!sounds()) return;
    wake();
    await audio?.resume();
    ring(1);
    look();
  });

  document.addEventListener("workplace:news", () => { soon(); tabs?.postMessage({ news: true }); });
  window.addEventListener("storage", (event) => { if (event.key === name("on") || event.key === name("sound")) draw(); });
  setInterval(look, ANYWAY);
  draw();
})();
