// Shows how opening hours are read while somebody types. Without it the page shows those that are saved.

const box = document.querySelector("[data-hours-preview]");
const field = document.querySelector("#id_opening_hours");
let waiting;
let latest = 0;

async function show() {
  const number = ++latest;
  const query = new URLSearchParams({ text: field.value });
  const response = await fetch(`${box.dataset.hoursPreview}?${query}`).catch(() => null);
  if (response?.ok && number === latest) box.innerHTML = await response.text();
}

if (box && field) {
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 300);
  });
}
