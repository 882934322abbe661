// The report's own comfort: dates of one's own only where they are chosen, a choice shows itself, printing.
"use strict";

(() => {
  const sift = document.getElementById("sift");
  const print = document.getElementById("print");
  const own = document.getElementById("own");
  const dates = () => { own.hidden = sift.elements.period.value !== "own"; };

  // What is not shown is not asked for.
  sift.addEventListener("formdata", (event) => {
    if (own.hidden) for (const name of ["from", "to"]) event.formData.delete(name);
    for (const name of ["channel", "topic", "office"]) if (!event.formData.get(name)) event.formData.delete(name);
  });
  sift.addEventListener("change", (event) => {
    dates();
    if (event.target.matches("select") && sift.elements.period.value !== "own") sift.requestSubmit();
  });
  dates();

  print.hidden = false;
  print.addEventListener("click", () => window.print());
  document.addEventListener("click", (event) => {
    const menu = document.querySelector(".acts .more");
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
})();
