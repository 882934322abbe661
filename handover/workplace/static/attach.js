// Files beside a reply: each is uploaded as soon as it is picked or pasted, and waits with the draft on the server.
"use strict";

const attaching = (() => {
  const byId = (id) => document.getElementById(id);
  let queue = Promise.resolve();
  let open = 0;

  const say = (text) => { const state = byId("adding"); if (state) state.textContent = text; };

  function refuse(text) {
    const notice = Object.assign(document.createElement("p"), { className: "notice bad" });
    notice.append(Object.assign(document.createElement("span"), { textContent: text }));
    byId("alert")?.replaceChildren(notice);
  }

  function draw(part) {
    const fresh = part.getElementById("files");
    if (!fresh) return;
    fresh.removeAttribute("hx-swap-oob");
    byId("files").replaceWith(fresh);
    htmx.process(fresh);
    drafts.mark();
  }

  async function send(file, address) {
    const form = new FormData();
    form.append("csrf", document.querySelector("[name=csrf]").value);
    form.append("file", file, file.name);
    const answer = await fetch(address, { method: "POST", headers: { "HX-Request": "true" }, body: form }).catch(() => null);
    // Another conversation is open by now: the file waits in its own draft.
    if (byId("attach")?.dataset.address !== address) return;
    if (!answer) return refuse(`Файл «${file.name}» не дійшов: зв’язку немає. Додайте його ще раз, решта на місці.`);
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) return draw(part);
    byId("alert").replaceChildren(...part.body.childNodes);
  }

  function add(files) {
    const { address, limit } = byId("attach").dataset;
    byId("alert")?.replaceChildren();
    for (const file of files) {
      if (file.size > Number(limit)) {
        refuse(`Файл «${file.name}» завеликий. ${byId("carries").textContent}. Решта на місці.`);
        continue;
      }
      open += 1;
      queue = queue.then(() => {
        say(`Додаємо: ${file.name}…`);
        return live.during(send(file, address));
      }).finally(() => {
        open -= 1;
        if (!open) say("");
      });
    }
  }

  // Whoever sends while a file is still on its way would send without it.
  function waits() {
    if (open) say("Файл ще додається. Надішліть за мить.");
    return open > 0;
  }

  document.addEventListener("click", (event) => event.target.closest("#attach") && byId("file").click());

  document.addEventListener("change", (event) => {
    if (event.target.id !== "file") return;
    const picked = [...event.target.files];
    event.target.value = "";
    add(picked);
  });

  document.addEventListener("paste", (event) => {
    if (event.target.id !== "text-reply" || !event.clipboardData.files.length || !byId("attach")) return;
    event.preventDefault();
    add([...event.clipboardData.files]);
  });

  // The pressed button goes with its file: whoever works by the keyboard stays beside it.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.pathInfo.requestPath.endsWith("/files/remove")) byId("attach")?.focus();
    drafts.mark();
  });

  return { waits };
})();
