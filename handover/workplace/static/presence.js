// Who is here: the page says that it is looked at or written in, and shows who else is.
"use strict";

const presence = (() => {
  const PULSE = 20000;
  const STILL = 8000;
  let conversation = null;
  let doing = "looks";
  let pulse = null;
  let still = null;

  async function tell(what, where = conversation) {
    const csrf = document.querySelector("[name=csrf]")?.value;
    if (!where || !csrf) return;
    const answer = await fetch(`/workplace/conversations/${where}/presence`, {
      method: "POST",
      headers: { "HX-Request": "true" },
      body: new URLSearchParams({ csrf, doing: what }),
      keepalive: true,
    }).catch(() => null);
    const strip = document.getElementById("viewers");
    if (!answer?.ok || !strip || where !== drafts.opened()) return;
    Idiomorph.morph(strip, (await answer.text()).trim(), { morphStyle: "outerHTML" });
  }

  function beat() {
    clearInterval(pulse);
    pulse = setInterval(() => tell(doing), PULSE);
    tell(doing);
  }

  function away() {
    clearInterval(pulse);
    clearTimeout(still);
    if (conversation) tell("left", conversation);
    doing = "looks";
  }

  function look() {
    const opened = drafts.opened() || null;
    if (opened === conversation) return;
    away();
    conversation = opened;
    if (conversation && document.visibilityState === "visible") beat();
  }

  function become(what) {
    if (what === doing) return;
    doing = what;
    beat();
  }

  document.addEventListener("input", (event) => {
    if (!event.target.matches("#text-reply, #text-note")) return;
    clearTimeout(still);
    still = setTimeout(() => become("looks"), STILL);
    become(event.target.form.dataset.mode);
  });

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") away();
    else if (conversation) beat();
  });
  window.addEventListener("pagehide", away);

  return { look };
})();
