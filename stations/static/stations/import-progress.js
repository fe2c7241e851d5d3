// Keeps the bar of an import moving; when the job has got to its next state, the page shows it.
const bar = document.querySelector("[data-import-progress]");
const says = document.getElementById("says");

async function ask() {
  try {
    const answer = await fetch(bar.dataset.importProgress, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) return; // signed out meanwhile: the page stays as it is
    const job = await answer.json();
    if (job.state !== bar.dataset.state) return location.reload();
    bar.max = job.total || 1;
    bar.value = job.done;
    if (says.textContent !== job.says) says.textContent = job.says;
  } catch {
    // No network for a moment; the next question may get through.
  }
  setTimeout(ask, 1000);
}

ask();
