// The live connection: resumes after sleep, reload and lost networks from the last cursor, without a gap.

const SILENCE = 45_000; // three beats of the server
const LOOK = 5_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

export class Stream {
  /** `onFeed(feed)` for what is new; `onLink(connected)` when the connection comes or goes. */
  constructor(address, cursor, onFeed, onLink) {
    this.address = address;
    this.cursor = cursor;
    this.onFeed = onFeed;
    this.onLink = onLink;
    this.heard = Date.now();
    this.wait = FIRST_WAIT;
    this.timer = 0;
    this.open();
    setInterval(() => this.look(), LOOK);
    addEventListener("online", () => this.open());
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.open());
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
  }

  open() {
    clearTimeout(this.timer);
    this.source?.close();
    this.heard = Date.now();
    const source = new EventSource(`${this.address}?after=${this.cursor}`);
    this.source = source;
    source.addEventListener("open", () => this.alive());
    source.addEventListener("beat", () => this.alive());
    source.addEventListener("feed", (event) => {
      if (source !== this.source) return;
      this.alive();
      const feed = JSON.parse(event.data);
      this.cursor = feed.cursor;
      this.onFeed(feed);
    });
    source.addEventListener("error", () => source === this.source && this.broken());
  }

  alive() {
    this.heard = Date.now();
    this.wait = FIRST_WAIT;
    this.onLink(true);
  }

  broken() {
    this.onLink(false);
    this.source.close();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  /** After sleep a connection may look open and be dead: silence tells. */
  look() {
    if (this.source.readyState !== EventSource.CLOSED && Date.now() - this.heard > SILENCE) this.open();
  }
}
