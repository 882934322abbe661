// The conversation as it is seen: bubbles, answer cards, buttons, the fate of what the citizen sent.

import { element, icon, outward, sentences, sizeInWords, spoken } from "./parts.js";

const NEAR_END = 120; // pixels from the end that still count as reading the end

// The engine's words when a person joins or another takes over; set in the middle as a mark in the talk, not as one more message.
const JOINED = /^(?:З вами .+бот мовчить|Розмову передано .+Далі з вами .+)\.$/s;

// What the log calls a file that came without words; the file itself is in sight.
const NAMES_OF_FILES = ["Фото", "Голосове повідомлення", "Файл"];

const FATES = {
  waiting: ["clock", "Чекає на зв’язок"],
  sent: ["check", "Надіслано"],
  received: ["checks", "Отримано"],
  seen: ["eye", "Прочитано"],
  failed: ["alert", "Не надіслано. Спробуйте написати ще раз"],
};

export class Log {
  /**
   * `press(choice)` when a button is pressed; `onMissed()` when something new came while reading above;
   * `ways`: ids of the buttons that stand under every answer and lead out of it.
   */
  constructor(box, { press, onMissed, onEnd, ways }) {
    this.box = box;
    this.ways = ways;
    this.press = press;
    this.onMissed = onMissed;
    this.byKey = new Map();
    this.byPosition = new Map();
    this.following = true;
    // The answer whose first words are held in sight until the citizen moves on.
    this.held = null;
    addEventListener(
      "scroll",
      () => {
        if (this.held) return;
        this.following = this.atEnd();
        if (this.following) onEnd();
      },
      { passive: true },
    );
    for (const moved of ["wheel", "pointerdown", "keydown"]) {
      addEventListener(moved, () => (this.held = null), { passive: true });
    }
    // Pictures that load and strips that open under the log must not push what is read out of sight.
    const sizes = new ResizeObserver(() => {
      if (this.held) this.toStartOf(this.held);
      else if (this.following) this.toEnd();
    });
    sizes.observe(box);
    sizes.observe(document.querySelector(".foot"));
  }

  get empty() {
    return this.box.childElementCount === 0;
  }

  /** Whether the last thing said is a question with answers to press. */
  get asks() {
    const last = [...this.box.querySelectorAll(".turn:not(.welcome)")].pop();
    return Boolean(last?.querySelector(":scope > .acts > .tap"));
  }

  atEnd() {
    const page = document.documentElement;
    return page.scrollHeight - page.scrollTop - page.clientHeight < NEAR_END;
  }

  toEnd() {
    this.following = true;
    this.held = null;
    document.documentElement.scrollTop = document.documentElement.scrollHeight;
  }

  /** New lines: whoever reads the end is taken along, whoever reads above stays and is told. */
  add(lines) {
    // A held greeting has nothing to press yet: the answer it opens may come a moment later.
    const follow = this.following || Boolean(this.held && !this.held.querySelector(".acts, .human"));
    const fresh = lines.map((line) => this.line(line)).filter(Boolean);
    if (!fresh.length) return;
    this.held = null;
    const turns = fresh.filter((made) => made.classList.contains("turn"));
    const asking = turns.filter((made) => made.querySelector(".acts"));
    if (!follow) this.onMissed();
    else this.toStartOf(asking.pop() ?? turns[0]);
  }

  /** The end, or the first words of an answer taller than the screen: the answer comes before its buttons. */
  toStartOf(made) {
    this.toEnd();
    if (!made?.isConnected) return;
    const hidden = made.getBoundingClientRect().top - document.querySelector(".top").offsetHeight - 16;
    if (hidden < 0) {
      this.following = false;
      this.held = made;
      document.documentElement.scrollTop += hidden;
    }
  }

