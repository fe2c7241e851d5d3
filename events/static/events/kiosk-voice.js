"use strict";
// Reading aloud, by a voice that lives in the device: what is said never leaves it.
// [data-say] is read by itself, [data-private] (points, code) when asked for: others may be listening.

{
  const VOICES = { "zh-hans": /^(zh(?!.*hk)|cmn)/i, en: /^en/i };
  const kiosk = document.querySelector("[data-kiosk]");
  const button = kiosk.querySelector("[data-voice]");
  const speech = window.speechSynthesis;
  const isOn = () => button.getAttribute("aria-pressed") === "true";
  let voice;

  function say(place, what) {
    speech.cancel();
    for (const part of place.querySelectorAll(what)) {
      if (!part.checkVisibility()) continue;
      const text = part.innerText.trim();
      const words = new SpeechSynthesisUtterance(part.dataset.private === "spelt" ? [...text].join(" ") : text);
      Object.assign(words, { voice, lang: voice.lang, rate: 0.9 });
      speech.speak(words);
    }
  }

  function sayScreen() {
    const place = kiosk.querySelector("dialog[open]") ?? kiosk.querySelector("main");
    if (isOn()) say(place, "[data-say], .errorlist");
  }

  function turn(on) {
    button.setAttribute("aria-pressed", on);
    for (const each of kiosk.querySelectorAll("[data-read]")) each.hidden = !on;
    if (!on) speech.cancel();
    sayScreen();
  }

  // Only the present person wants it: the server takes this cookie away with them.
  function remember(on) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `voice=1; path=/kiosk/; samesite=lax${secure}${on ? "" : "; max-age=0"}`;
  }

  function find() {
    if (voice) return;
    const fits = VOICES[document.documentElement.lang];
    voice = speech.getVoices().find((each) => each.localService === true && fits?.test(each.lang));
    button.hidden = !voice;
    if (voice && document.cookie.split("; ").includes("voice=1")) turn(true);
  }

  button.addEventListener("click", () => {
    remember(!isOn());
    turn(!isOn());
  });
  kiosk.addEventListener("click", (event) => {
    if (event.target.closest("[data-read]")) say(kiosk, "[data-private]");
  });
  kiosk.addEventListener("shown", () => isOn() && turn(true));
  kiosk.addEventListener("wiped", () => {
    remember(false);
    button.setAttribute("aria-pressed", false);
    button.hidden = true;
    speech?.cancel();
  });
  addEventListener("pagehide", () => speech?.cancel());
  const dialogs = new MutationObserver(([{ target }]) => target.open ? sayScreen() : speech?.cancel());
  for (const dialog of kiosk.querySelectorAll("dialog")) dialogs.observe(dialog, { attributeFilter: ["open"] });

  speech?.addEventListener("voiceschanged", find);
  if (speech) find();
}
