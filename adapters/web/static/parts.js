// Small parts every other script builds the page from. Text only ever becomes text.

/** An element with a class and text; nothing is ever parsed as HTML. */
export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** One of the icons drawn in the page, hidden from screen readers: a word always stands beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function byId(id) {
  return document.getElementById(id);
}

// Phones of people and offices, the short round-the-clock lines, and numbers of consultations (26-0007).
const UNBROKEN = /(?:\+?38)?0[\s\u00a0]?\(?\d{2,3}\)?(?:[\s\u00a0-]?\d{2,3}){3}(?!\d)|\b(?:15-4[57]|116[\s\u00a0]1(?:11|23))(?!\d)|\b\d\d-\d{4,}\b/g;
const TICKET = /^\d\d-\d{4,}$/;
// «телефонуйте 102», «загрожують — 102.»: three digits are a phone only where the words call them one.
const RESCUE = /(— |телефонуйте )(10[1-3])(?!\d| \d| грн)/g;

// What ends a sentence after an address is none of it.
const ADDRESS = /https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#](?:[^\s]*[^\s.,;:!?)»”])?)?/gi;

/** Text where a number never breaks in two, a phone is a touch away, and an address is its site's name, to be opened. */
export function spoken(made, text) {
  let from = 0;
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    numbered(made, text.slice(from, index));
    made.append(outward(address));
    from = index + address.length;
  }
  return numbered(made, text.slice(from));
}

/** A link to another site, in a tab of its own. */
export function outward(address, words = new URL(address).hostname.replace(/^www\./, "")) {
  const link = element("a", "", words);
  link.href = address;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  link.append(element("span", "vh", " (відкриється в новій вкладці)"));
  return link;
}

function numbered(made, text) {
  const found = [...text.matchAll(UNBROKEN)].map(({ 0: number, index }) => ({ number, index }));
  for (const { 1: before, 2: number, index } of text.matchAll(RESCUE)) found.push({ number, index: index + before.length });
  let from = 0;
  for (const { number, index } of found.sort((one, other) => one.index - other.index)) {
    const phone = !TICKET.test(number);
    const held = element(phone ? "a" : "span", "tel", number);
    if (phone) held.href = `tel:${number.replace(/[^\d+]/g, "")}`;
    made.append(text.slice(from, index), held);
    from = index + number.length;
  }
  made.append(text.slice(from));
  return made;
}

// Shortened words whose full stop ends no sentence: «м. Зразків, вул. Садова, 4».
const SHORTENED = /(?:^|[^А-ЯІЇЄҐа-яіїєґ])(?:м|с|смт|вул|просп|пл|бул|буд|кв|каб|тел|обл|ст|п|пп|ч|р|рр|ім|грн|тис|млн|т|д)$/i;

/** The first sentence, which says it all, and the rest. Lines without a full stop are one sentence together. */
export function sentences(text) {
  for (const { index } of text.matchAll(/[.!?…](?=\s+[«„А-ЯІЇЄҐA-Z0-9])/g)) {
    if (!SHORTENED.test(text.slice(0, index))) return [text.slice(0, index + 1), text.slice(index + 1).trim()];
  }
  return [text, ""];
}

/** `12,4 МБ`, `310 КБ`. */
export function sizeInWords(bytes) {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} КБ`;
  return `${(Math.ceil(bytes / 100_000) / 10).toString().replace(".", ",")} МБ`;
}

const PEOPLE = { one: "людина", few: "людини" };
const PLURALS = new Intl.PluralRules("uk");

/** `1 людина`, `2 людини`, `5 людей`. */
export function peopleInWords(count) {
  return `${count} ${PEOPLE[PLURALS.select(count)] ?? "людей"}`;
}

/** A key nobody else has made: a message sent twice under one key is one message. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is kept in the browser; where that is forbidden the page works on without. */
export const kept = {
  read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  write(name, value) {
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // Private windows and full storage: unsent messages then live as long as the page.
    }
  },
};
