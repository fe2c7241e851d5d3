// The map beside the list. Stations come from the pack, or, where words are searched for and where the
// pack cannot be had, from the rows of the list. Where the reader stands never leaves the browser.
(function () {
  "use strict";

  const { BUBBLE, CLOSE, Pack, Status, label, read, row, state, distance } = window.nuanyi;
  const frame = document.querySelector("[data-map]");
  const words = frame.dataset;
  const sprite = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];
  const ZHEJIANG = [[27.2, 118.2], [31.2, 122.8]];
  const WHOLE = 20000; // more stations than this are loaded prefecture by prefecture, as the map shows them
  const ROWS = 20, DEEPEST = 18, ON_FOOT = 1000;

  let pack = null, status = new Status(null), wanted = null, map = null, redrawing = 0;
  let here = point(words.here) || point(sessionStorage.getItem("here"));
  let follows = false; // whether the list goes with the map
  const markers = new Map(), loading = new Map();
  const pins = L.layerGroup(), circle = L.layerGroup();

  function point(text) {
    return text ? text.split(",").map(Number) : null;
  }

  const minute = () => Math.floor(Date.now() / 60000);

  // The frame

  function open() {
    map = L.map(frame, { zoomControl: false, attributionControl: Boolean(words.tiles), maxZoom: DEEPEST, crs: window.nuanyi.crs(words.datum) });
    L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    const rows = [...document.querySelectorAll(".station[data-latitude]")].map(place);
    if (here) map.setView(here, 14);
    else map.fitBounds(rows.length ? L.latLngBounds(rows).pad(0.15) : ZHEJIANG, { maxZoom: 13 });
    for (const url of words.tiles.split(" ").filter(Boolean)) {
      L.tileLayer(url, { attribution: words.attribution, maxZoom: DEEPEST }).addTo(map);
    }
    if (!words.tiles) label(map);
    circle.addTo(map);
    pins.addTo(map);
    map.on("moveend", () => { loadView(); draw(); if (follows) list(); });
    map.on("dragstart", follow);
    frame.addEventListener("keydown", follow);
    frame.querySelector(".leaflet-control-zoom").addEventListener("click", follow);
    enlarge();
  }

  function follow() { follows = Boolean(pack); }

  function enlarge() {
    const button = document.querySelector("[data-enlarge]"), box = document.querySelector("[data-map-frame]");
    const set = (large) => {
      box.classList.toggle("large-map", large);
      button.setAttribute("aria-pressed", large);
      map.invalidateSize();
    };
    button.hidden = false;
    button.addEventListener("click", () => set(button.getAttribute("aria-pressed") !== "true"));
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") set(false); });
  }

  // The pack

  async function load() {
    const [manifest, now] = await Promise.all([words.pack, words.status].map(json));
    status = new Status(now);
    pack = new Pack(manifest);
    wanted = read(location.search, manifest);
    if (!here && (wanted.county || manifest.count > WHOLE || !document.querySelector(".station"))) map.fitBounds(span(manifest));
    else if (!here && !follows) map.fitBounds(span(manifest), { maxZoom: 13 });
    await Promise.all(loadView());
    draw();
    if (here) list();
  }

  async function json(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${answer.status} ${url}`);
    return answer.json();
  }

  function span(manifest) {
    const parts = manifest.parts.filter((part) => !wanted.county || wanted.county.startsWith(part.code.slice(0, 4)));
    return parts.length ? L.latLngBounds(parts.flatMap((part) => part.bounds)).pad(0.05) : ZHEJIANG;
  }

  // Small packs as a whole; of large ones what the map shows, and only where it shows single places.
  function loadView() {
    if (!pack) return [];
    const whole = pack.manifest.count <= WHOLE, view = map.getBounds();
    const needed = (part) => whole || map.getZoom() >= CLOSE && view.intersects(part.bounds);
    return pack.manifest.parts.filter(needed).map((part) => {
      if (!loading.has(part.code)) loading.set(part.code, loadPart(part));
      return loading.get(part.code);
    });
  }

  async function loadPart(part) {
    const names = json(part.names.url);
    const points = await fetch(part.points.url);
    pack.add(part.code, await points.arrayBuffer());
    draw();
    pack.addNames(part.code, await names);
    draw();
  }

  // Drawing, once a frame

  function draw() {
    cancelAnimationFrame(redrawing);
    redrawing = requestAnimationFrame(() => (pack && pack.n ? show(found()) : show(fromRows())));
  }

  function found() {
    pack.filter(wanted, status, minute());
    const view = map.getBounds().pad(0.1);
    const box = [view.getSouth(), view.getWest(), view.getNorth(), view.getEast()];
    const clusters = pack.cluster(box, map.getZoom()).map((each) => each.count === 1 ? single(each.i) : many(each));
    const waiting = pack.manifest.parts.filter((part) => !pack.parts.has(part.code) && view.intersects(part.bounds));
    return [...clusters, ...waiting.map(whole)];
  }

  function single(i) {
    const { state: open, until } = pack.opening(i, status, minute());
    const kind = pack.isFaulty(i) ? "faulty" : open === "open" && !until ? "always" : open;
    const text = [pack.names[i], state({ state: open, until }).textContent.trim()].filter(Boolean).join(" · ");
    return { key: `station ${i} ${kind} ${pack.names[i] || ""}`, at: [pack.lat[i], pack.lng[i]], kind, text, open: () => popup([row(facts(i), pack.manifest.needs)]) };
  }

  function many({ key, lat, lng, count, i }) {
    const text = words.cluster.replace("#", count);
    const press = (marker) => {
      const zoom = map.getZoom(), box = L.latLngBounds(pack.around(i, zoom));
      if (zoom === DEEPEST) marker.bindPopup(names([lat, lng]), { minWidth: 240 }).openPopup();
      else go(box.getCenter(), Math.max(zoom + 1, Math.min(map.getBoundsZoom(box.pad(0.2)), DEEPEST)));
    };
    return { key, at: [lat, lng], count, text, press };
  }

  function whole(part) {
    const text = `${part.name} · ${words.cluster.replace("#", part.count)}`;
    const middle = L.latLngBounds(part.bounds).getCenter();
    return { key: `part ${part.code}`, at: middle, count: part.count, text, press: () => go(middle, CLOSE) };
  }

  function go(at, zoom) {
    follow();
    map.setView(at, zoom);
  }

  // Stations at one spot, which no zoom can part.
  function names(at) {
    const rows = pack.nearest(at, 20).filter(([, far]) => far < 60).map(([i]) => row(facts(i), pack.manifest.needs));
    return popup(rows);
  }

  function facts(i, metres) {
    return {
      code: pack.codes[i], name: pack.names[i], county: pack.manifest.counties[pack.counties[pack.county[i]]],
      opening: pack.opening(i, status, minute()), facilities: pack.facilities[i], isFaulty: pack.isFaulty(i), metres,
    };
  }

  function place(item) {
    return [Number(item.dataset.latitude), Number(item.dataset.longitude)];
  }

  function fromRows() {
    return [...document.querySelectorAll(".station[data-latitude]")].map((item) => {
      const text = `${item.querySelector("h3").textContent} · ${item.querySelector(".state").textContent.trim()}`;
      return { key: `row ${item.dataset.code}`, at: place(item), kind: item.dataset.state, text, open: () => popup([item.cloneNode(true)]) };
    });
  }

  function popup(rows) {
    const box = document.createElement("ul");
    box.className = "stack";
    box.append(...rows);
    return box;
  }

  // Puts up what is new and takes away what is gone; what stays keeps the keyboard's place.
  function show(signs) {
    const keys = new Set(signs.map((sign) => sign.key));
    for (const [key, marker] of markers) {
      if (keys.has(key) || marker.isPopupOpen()) continue;
      pins.removeLayer(marker);
      markers.delete(key);
    }
    for (const sign of signs) if (!markers.has(sign.key)) markers.set(sign.key, put(sign));
  }

  function put(sign) {
    const size = sign.count ? BUBBLE : 44;
    const icon = L.divIcon({ html: sign.count ? bubble(sign.count) : badge(), className: sign.count ? "cluster" : `pin ${sign.kind}`, iconSize: [size, size] });
    const marker = L.marker(sign.at, { icon, title: sign.text, alt: sign.text, riseOnHover: true }).addTo(pins);
    const element = marker.getElement();
    element.setAttribute("aria-label", sign.text);
    // Leaflet opens popups with Enter and knows nothing else of the keyboard.
    element.addEventListener("keydown", (event) => {
      if (event.key !== " " && !(event.key === "Enter" && sign.press)) return;
      event.preventDefault();
      element.click();
    });
    if (sign.press) marker.on("click", () => sign.press(marker));
    else marker.bindPopup(sign.open, { minWidth: 240 });
    return marker;
  }

  function bubble(count) {
    const text = document.createElement("span");
    text.textContent = count;
    return text;
  }

  function badge() {
    return `<svg class="icon" aria-hidden="true"><use href="${sprite}#badge"></use></svg>`;
  }

  // The list in step with the map, or nearest to where the reader is

  function list() {
    if (!pack || loading.size && [...loading.keys()].some((code) => !pack.parts.has(code))) return;
    const view = map.getBounds(), box = [view.getSouth(), view.getWest(), view.getNorth(), view.getEast()];
    const count = pack.filter(wanted, status, minute());
    const middle = map.getCenter();
    const rows = follows ? pack.nearest(here || [middle.lat, middle.lng], ROWS, box) : pack.nearest(here, ROWS, null, wanted.within);
    const heading = document.querySelector("[data-found]");
    heading.textContent = follows ? heading.dataset.inView.replace("#", pack.count(box))
      : heading.dataset.near.replace("#", wanted.within ? pack.nearest(here, pack.n, null, wanted.within).length : count);
    const results = document.createElement("ul");
    results.className = "stack";
    results.append(...rows.filter(([i]) => pack.names[i]).map(([i, metres]) => row(facts(i, here ? metres : undefined), pack.manifest.needs)));
    document.querySelector("[data-results]").replaceChildren(results);
  }

  // Where the reader is

  function around() {
    circle.clearLayers();
    if (!here) return;
    L.circle(here, { radius: ON_FOOT, className: "on-foot", interactive: false }).addTo(circle);
    L.circleMarker(here, { radius: 8, className: "here", interactive: false }).bindTooltip(words.circle, { permanent: true, direction: "bottom", offset: [0, 20], className: "map-tip" }).addTo(circle);
  }

  function locate() {
    const answer = document.querySelector("[data-locate-answer]");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here = [coords.latitude, coords.longitude];
        sessionStorage.setItem("here", here.join());
        answer.textContent = answer.dataset.done;
        follows = false;
        near();
      },
      () => { answer.textContent = answer.dataset.denied; },
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  }

  function near() {
    document.querySelector("[data-filter=within]").hidden = false;
    around();
    if (!pack) return sortRows();
    const [closest] = (pack.filter(wanted, status, minute()), pack.nearest(here, 1));
    if (closest) map.fitBounds(L.latLngBounds([here, [pack.lat[closest[0]], pack.lng[closest[0]]]]).pad(0.3), { maxZoom: 15 });
    list();
  }

  // Without a pack: the rows that are there, nearest first.
  function sortRows() {
    const rows = [...document.querySelectorAll(".station[data-latitude]")];
    const far = new Map(rows.map((item) => [item, window.nuanyi.metres(...here, ...place(item))]));
    for (const item of rows.sort((a, b) => far.get(a) - far.get(b))) {
      item.querySelector("[data-distance]").textContent = distance(far.get(item));
      item.parentNode.append(item);
    }
  }

  // Behind each facility: how many stations are left when it is asked for too.
  function tally() {
    if (!pack || !document.querySelector("[data-filters] details").open) return;
    pack.filter(wanted, status, minute());
    const counts = pack.tally();
    for (const mark of document.querySelectorAll("[data-tally]")) {
      mark.textContent = counts[pack.manifest.facilities.indexOf(mark.dataset.tally)];
    }
  }

  // Filters: while the list is made here, a filter changes the address and the list, and loads nothing.

  function filters() {
    for (const link of document.querySelectorAll("[data-filter]")) {
      link.addEventListener("click", (event) => {
        if (!pack || !(here || follows)) return;
        event.preventDefault();
        history.pushState(null, "", link.href);
        apply();
      });
    }
    document.querySelector("[data-filters] details").addEventListener("toggle", tally);
    tally();
    window.addEventListener("popstate", () => (pack && (here || follows) ? apply() : location.reload()));
  }

  function apply() {
    wanted = read(location.search, pack.manifest);
    for (const link of document.querySelectorAll("[data-filter]")) {
      const { filter, value } = link.dataset, params = new URLSearchParams(location.search);
      const isOn = params.get(filter) === value;
      link.toggleAttribute("aria-current", isOn);
      if (isOn) link.setAttribute("aria-current", "true");
      params.delete("page");
      if (isOn) params.delete(filter);
      else params.set(filter, value);
      link.href = `?${params}`;
    }
    draw();
    list();
    tally();
  }

  open();
  const searches = new URLSearchParams(location.search).get("q");
  (searches ? Promise.reject(new Error("rows are enough")) : load()).catch(() => { pack = null; draw(); }).then(() => {
    filters();
    if (here) near();
    if (!navigator.geolocation) return;
    const button = document.querySelector("[data-locate]");
    button.hidden = false;
    button.addEventListener("click", locate);
    if (location.hash === "#near" && !words.here) locate(); // came by one of the four buttons on the home page
  });
})();
