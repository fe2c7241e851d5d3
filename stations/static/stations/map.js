// The map beside the list: every pin is a row of the list, and nothing leaves the browser.
(function () {
  "use strict";

  const frame = document.querySelector("[data-map]");
  const rows = [...document.querySelectorAll(".station")];
  const sprite = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];

  function place(row) {
    return [Number(row.dataset.latitude), Number(row.dataset.longitude)];
  }

  // Straight-line metres between two WGS-84 points; the same formula as stations/directory.py.
  function metres([lat, lng], [otherLat, otherLng]) {
    const rad = Math.PI / 180;
    const half = Math.sin((otherLat - lat) * rad / 2) ** 2 +
      Math.cos(lat * rad) * Math.cos(otherLat * rad) * Math.sin((otherLng - lng) * rad / 2) ** 2;
    return 2 * 6371008.8 * Math.asin(Math.sqrt(half));
  }

  function draw() {
    const map = L.map(frame, { zoomControl: false, attributionControl: Boolean(frame.dataset.tiles) });
    const all = L.latLngBounds(rows.map(place));
    map.fitBounds(rows.length ? all.pad(0.15) : [[27.2, 118.2], [31.2, 122.8]], { maxZoom: 13 });
    L.control.zoom({ zoomInTitle: frame.dataset.zoomIn, zoomOutTitle: frame.dataset.zoomOut }).addTo(map);
    if (frame.dataset.tiles) {
      L.tileLayer(frame.dataset.tiles, { attribution: frame.dataset.attribution, maxZoom: 18 }).addTo(map);
    } else {
      label(map);
    }
    rows.forEach((row) => pin(row, map));
    return map;
  }

  function label(map) {
    const names = JSON.parse(document.getElementById("map-labels").textContent);
    for (const [lat, lng, name, isPrefecture] of names) {
      const text = document.createElement("span");
      text.textContent = name;
      const icon = L.divIcon({ html: text, className: "map-label " + (isPrefecture ? "prefecture" : "county"), iconSize: [0, 0] });
      L.marker([lat, lng], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
    }
    const sort = () => frame.classList.toggle("zoomed-out", map.getZoom() < 9);
    map.on("zoomend", sort);
    sort();
  }

  function pin(row, map) {
    const name = row.querySelector("h3").textContent;
    const state = row.querySelector(".state").textContent.trim();
    const svg = `<svg class="icon" aria-hidden="true"><use href="${sprite}#badge"></use></svg>`;
    const icon = L.divIcon({ html: svg, className: "pin " + row.dataset.state, iconSize: [44, 44] });
    const marker = L.marker(place(row), { icon, alt: `${name} · ${state}`, title: name, riseOnHover: true });
    marker.bindPopup(() => popup(row, state), { minWidth: 220 });
    marker.on("popupopen", () => choose(row));
    marker.on("popupclose", () => row.classList.remove("chosen"));
    marker.addTo(map);
    marker.getElement().setAttribute("aria-label", `${name} · ${state}`);
  }

  function popup(row, state) {
    const box = document.createElement("div");
    box.className = "stack tight";
    const link = row.querySelector("h3 a").cloneNode(true);
    link.classList.remove("cover");
    const line = document.createElement("p");
    line.textContent = state;
    box.append(link, line, row.querySelector(".chips").cloneNode(true));
    return box;
  }

  function choose(row) {
    rows.forEach((r) => r.classList.toggle("chosen", r === row));
    if (window.matchMedia("(min-width: 720px)").matches) row.scrollIntoView({ block: "nearest" });
  }

  function sortBy(here, answer) {
    const far = new Map(rows.map((row) => [row, metres(here, place(row))]));
    rows.sort((a, b) => far.get(a) - far.get(b));
    for (const row of rows) {
      const m = far.get(row);
      const text = m < 1000 ? answer.dataset.metres.replace("#", Math.round(m / 10) * 10)
        : answer.dataset.kilometres.replace("#", (m / 1000).toFixed(1));
      row.querySelector("[data-distance]").textContent = text;
      row.parentNode.append(row);
    }
  }

  function offerLocation(map) {
    const button = document.querySelector("[data-locate]");
    const answer = document.querySelector("[data-locate-answer]");
    if (!navigator.geolocation || !rows.length) return;
    button.hidden = false;
    const locate = () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = [coords.latitude, coords.longitude];
        sortBy(here, answer);
        answer.textContent = answer.dataset.done;
        if (map) map.setView(place(rows[0]), 12);
      },
      () => { answer.textContent = answer.dataset.denied; },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
    button.addEventListener("click", locate);
    if (location.hash === "#near") locate(); // came by one of the four buttons on the home page
  }

  const map = frame && window.L ? draw() : null;
  if (document.querySelector("[data-locate]")) offerLocation(map);
})();
