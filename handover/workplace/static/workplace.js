// The page itself: opening a conversation, dialogs, photos, the packet's drawer, and what to say when a request fails.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);

  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === "open" && node.matches("details")) && !(name === "class" && node.matches(".photo"));

  function gate() {
    const allowed = byId("gate")?.dataset.mayReply === "yes";
    const send = byId("send");
    if (!send) return;
    send.disabled = !allowed;
    byId("keep").hidden = !allowed || byId("window").dataset.keep !== "yes";
    const { price } = byId("window").dataset;
    send.textContent = price ? `Надіслати за ${price}` : "Надіслати";
    // The channel is in the way, not the writer: the button stays in reach of the keyboard and says why.
    const closed = byId("window")?.dataset.closed === "yes";
    for (const [name, value] of [["aria-disabled", "true"], ["aria-describedby", "window-text"]]) {
      if (closed) send.setAttribute(name, value);
      else send.removeAttribute(name);
    }
  }

  function opened() {
    const work = byId("work");
    document.querySelector(".app").classList.toggle("reading", Boolean(work.dataset.conversation));
    const log = byId("log");
    if (log) log.scrollTop = log.scrollHeight;
    if (work.dataset.title) document.title = `${work.dataset.title} · Приймальня`;
    drafts.restore();
    presence.look();
    live.decorate();
    live.wire();
    gate();
  }

  // The server is in the way, not the writer: the words stay, and the same press tries again.
  function unsent(text) {
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.append(Object.assign(document.createElement("span"), { textContent: text }));
    byId("alert")?.replaceChildren(notice);
  }

  document.addEventListener("DOMContentLoaded", () => {
    opened();
    const address = new URL(location.href);
    if (address.searchParams.has("write")) {
      // Taken by a press that came before the scripts.
      address.searchParams.delete("write");
      history.replaceState(history.state, "", address);
      drafts.choose("reply", true);
    } else if (drafts.opened()) byId("log").focus({ preventScroll: true });
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "work" || event.detail.requestConfig?.verb === undefined) return;
    if (byId("work") && byId("work") !== event.detail.target) {
      opened();
      byId("log")?.focus({ preventScroll: true });
    }
  });

  document.addEventListener("htmx:afterOnLoad", (event) => {
    gate();
    const sender = event.detail.elt;
    if (event.detail.requestConfig.verb !== "post") return;
    if (event.detail.xhr.status < 400) {
      byId("alert")?.replaceChildren();
      sender.closest("dialog")?.close();
      sender.closest("details")?.removeAttribute("open");
      // A form that its own answer has drawn away is spoken of by what stood around it.
      if (sender.matches("dialog form")) sender.reset();
      live.refreshQueue(!sender.matches("#form-reply, #form-note"));
      if (/\/(take|start)(\?|$)/.test(event.detail.pathInfo.requestPath)) drafts.choose("reply", true);
    } else {
      sender.closest("dialog")?.close();
      live.refreshQueue(false);
      if (event.detail.xhr.status === 409) live.refreshTalk();
    }
  });

  // What the page asks for by itself comes again; only a press that was lost is spoken of.
  const pressed = (event) => event.detail.requestConfig.verb === "post";
  document.addEventListener("htmx:sendError", (event) => pressed(event) && unsent("Немає зв’язку. Текст лишився тут: натисніть ще раз, коли з’явиться."));
  document.addEventListener("htmx:timeout", (event) => pressed(event) && unsent("Сервер довго мовчить. Текст лишився тут: натисніть ще раз, двічі не надішлеться."));

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, summary, a");
    if (!target) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    // A search and a filter are set in dialogs that came with the page: their own addresses draw it anew.
    const sameDialogs = target.matches("#views [data-view]:not([data-view=''])") && !document.querySelector("#order .chip");
    if (sameDialogs && plain) {
      event.preventDefault();
      target.closest("details")?.removeAttribute("open");
      live.showList(new URL(target.href).search.slice(1));
      return;
    }
    if (target.id === "further" && plain) {
      event.preventDefault();
      live.showFurther(target);
      return;
    }
    if (target.dataset.opens) {
      event.preventDefault();
      target.closest("details")?.removeAttribute("open");
      byId(target.dataset.opens).showModal();
    }
    else if (target.dataset.closes) byId(target.dataset.closes).close();
    else if (target.dataset.packet) byId("work").classList.toggle("packet-open", target.dataset.packet === "open");
    else if (target.dataset.mode) drafts.choose(target.dataset.mode, true);
    else if (target.matches(".photo")) target.classList.toggle("large");
    else if (target.id === "news") live.renew();
    else if (target.id === "tail") {
      byId("log").scrollTop = byId("log").scrollHeight;
      target.hidden = true;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches(".modes [role=tab]") || !["ArrowLeft", "ArrowRight"].includes(event.code)) return;
    drafts.choose(event.target.dataset.mode === "reply" ? "note" : "reply", false);
    document.querySelector(".modes [aria-selected=true]").focus();
  });

  document.addEventListener("scroll", (event) => {
    if (event.target.id === "log" && live.atEnd(event.target)) byId("tail").hidden = true;
  }, true);
})();
