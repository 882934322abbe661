// A number that somebody has asked for stays shown while the page draws itself anew around it.
"use strict";

Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) =>
  !(old.nodeType === Node.ELEMENT_NODE && old.matches(".number") && old.querySelector(".unmasked")
    && fresh.dataset.shown === old.dataset.shown);
