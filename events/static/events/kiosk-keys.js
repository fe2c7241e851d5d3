"use strict";
// Hands: the keypad on the screen, a scanner that types wherever the focus is, and keys alone.

{
  const BURST = 200; // milliseconds between two keys, at most, of a scanner
  const SCAN = 6; // keys in a burst, at least; a PIN is shorter
  const kiosk = document.querySelector("[data-kiosk]");
  const help = kiosk.querySelector("[data-help]");
  const field = () => kiosk.querySelector("[data-digits]");
  const dialog = () => kiosk.querySelector("dialog:modal");
  let burst = "", last = -BURST, choosing;

  // A scan is many keys at once with Enter behind. It fills the field for a card's number, and presses nothing.

  function type(event) {
    if (event.timeStamp - last > BURST) burst = "";
    burst += event.key;
    last = event.timeStamp;
    clearTimeout(choosing);
    if (dialog()) return;
    const isAlone = burst.length === 1 && !event.repeat;
    if (event.key === "?" && isAlone) openHelp(event);
    else if (!/^\d$/.test(event.key)) return;
    else if (field()) field().focus();
    else if (isAlone) choosing = setTimeout(choose, 1.5 * BURST, event.key);
  }

  function choose(digit) {
    kiosk.querySelector(`[data-choice="${digit}"]`)?.click();
  }

  function enter(event) {
    if (event.timeStamp - last > BURST) return;
    last = -BURST; // the next key begins another
    const input = field();
    const isPin = input?.type === "password", isScan = burst.length >= SCAN;
    if (document.activeElement === input && !(isPin && isScan)) return;
    event.preventDefault();
    if (isPin && isScan) input.value = ""; // a card is no try at a PIN
  }

  // Keys alone: arrows walk, Escape goes back, F1 or ? brings help, a digit chooses a reward.

  const keys = {
    Enter: enter,
    F1: openHelp,
    ArrowDown: (event) => walk(event, 1),
    ArrowUp: (event) => walk(event, -1),
    ArrowRight: (event) => event.target.matches("input") || walk(event, 1),
    ArrowLeft: (event) => event.target.matches("input") || walk(event, -1),
    Escape() {
      if (dialog()) return;
      if (help.open) help.open = false;
      else if (kiosk.dataset.kiosk !== "start") kiosk.querySelector(".kiosk-back .button")?.click();
    },
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key.length === 1) type(event);
    else keys[event.key]?.(event);
  });

  function walk(event, way) {
    event.preventDefault();
    const all = [...(dialog() ?? kiosk).querySelectorAll("a[href], button, input, summary")];
    const shown = all.filter((each) => each.type !== "hidden" && each.checkVisibility());
    const here = shown.indexOf(document.activeElement);
    shown.at(here < 0 && way < 0 ? -1 : (here + way) % shown.length)?.focus();
  }

  function openHelp(event) {
    event.preventDefault();
    if (dialog()) return;
    help.open = true;
    help.querySelector("summary").focus();
  }

  // The keypad types into the field.

  kiosk.addEventListener("mousedown", (event) => {
    if (event.target.closest("[data-keypad]")) event.preventDefault(); // the focus stays in the field
  });
  kiosk.addEventListener("click", (event) => {
    const key = event.target.dataset.key, input = field();
    if (!key || !input) return;
    if (key === "clear") input.value = "";
    else if (key === "delete") input.value = input.value.slice(0, -1);
    else if (input.value.length < input.maxLength) {
      input.setRangeText(key, input.selectionStart, input.selectionEnd, "end");
    }
  });

  function prepare() {
    const input = field();
    if (input) input.inputMode = "none"; // no second keyboard over ours
    input?.select(); // what was refused is seen, and gives way to the next
  }

  kiosk.addEventListener("shown", prepare);
  prepare();
}
