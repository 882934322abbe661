// The chat page put together: what is written goes to the outbox, what the log says comes from the stream.

import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { byId, kept, newKey, peopleInWords } from "./parts.js";
import { Stream } from "./stream.js";
import { Upload } from "./upload.js";

const page = document.body.dataset;
const DRAFT = "pryimalnia-draft";
const LARGER = "pryimalnia-larger";
const TYPING_AFTER = 1_000;
const TYPING_UNTIL = 30_000;
const OFFLINE_AFTER = 5_000;
const UNCONFIRMED_AFTER = 3_000;
const TELL_TYPING_EVERY = 3_000;

const text = byId("text");
const trouble = byId("trouble");
let owner = "bot";
let pressed = false;
let typingTimer = 0;
let toldTyping = -TELL_TYPING_EVERY;
let offlineTimer = 0;
let linked = true;
let undelivered = false;
// «Надіслати» was pressed while the file was still on its way: the message goes by itself once it has arrived.
let promised = false;

const log = new Log(byId("log"), {
  press: (choice) => press(choice.id, choice.label),
  ways: page.ways.split(" "),
  onMissed: () => (byId("newer").hidden = false),
  onEnd: () => (byId("newer").hidden = true),
});
const outbox = new Outbox(page.post, onFate);
const upload = new Upload({
  address: page.files,
  limit: Number(page.fileLimit),
  limitText: page.fileLimitText,
  onChange: onFile,
  onTrouble: sayTrouble,
});

/* saying */

function say(message) {
  const whole = { key: newKey(), ...message };
  log.dropWelcome();
  log.pending(whole);
  log.toEnd();
  outbox.add(whole);
  setTimeout(() => outbox.has((one) => one.key === whole.key) && log.fate(whole.key, "waiting"), UNCONFIRMED_AFTER);
}

function press(id, label) {
  // A second tap on a button whose first is still on its way is the same wish.
  if (outbox.has((message) => message.choice_id === id)) return;
  pressed = true;
  say({ kind: "press", choice_id: id, text: label });
}

function submit() {
  const words = text.value.trim();
  if (upload.busy) {
    promised = true;
    upload.say("Надішлемо, щойно завантажиться");
    return;
  }
  promised = false;
  const uploaded = upload.take();
  if (!words && !uploaded) return;
  sayTrouble("");
  if (uploaded) say({ kind: "file", text: words, files: [uploaded.file], shown: [uploaded.shown] });
  else say({ kind: "text", text: words });
  text.value = "";
  kept.write(DRAFT, "");
  grow();
}

function onFile() {
  refreshSend();
  if (promised && upload.ready) submit();
  else promised = promised && Boolean(upload?.busy);
}

function onFate(message, fate) {
  if (fate === "sent") {
    log.fate(message.key, "sent");
    // The stream may be faster than the confirmation.
    if (!log.answered(message.key)) waitForBot();
  } else if (fate === "refused") {
    log.fate(message.key, "failed");
  } else {
    log.fate(message.key, "waiting");
  }
  if (fate === "stranger") sayTrouble("Сторінка застаріла. Оновіть її: написане збережено і надішлеться.");
  undelivered = fate === "waiting";
  showOffline();
}

/* hearing */

function onFeed(feed) {
  setOwner(feed);
  if (feed.lines.length) onLines(feed);
  invite();
}

function onLines(feed) {
  log.dropWelcome();
  for (const line of feed.lines) outbox.forget(line.key);
  undelivered = undelivered && outbox.unsent.length > 0;
  showOffline();
  log.add(feed.lines);
  if (feed.lines.some((line) => line.author !== "citizen")) {
    stopTyping();
    if (pressed) reconcile();
    pressed = false;
  }
}

/** After a press the citizen may have erased the conversation: what is not kept is not shown either. */
async function reconcile() {
  const known = log.lastPosition();
  const feed = await history();
  if (!feed) return;
  const positions = new Set(feed.lines.map((line) => line.position));
  // Lines that came while the answer was on its way are newer than it.
  for (let position = known + 1; position <= log.lastPosition(); position += 1) positions.add(position);
  log.keepOnly(positions);
  for (const line of feed.lines) log.line(line);
}

