// What the citizen has written and the server has not yet confirmed: kept over reloads, sent in order, never doubled.

import { kept } from "./parts.js";

const STORED = "pryimalnia-unsent";
const PATIENCE = 15_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

export class Outbox {
  /** `onFate(message, fate)`: fate is "waiting", "sent", "refused" or "stranger" (the visitor's cookie is gone). */
  constructor(address, onFate) {
    this.address = address;
    this.onFate = onFate;
    this.unsent = kept.read(STORED, []);
    this.sending = false;
    this.wait = FIRST_WAIT;
    this.timer = 0;
  }

  add(message) {
    this.unsent.push(message);
    this.save();
    this.flush();
  }

  /** The log has this message already: an answer to us was lost on its way. */
  forget(key) {
    if (!this.unsent.some((message) => message.key === key)) return;
    this.unsent = this.unsent.filter((message) => message.key !== key);
    this.save();
  }

  has(test) {
    return this.unsent.some(test);
  }

  save() {
    kept.write(STORED, this.unsent);
  }

  async flush() {
    if (this.sending) return;
    clearTimeout(this.timer);
    this.sending = true;
    try {
      while (this.unsent.length) {
        const message = this.unsent[0];
        const fate = await this.send(message);
        if (fate === "sent" || fate === "refused") {
          this.wait = FIRST_WAIT;
          this.forget(message.key);
          this.onFate(message, fate);
          continue;
        }
        for (const one of this.unsent) this.onFate(one, fate);
        if (fate === "waiting") this.timer = setTimeout(() => this.flush(), this.wait);
        this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
        return;
      }
    } finally {
      this.sending = false;
    }
  }

  async send(message) {
    const { shown, ...body } = message;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE);
    try {
      const response = await fetch(this.address, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: giveUp.signal,
      });
      if (response.status === 403) return "stranger";
      if (response.status >= 500 || response.status === 429 || response.status === 408) return "waiting";
      if (!response.ok) return "refused";
      const { accepted } = await response.json();
      return accepted.includes(message.key) ? "sent" : "refused";
    } catch {
      return "waiting";
    } finally {
      clearTimeout(timer);
    }
  }
}
