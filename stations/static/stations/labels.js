// Names of counties and prefectures at their approximate middle, on a map without tiles.
(function () {
  "use strict";

  const CLOSE = 9;

  function label(map) {
    const frame = map.getContainer(), names = JSON.parse(document.getElementById("map-labels").textContent);
    for (const [lat, lng, name, isPrefecture] of names) {
      const text = document.createElement("span");
      text.textContent = name;
      const icon = L.divIcon({ html: text, className: "map-label " + (isPrefecture ? "prefecture" : "county"), iconSize: [0, 0] });
      L.marker([lat, lng], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
    }
    const sort = () => frame.classList.toggle("zoomed-out", map.getZoom() < CLOSE);
    map.on("zoomend", sort);
    sort();
  }

  window.nuanyi = Object.assign(window.nuanyi || {}, { CLOSE, label });
})();