async function history() {
  try {
    const response = await fetch(`${page.history}?after=0`, { credentials: "same-origin" });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function setOwner(feed) {
  owner = feed.owner;
  const human = owner === "specialist" && feed.owner_name;
  byId("title").textContent = human ? feed.owner_name : "Приймальня";
  byId("owner").textContent = ownerInWords(feed);
  byId("person").hidden = owner !== "bot";
  const mark = byId("mark");
  mark.classList.toggle("human", Boolean(human));
  if (human) {
    mark.textContent = feed.owner_name.split(/\s+/, 2).map((word) => word[0]).join("");
  } else if (!mark.firstElementChild) {
    mark.replaceChildren(markIcon);
  }
}

function invite() {
  if (owner !== "bot") text.placeholder = "Можна щось додати";
  else text.placeholder = log.asks ? "Або напишіть тут" : "Ваше запитання";
}

function ownerInWords(feed) {
  if (feed.owner === "specialist") return "відповідає людина";
  if (feed.owner !== "queue") return "відповідає бот";
  // Nobody ahead says nothing at night: when a person comes stands in the bot's own words.
  return feed.ahead ? `передано людині, попереду ${peopleInWords(feed.ahead)}` : "передано людині";
}

function waitForBot() {
  if (owner === "specialist") return;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => {
    const { following } = log;
    byId("typing").hidden = false;
    if (following) log.toEnd();
    typingTimer = setTimeout(stopTyping, TYPING_UNTIL);
  }, TYPING_AFTER);
}

function stopTyping() {
  clearTimeout(typingTimer);
  byId("typing").hidden = true;
}

function onLink(connected) {
  if (connected && !linked) outbox.flush();
  linked = connected;
  showOffline();
}

function showOffline() {
  clearTimeout(offlineTimer);
  const strip = byId("offline");
  if (!undelivered && linked && navigator.onLine) strip.hidden = true;
  else if (undelivered || !navigator.onLine) strip.hidden = false;
  else offlineTimer = setTimeout(() => (strip.hidden = linked), OFFLINE_AFTER);
}

/* the page's own controls */

function sayTrouble(words) {
  trouble.textContent = words;
  trouble.hidden = !words;
}

function grow() {
  text.style.height = "auto";
  if (text.scrollHeight > text.clientHeight) text.style.height = `${text.scrollHeight + 2}px`;
  refreshSend();
}

function refreshSend() {
  byId("send").classList.toggle("main", Boolean(text.value.trim() || upload?.ready));
}

function setMenu(open) {
  byId("menu").hidden = !open;
  byId("dots").setAttribute("aria-expanded", String(open));
  if (open) byId("menu").querySelector(".tap").focus();
}

function setLarger(larger) {
  if (larger) document.documentElement.dataset.text = "large";
  else delete document.documentElement.dataset.text;
  byId("larger").setAttribute("aria-pressed", String(larger));
  kept.write(LARGER, larger);
  grow();
}

// A person who answers sees that something is being written. Not told, it is no loss.
function tellTyping() {
  const now = performance.now();
  if (owner !== "specialist" || !text.value.trim() || now - toldTyping < TELL_TYPING_EVERY) return;
  toldTyping = now;
  fetch(page.typing, { method: "POST", credentials: "same-origin" }).catch(() => undefined);
}

function listen() {
  byId("say").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener("input", () => {
    grow();
    kept.write(DRAFT, text.value);
    tellTyping();
    const over = text.value.length > Number(page.textLimit);
    sayTrouble(over ? "Це дуже довго: дійдуть перші 10 000 знаків. Краще написати коротше." : "");
  });
  byId("person").addEventListener("click", () => press(page.person, "Людина"));
  byId("newer").addEventListener("click", () => log.toEnd());
  byId("dots").addEventListener("click", () => setMenu(byId("menu").hidden));
  byId("larger").addEventListener("click", () => setLarger(!kept.read(LARGER, false)));
  for (const button of byId("menu").querySelectorAll("[data-press]")) {
    button.addEventListener("click", () => {
      setMenu(false);
      press(button.dataset.press, button.textContent);
      text.focus();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || byId("menu").hidden) return;
    setMenu(false);
    byId("dots").focus();
  });
  document.addEventListener("click", (event) => {
    if (!byId("menu").hidden && !event.target.closest("#menu, #dots")) setMenu(false);
  });
  addEventListener("online", () => outbox.flush());
  addEventListener("offline", showOffline);
  document.addEventListener("visibilitychange", () => document.hidden || outbox.flush());
}

const markIcon = byId("mark").firstElementChild;

async function start() {
  setLarger(kept.read(LARGER, false));
  text.value = kept.read(DRAFT, "");
  listen();
  for (const id of ["say", "person", "dots"]) byId(id).hidden = false;
  byId("fallback").remove();
  grow();
  const feed = await history();
  if (feed) onFeed(feed);
  for (const message of outbox.unsent) {
    log.pending(message);
    log.fate(message.key, "waiting");
  }
  if (feed && log.empty && page.welcome) log.welcome(JSON.parse(page.welcome));
  // Only what comes from now on is read aloud, not the whole history.
  requestAnimationFrame(() => byId("log").setAttribute("aria-live", "polite"));
  log.toEnd();
  new Stream(page.stream, feed?.cursor ?? 0, onFeed, onLink);
  outbox.flush();
}

start();
