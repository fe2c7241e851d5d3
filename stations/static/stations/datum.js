// Tiles of Chinese map makers lie in GCJ-02. Only the drawing is shifted: every position stays WGS-84.
// The formula is that of stations/datum.py.
(function () {
  "use strict";

  const AXIS = 6378245.0, ECCENTRICITY_SQUARED = 0.00669342162296594323, { sin, cos, sqrt, abs, PI } = Math;

  function gcj02({ lat, lng }) {
    const y = lat - 35, x = lng - 105;
    const ripple = 20 * sin(6 * x * PI) + 20 * sin(2 * x * PI);
    const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) +
      (ripple + 20 * sin(y * PI) + 40 * sin(y / 3 * PI)) * 2 / 3 + (160 * sin(y / 12 * PI) + 320 * sin(y * PI / 30)) * 2 / 3;
    const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) +
      (ripple + 20 * sin(x * PI) + 40 * sin(x / 3 * PI)) * 2 / 3 + (150 * sin(x / 12 * PI) + 300 * sin(x / 30 * PI)) * 2 / 3;
    const phi = lat * PI / 180, w = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2;
    const meridian = AXIS * (1 - ECCENTRICITY_SQUARED) / (w * sqrt(w)), parallel = AXIS / sqrt(w) * cos(phi);
    return L.latLng(lat + north * 180 / (meridian * PI), lng + east * 180 / (parallel * PI));
  }

  function wgs84(shifted) {
    let { lat, lng } = shifted;
    for (let turn = 0; turn < 3; turn++) {
      const there = gcj02({ lat, lng });
      lat += shifted.lat - there.lat;
      lng += shifted.lng - there.lng;
    }
    return L.latLng(lat, lng);
  }

  const under = L.Projection.SphericalMercator;
  const shifted = L.extend({}, L.CRS.EPSG3857, {
    projection: L.extend({}, under, {
      project: (place) => under.project(gcj02(place)),
      unproject: (spot) => wgs84(under.unproject(spot)),
    }),
  });

  window.nuanyi = Object.assign(window.nuanyi || {}, { gcj02, wgs84, crs: (datum) => datum === "gcj02" ? shifted : L.CRS.EPSG3857 });
})();
