// Whoever writes a moment of their own means that one.
"use strict";

document.addEventListener("input", (event) => {
  if (event.target.id === "snooze-at" && event.target.value) document.getElementById("snooze-own").checked = true;
});
