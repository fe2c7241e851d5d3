// A hazard's photo is shown before it is sent, and its place is marked: where the phone is, or on the map.
const form = document.querySelector("[data-hazard]");
const [field, box, answer, frame] = ["[name=point]", "[data-place]", "[data-answer]", "[data-map]"].map((each) => form.querySelector(each));
const words = frame.dataset, said = answer.dataset;
const ZHEJIANG = [29.2, 120.5], WHOLE = 7, CLOSE = 14, DEEPEST = 18; // CLOSE: near enough to mean one spot
const STEP = 10; // pixels that an arrow key moves the mark
const ARROWS = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };
let map = null, marker = null;

const point = (text) => (text ? text.split(",").map(Number) : null);

// The map

function open() {
  box.hidden = false;
  map = L.map(frame, { zoomControl: false, attributionControl: Boolean(words.tiles), maxZoom: DEEPEST, crs: window.nuanyi.crs(words.datum) });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const marked = point(field.value), here = point(sessionStorage.getItem("here"));
  if (marked || here) map.setView(marked || here, 15);
  else map.setView(ZHEJIANG, WHOLE);
  for (const url of words.tiles.split(" ").filter(Boolean)) {
    L.tileLayer(url, { attribution: words.attribution, maxZoom: DEEPEST }).addTo(map);
  }
  if (!words.tiles) window.nuanyi.label(map);
  if (marked) mark(L.latLng(marked));
  map.on("click", ({ latlng }) => choose(latlng));
  frame.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== frame) return;
    event.preventDefault(); // it would send the form
    choose(map.getCenter());
  });
}

// From afar a finger covers a whole town.
function choose(place) {
  if (map.getZoom() >= CLOSE) return mark(place);
  map.setView(place, Math.min(CLOSE, map.getZoom() + 3));
  answer.textContent = said.closer;
}

function mark(place, sentence = said.marked) {
  field.value = `${place.lat.toFixed(6)},${place.lng.toFixed(6)}`;
  answer.textContent = sentence;
  if (marker) marker.setLatLng(place);
  else marker = put(place);
}

function put(place) {
  const pin = form.querySelector("[data-locate] use").getAttribute("href").replace("#locate", "#pin");
  const html = `<svg class="icon" aria-hidden="true"><use href="${pin}"></use></svg>`;
  const icon = L.divIcon({ html, className: "place-pin", iconSize: [44, 44], iconAnchor: [22, 42] });
  const made = L.marker(place, { icon, draggable: true, title: words.mark, alt: words.mark }).addTo(map);
  made.getElement().setAttribute("aria-label", words.mark);
  made.on("dragend", () => mark(made.getLatLng()));
  made.getElement().addEventListener("keydown", move);
  return made;
}

function move(event) {
  const by = ARROWS[event.key];
  if (!by) return;
  event.preventDefault();
  event.stopPropagation(); // the map would move instead
  mark(map.containerPointToLatLng(map.latLngToContainerPoint(marker.getLatLng()).add(by)));
  map.panInside(marker.getLatLng(), { padding: [44, 44] });
}

// Where the phone is

function locate() {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const place = L.latLng(coords.latitude, coords.longitude);
      map.setView(place, 16);
      mark(place, said.found.replace("#", Math.max(1, Math.round(coords.accuracy))));
    },
    () => { answer.textContent = said.denied; },
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
  );
}

// The photo

function preview({ target }) {
  const picture = form.querySelector("[data-preview]"), [file] = target.files;
  picture.hidden = true;
  if (!file) return;
  const reader = new FileReader();
  picture.onload = () => { picture.hidden = false; };
  reader.onload = () => { picture.src = reader.result; };
  reader.readAsDataURL(file);
}

// A second tap while the photo is on its way would be a second report.
function send(event) {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = form.querySelector("[data-sending]");
  button.textContent = button.dataset.sending;
}

open();
form.querySelector("[type=file]").addEventListener("change", preview);
form.addEventListener("submit", send);
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
const button = form.querySelector("[data-locate]");
button.hidden = !navigator.geolocation;
button.addEventListener("click", locate);
