// Whoever writes a moment or a reason of their own means that one.
"use strict";

const OWN_CHOICES = { "snooze-at": "snooze-own", "hand-back-reason": "hand-back-own" };
document.addEventListener("input", (event) => {
  const own = OWN_CHOICES[event.target.id];
  if (own && event.target.value) document.getElementById(own).checked = true;
});
