// The code of the moment, drawn anew before it runs out; the screen stays on while it is shown.
// Without it the page loads itself anew.

const place = document.querySelector("[data-code]");
const lost = document.querySelector("[data-lost]");
const every = place.dataset.every * 1000, life = place.dataset.life * 1000;
let drawnAt = Date.now(), isAsking = false;

async function draw() {
  if (isAsking) return;
  isAsking = true;
  const askedAt = Date.now();
  const options = { cache: "no-store", signal: AbortSignal.timeout?.(5000) };
  const answer = await fetch(place.dataset.code, options).catch(() => null);
  const html = answer?.ok && !answer.redirected ? await answer.text().catch(() => null) : null;
  isAsking = false;
  if (answer && !html && answer.status < 500) return location.reload(); // signed out, or the card is stopped
  if (!html) return;
  place.innerHTML = html;
  drawnAt = askedAt;
}

function tick() {
  const age = Date.now() - drawnAt;
  if (age >= every) draw();
  place.hidden = age >= life; // nobody should wait at the scanner with a dead code
  lost.hidden = !place.hidden;
  place.querySelector("[data-seconds]").textContent = Math.max(0, Math.ceil((every - age) / 1000));
}

// A phone takes its lock back whenever the page goes out of sight.
function wake() {
  if (document.hidden) return;
  navigator.wakeLock?.request("screen").catch(() => {});
  tick();
}

setInterval(tick, 1000);
document.addEventListener("visibilitychange", wake);
wake();
