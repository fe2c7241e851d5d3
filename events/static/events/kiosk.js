"use strict";
// The kiosk's own behaviour: the line to the server, idle time, the clock.
// Every page works without it; the server forgets an idle worker by itself.
// kiosk-keys.js and kiosk-voice.js hear of "shown" (another content) and "wiped" from here.

{
  const WARN = 45, WIPE = 60, DONE = 20, RELOAD = 600; // seconds
  const EVERY = 2000, PATIENCE = 2000, LOST = 8000; // milliseconds: a cut is told within five seconds
  const kiosk = document.querySelector("[data-kiosk]");
  const pace = kiosk.dataset.kiosk; // start, idle, done
  const warning = kiosk.querySelector("[data-warning]");
  const offline = kiosk.querySelector("[data-offline]");
  const leaving = kiosk.querySelector("[data-leave]");
  const seconds = (since) => (Date.now() - since) / 1000;
  let acted = history.state?.acted ?? Date.now(), told = Date.now(), telling = null;
  let isDown = false, isWiped = false;
  let asking = null, unanswered = null, asked = 0, gone = 0;

  // The line. A page is left only when the answer is there: the browser's own error page would be a dead end.

  async function ask() {
    const mine = ++asked;
    let isThere = false;
    try {
      isThere = (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })).ok;
    } catch { /* told below */ }
    if (isThere && mine !== asked) return; // from before what was asked since
    if (seconds(gone) < 4) return; // the browser drops questions when it leaves the page
    const wasDown = isDown;
    tell(!isThere);
    if (isThere && (wasDown || isWiped)) goOn();
  }

  function tell(down) {
    isDown = down;
    if (!down) offline.close();
    else if (!offline.open) pace === "done" && !isWiped ? offline.show() : offline.showModal(); // the code stays
  }

  function goOn() {
    if (isWiped) step(leaving.action, leaving);
    else if (unanswered) step(...unanswered); // its key finds the answer that was lost
    else again(); // what the page said may not be true any more
  }

  offline.addEventListener("close", () => isDown && tell(true));
  addEventListener("offline", ask);
  addEventListener("online", ask);
  setInterval(ask, EVERY);

  async function step(address, form, button) {
    if (asking) return; // an impatient finger
    const mine = asking = new AbortController();
    const options = { cache: "no-store", signal: mine.signal };
    if (form) Object.assign(options, { method: "POST", body: new URLSearchParams(new FormData(form, button)) });
    const patience = setTimeout(() => mine.abort(), LOST);
    try {
      await telling;
      const answer = await fetch(address, options);
      if (answer.status > 500) throw new Error(answer.status); // a proxy without its server
      const page = await answer.text();
      if (mine === asking) show(answer, form && page);
    } catch {
      if (mine !== asking) return; // wiped meanwhile
      asking = null;
      unanswered = form?.matches("[data-once]") ? [address, form, button] : null;
      tell(true);
      ask();
    } finally {
      clearTimeout(patience);
    }
  }

  function show(answer, page) {
    unanswered = null;
    if (answer.redirected || (answer.ok && !page)) return go(answer.url);
    const next = page && new DOMParser().parseFromString(page, "text/html");
    const main = next?.querySelector("main[data-personal]");
    if (!main) return again();
    kiosk.querySelector("main").replaceWith(main);
    document.title = next.title;
    (main.querySelector("[autofocus]") ?? main).focus();
    asking = null;
    acted = Date.now();
    kiosk.dispatchEvent(new Event("shown"));
  }

  function go(address) {
    gone = Date.now();
    location.replace(address); // nothing to go back to
  }

  function again() {
    gone = Date.now();
    history.replaceState({ acted }, ""); // the minute goes on
    location.reload();
  }

  addEventListener("submit", (event) => {
    event.preventDefault();
    step(event.target.action, event.target, event.submitter);
  });
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/']");
    if (link) event.preventDefault();
    if (link) step(link.href);
    if (event.target.closest("[data-more], [data-print]")) stay();
    if (event.target.closest("[data-print]")) print();
  });

  // Idle time: a warning, then nothing of the person is left, line or no line.

  function wipe() {
    if (isWiped) return;
    isWiped = true;
    asking?.abort();
    asking = unanswered = null;
    for (const part of kiosk.querySelectorAll("[data-personal], .tools")) part.remove();
    history.replaceState(null, "", leaving.action);
    warning.close();
    offline.close();
    kiosk.dispatchEvent(new Event("wiped"));
    ask();
  }

  function act() {
    if (!warning.open) acted = Date.now();
  }

  function stay() {
    acted = Date.now();
    warning.close();
    if (pace === "done") report();
  }

  // The server counts its own minute: let it know that somebody is there.
  async function report() {
    told = Date.now();
    const options = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(location.pathname, options).catch(() => null);
    if (answer?.redirected) wipe();
  }

  function isTouched() {
    const page = document.documentElement;
    const isRead = kiosk.querySelector("[data-voice][aria-pressed=true]");
    const isTyped = kiosk.querySelector("[data-digits]")?.value;
    return isRead || isTyped || page.lang !== "zh-hans" || page.classList.contains("large");
  }

  const tick = {
    start() {
      if (seconds(acted) >= WIPE && isTouched()) wipe();
      else if (seconds(acted) >= RELOAD && !isDown) step(location.pathname);
    },
    idle() {
      if (acted > told && seconds(told) >= 10 && !asking && !isDown) telling = report();
      count(WIPE - seconds(acted));
      if (seconds(acted) >= WIPE) wipe();
      else if (seconds(acted) >= WARN && !warning.open) warning.showModal();
    },
    done() {
      count(DONE - seconds(acted));
      if (seconds(acted) >= DONE) wipe();
    },
  }[pace];

  function count(left) {
    for (const number of kiosk.querySelectorAll("[data-seconds]")) number.textContent = Math.max(0, Math.ceil(left));
  }

  if (pace !== "done") for (const sign of ["pointerdown", "keydown", "wheel"]) addEventListener(sign, act);
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

  const ahead = Date.parse(kiosk.querySelector("[data-clock]")?.dateTime) - Date.now();
  const format = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "Asia/Shanghai" });
  setInterval(() => {
    for (const clock of kiosk.querySelectorAll("[data-clock]")) clock.textContent = format.format(Date.now() + ahead);
  }, 1000);
}