  /** A line of the durable log, returned where it is new; one that is already shown is brought up to date. */
  line(line) {
    const own = line.author === "citizen";
    const content = JSON.stringify([line.text, line.card, line.choices, line.files, line.pin]);
    const known = this.byPosition.get(line.position);
    const written = known ? null : this.byKey.get(line.key);
    const made = written ?? (known?.content === content ? known.made : own ? ownBubble(line) : this.answer(line));
    made.dataset.position = line.position;
    this.byPosition.set(line.position, { made, content });
    if (own && line.key) this.byKey.set(line.key, made);
    const fresh = !known && !written;
    if (fresh) {
      if (!own) this.settle();
      this.place(made, line.position);
    } else if (known && known.made !== made) {
      known.made.replaceWith(made);
    }
    if (own && (fresh || written || line.seen)) this.fate(line.key, line.seen ? "seen" : "received");
    return fresh ? made : null;
  }

  /** Something just written here; it has a key and no position yet. */
  pending(message) {
    if (this.byKey.has(message.key)) return;
    const made = ownBubble({ text: message.text, files: message.shown ?? [] });
    this.byKey.set(message.key, made);
    this.box.append(made);
  }

  /** A reply that is not part of the log: the welcome of an empty page. */
  welcome(reply) {
    const made = this.answer({ ...reply, author: "bot", files: [] });
    made.classList.add("welcome");
    this.box.append(made);
  }

  dropWelcome() {
    this.box.querySelector(".welcome")?.remove();
  }

  fate(key, name) {
    const own = key && this.byKey.get(key);
    if (!own || (name === "sent" && ["received", "seen"].includes(own.dataset.fate))) return;
    own.dataset.fate = name;
    own.classList.toggle("waiting", name === "waiting");
    own.classList.toggle("failed", name === "failed");
    const shown = own.querySelector(".fate");
    const [sign, words] = FATES[name];
    shown.replaceChildren(icon(sign), document.createTextNode(words));
    shown.hidden = false;
  }

  /** Whether somebody has spoken after this message. */
  answered(key) {
    let later = this.byKey.get(key)?.nextElementSibling;
    while (later && !later.classList.contains("turn")) later = later.nextElementSibling;
    return Boolean(later);
  }

  /** What the log no longer keeps is no longer shown: the citizen has had it erased. */
  keepOnly(positions) {
    for (const [position, { made }] of this.byPosition) {
      if (positions.has(position)) continue;
      made.remove();
      this.byPosition.delete(position);
      for (const [key, own] of this.byKey) if (own === made) this.byKey.delete(key);
    }
  }

  lastPosition() {
    return Math.max(0, ...this.byPosition.keys());
  }

  /** Once answered, the fate of what was asked is plain; older buttons step back, and still work. */
  settle() {
    for (const own of this.box.querySelectorAll(".own:not(.waiting):not(.failed) .fate")) own.hidden = true;
    for (const acts of this.box.querySelectorAll(".acts:not(.past)")) acts.classList.add("past");
  }

  place(made, position) {
    let after = this.box.lastElementChild;
    while (after && !(Number(after.dataset.position) < position)) after = after.previousElementSibling;
    if (after) after.after(made);
    else this.box.prepend(made);
  }

  answer(line) {
    const turn = element("div", "turn");
    const human = line.author === "specialist";
    if (JOINED.test(line.text) && !line.card) {
      turn.append(element("p", "join", line.text));
      return turn;
    }
    // A list is there to be read and ticked: only an answer has a next step of its own.
    const acts = this.acts(line.choices, Boolean(line.card && !line.card.items.length));
    if (line.card) {
      turn.append(card(line.card, acts));
    } else {
      const other = element("div", human ? "other human" : "other");
      const from = element("p", "from", human ? (line.name ?? "Спеціаліст") : "");
      if (!human) from.append(icon("bot"), document.createTextNode("Бот"));
      other.append(from, spoken(element("p", "bubble"), line.text));
      if (line.pin) other.append(mapLink(line.pin));
      turn.append(other);
      if (acts) turn.append(acts);
    }
    for (const file of line.files) turn.append(wrapped("other", fileView(file)));
    return turn;
  }

