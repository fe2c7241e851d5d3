"use strict";
// The kiosk's own behaviour: keypad, clock, idle time, the line to the server.
// Every page works without it; the server forgets an idle worker by itself.

{
  const WARN = 45, WIPE = 60, DONE = 20, RELOAD = 600; // seconds
  const kiosk = document.querySelector("[data-kiosk]");
  const pace = kiosk.dataset.kiosk; // start, idle, done
  const field = kiosk.querySelector("[data-digits]");
  const warning = kiosk.querySelector("[data-warning]");
  const offline = kiosk.querySelector("[data-offline]");
  const seconds = (since) => (Date.now() - since) / 1000;
  let acted = Date.now(), told = Date.now(), telling = null;
  let isDown = false, isWiped = false, isGoing = false;

  // The line. Nothing is sent into a dead one: the browser's own error page would be a dead end.

  async function isAlive() {
    try {
      isDown = !(await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout?.(3000) })).ok;
    } catch {
      isDown = true;
    }
    if (isGoing === "gone") return false; // the browser drops questions when it leaves the page
    if (isDown !== offline.open) isDown ? offline.showModal() : offline.close();
    if (!isDown && isWiped) leave();
    return !isDown;
  }

  offline.addEventListener("close", () => isDown && offline.showModal());
  addEventListener("offline", isAlive);
  addEventListener("online", isAlive);
  setInterval(isAlive, 4000);

  async function go(event, onwards) {
    if (isGoing === "cleared") {
      isGoing = "gone";
      return;
    }
    event.preventDefault();
    if (isGoing) return; // an impatient finger
    isGoing = "asking";
    await telling;
    isGoing = (await isAlive()) && "cleared";
    if (isGoing) onwards();
  }

  addEventListener("submit", (event) => go(event, () => event.target.requestSubmit(event.submitter)));
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/']");
    if (link) go(event, () => link.click());
  });

  // Idle time: a warning, then nothing of the person is left, line or no line.

  function leave() {
    isGoing = "gone";
    kiosk.querySelector("[data-leave]").submit();
  }

  function wipe() {
    if (isWiped) return;
    isWiped = true;
    for (const part of kiosk.querySelectorAll("[data-personal]")) part.remove();
    warning.close();
    isAlive();
  }

  function act() {
    if (!warning.open) acted = Date.now();
  }

  function stay() {
    acted = Date.now();
    warning.close();
  }

  // The server counts its own minute: let it know that somebody is there.
  async function tell() {
    told = Date.now();
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.redirected) wipe();
  }

  function isTouched() {
    const page = document.documentElement;
    return field.value || page.lang !== "zh-hans" || page.classList.contains("large");
  }

  const tick = {
    start() {
      if (seconds(acted) >= WIPE && isTouched()) wipe();
      else if (seconds(acted) >= RELOAD && !isDown) location.replace(location.pathname);
    },
    idle() {
      if (acted > told && seconds(told) >= 10 && !isGoing && !isDown) telling = tell();
      show(WIPE - seconds(acted));
      if (seconds(acted) >= WIPE) wipe();
      else if (seconds(acted) >= WARN && !warning.open) warning.showModal();
    },
    done() {
      show(DONE - seconds(acted));
      if (seconds(acted) >= DONE) wipe();
    },
  }[pace];

  function show(left) {
    for (const number of kiosk.querySelectorAll("[data-seconds]")) number.textContent = Math.max(0, Math.ceil(left));
  }

  if (pace !== "done") for (const sign of ["pointerdown", "keydown", "wheel"]) addEventListener(sign, act);
  for (const button of kiosk.querySelectorAll("[data-more]")) button.addEventListener("click", stay);
  warning.addEventListener("close", () => { acted = Date.now(); });
  setInterval(() => isWiped || tick(), 1000);

  // What the browser kept of an earlier page is asked for anew, and never posted again.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    kiosk.remove();
    location.replace(location.pathname);
  });
  history.replaceState(null, "", location.href);

  // The clock shows the server's time: nobody sets the clock of a screen on a wall.

  for (const clock of kiosk.querySelectorAll("[data-clock]")) {
    const ahead = Date.parse(clock.dateTime) - Date.now();
    const format = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "Asia/Shanghai" });
    setInterval(() => { clock.textContent = format.format(Date.now() + ahead); }, 1000);
  }

  // The keypad types into the field; so does a scanner, wherever the focus was.

  if (field) {
    field.inputMode = "none"; // no second keyboard over ours
    const keypad = kiosk.querySelector("[data-keypad]");
    keypad.addEventListener("mousedown", (event) => event.preventDefault());
    keypad.addEventListener("click", (event) => {
      const key = event.target.dataset.key;
      if (key === "clear") field.value = "";
      else if (key === "delete") field.value = field.value.slice(0, -1);
      else if (key && field.value.length < field.maxLength) field.value += key;
    });
    addEventListener("keydown", (event) => {
      if (/^\d$/.test(event.key) && !kiosk.querySelector("dialog[open]")) field.focus();
    });
  }
}
