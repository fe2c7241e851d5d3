"use strict";
// The desk by keyboard, the countdown beside "Undo", and one tick for a whole page.
// Every page works without it.

{
  const typing = "textarea, select, input:not([type=radio], [type=checkbox], [type=submit])";
  let isGoing = false; // an impatient finger decides once

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.target.closest(typing)) return;
    const key = CSS.escape(event.key.toLowerCase());
    const target = document.querySelector(`[data-key="${key}"]`) ?? document.querySelector(`[data-also="${key}"]`);
    if (!target) return;
    event.preventDefault();
    target.click();
  });

  addEventListener("submit", (event) => {
    if (isGoing) event.preventDefault();
    isGoing = true;
  });
  addEventListener("pageshow", () => (isGoing = false)); // back again with the browser's own button

  for (const held of document.querySelectorAll("[data-held]")) {
    const end = Date.now() + held.dataset.held * 1000;
    const seconds = held.querySelector("[data-seconds]");
    const clock = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000);
      seconds.textContent = Math.max(0, left);
      if (left > 0) return;
      clearInterval(clock);
      held.querySelector("[data-undo]").hidden = true;
      held.querySelector("[data-passed]").hidden = false;
    }, 250);
  }

  const all = document.querySelector("[data-all]");
  if (all) {
    all.hidden = false;
    all.querySelector("input").addEventListener("change", (event) => {
      for (const box of document.querySelectorAll("[name=ids]")) box.checked = event.target.checked;
    });
  }
}