  /** The buttons of an answer, and in a quiet row under them the ways out that end the list. */
  acts(choices, hasNextStep) {
    if (!choices.length) return null;
    let own = choices.length;
    while (own && this.ways.includes(choices[own - 1].id)) own -= 1;
    const acts = element("div", "acts");
    const put = (box, choice, look) => {
      const button = element("button", look, choice.label);
      button.type = "button";
      button.addEventListener("click", () => this.press(choice));
      box.append(button);
    };
    choices.slice(0, own).forEach((choice, index) => put(acts, choice, hasNextStep && index === 0 ? "tap main" : "tap"));
    if (own < choices.length) {
      const ways = element("div", "ways");
      for (const choice of choices.slice(own)) put(ways, choice, "tap quiet");
      acts.append(ways);
    }
    return acts;
  }
}

function ownBubble(line) {
  const own = element("div", "own");
  own.append(element("span", "vh", "Ви:"));
  for (const file of line.files) own.append(fileView(file));
  const wordless = line.files.length > 0 && NAMES_OF_FILES.includes(line.text);
  if (line.text && !wordless) own.append(element("p", "bubble", line.text));
  const fate = element("p", "fate");
  fate.hidden = true;
  own.append(fate);
  return own;
}

/** The place an answer is about, on a map of its own. */
function mapLink({ title, link }) {
  const made = element("p", "pin");
  made.append(outward(link, `Показати на мапі: ${title}`));
  return made;
}

function card(card, acts) {
  const made = element("article", "card");
  const [first, rest] = sentences(card.answer);
  made.append(element("h2", "", card.title), spoken(element("p", "answer"), first));
  if (rest) made.append(note(rest));
  if (card.lines.length) {
    const lines = element("dl");
    for (const line of card.lines) {
      const pair = element("div");
      pair.append(element("dt", "", line.label), spoken(element("dd"), line.value));
      lines.append(pair);
    }
    made.append(lines);
  }
  if (card.items.length) made.append(list("ol", card.items));
  const maybe = card.items.length ? "Можливо, ще" : "Можливо";
  if (card.maybe.length) made.append(element("h3", "", maybe), list("ul", card.maybe));
  if (card.note) made.append(note(card.note));
  if (acts) made.append(acts);
  if (card.source) made.append(source(card.source));
  return made;
}

/** What follows the answer, a paragraph a line. */
function note(text) {
  const made = element("div", "note");
  for (const line of text.split("\n")) if (line.trim()) made.append(spoken(element("p"), line));
  return made;
}

function list(tag, items) {
  const made = element(tag);
  for (const item of items) {
    const row = element("li");
    row.append(spoken(element("span"), item));
    made.append(row);
  }
  return made;
}

function source({ text, url }) {
  const made = element("p", "source");
  const words = element("span");
  if (url && /^https?:\/\//.test(url)) {
    // Only the act itself is the link: «Джерело: » before it and «. Перевірено …» after it are not.
    const [, before, act, after] = /^(Джерело: )?(.*?)(\. Перевірено .*)?$/s.exec(text);
    words.append(before ?? "", outward(url, act), after ?? "");
  } else {
    words.textContent = text;
  }
  made.append(icon("scales"), words);
  return made;
}

function fileView(file) {
  if (file.kind === "photo") {
    const link = element("a", "shot");
    link.href = file.url;
    link.download = file.name ?? "";
    const image = element("img");
    image.src = file.url;
    image.alt = file.name ? `Фото: ${file.name}` : "Фото";
    link.append(image);
    return link;
  }
  if (file.kind === "voice") {
    const audio = element("audio");
    audio.controls = true;
    audio.preload = "none";
    audio.src = file.url;
    audio.setAttribute("aria-label", file.name ? `Запис: ${file.name}` : "Запис голосу");
    return audio;
  }
  const link = element("a", "tap");
  link.href = file.url;
  link.download = file.name ?? "";
  link.append(icon("file"), element("span", "", `${file.name ?? "Файл"}, ${sizeInWords(file.size)}`));
  return link;
}

function wrapped(className, inner) {
  const box = element("div", className);
  box.append(inner);
  return box;
}
