// One file beside the text: chosen, shown with its name, uploaded at once, sent with the next message.

import { byId, sizeInWords } from "./parts.js";

const AGAIN = 3_000;

export class Upload {
  constructor({ address, limit, limitText, onChange, onTrouble }) {
    this.address = address;
    this.limit = limit;
    this.limitText = limitText;
    this.onChange = onChange;
    this.onTrouble = onTrouble;
    this.picked = null;
    this.ready = null;
    const input = byId("file");
    byId("attach").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      if (input.files[0]) this.pick(input.files[0]);
      input.value = "";
    });
    byId("unpick").addEventListener("click", () => {
      this.clear();
      byId("text").focus();
    });
  }

  pick(file) {
    this.clear();
    this.onTrouble("");
    if (file.size > this.limit) {
      this.onTrouble(
        `Файл завеликий: ${sizeInWords(file.size)}. Можна до ${this.limitText} МБ: зменште його або сфотографуйте ще раз.`,
      );
      return;
    }
    this.picked = file;
    byId("picked-name").textContent = file.name;
    const image = file.type.startsWith("image/");
    if (image) byId("thumb").src = this.preview = URL.createObjectURL(file);
    byId("thumb").hidden = !image;
    byId("paper").toggleAttribute("hidden", image);
    byId("picked").hidden = false;
    this.send(file);
  }

  async send(file) {
    this.say("Завантажуємо…");
    const form = new FormData();
    form.append("file", file, file.name);
    let response, answer;
    try {
      response = await fetch(this.address, { method: "POST", credentials: "same-origin", body: form });
      answer = response.status < 500 ? await response.json() : null;
    } catch {
      answer = null;
    }
    if (this.picked !== file) return;
    if (!answer) {
      this.say("Чекає на зв’язок");
      setTimeout(() => this.picked === file && !this.ready && this.send(file), AGAIN);
    } else if (response.ok) {
      this.ready = answer;
      this.say(`${sizeInWords(file.size)}, можна надсилати`);
      this.onChange();
    } else {
      this.clear();
      this.onTrouble(answer.error);
    }
  }

  say(words) {
    byId("picked-state").textContent = words;
  }

  /** True while a file is chosen and not yet on the server. */
  get busy() {
    return Boolean(this.picked && !this.ready);
  }

  /** The uploaded file for the message that takes it, or null. */
  take() {
    const { ready } = this;
    if (ready) this.clear();
    return ready;
  }

  clear() {
    if (this.preview) URL.revokeObjectURL(this.preview);
    this.preview = null;
    this.picked = null;
    this.ready = null;
    byId("thumb").removeAttribute("src");
    byId("picked").hidden = true;
    this.onChange();
  }
}
