// The station pack in the browser: reading, filtering, clustering. It knows no page and no map.
// stations/packs.py says how the files are made. Positions are WGS-84, as the browser's own.
(function () {
  "use strict";

  const STEP = 1e-5;
  const TIER = 7, UNATTENDED = 8, SHUT = 16, FAULTY = 64;
  const CELL = 88, BUBBLE = 56; // pixels: two fingertips, and one
  const EARTH = 6371008.8, RAD = Math.PI / 180; // as stations/directory.py

  const mercatorX = (lng) => lng / 360 + 0.5;
  const mercatorY = (lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + lat * RAD / 2)) / (2 * Math.PI);
  const latitude = (y) => (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) / RAD;
  const longitude = (x) => (x - 0.5) * 360;

  function metres(lat, lng, otherLat, otherLng) {
    const half = Math.sin((otherLat - lat) * RAD / 2) ** 2 +
      Math.cos(lat * RAD) * Math.cos(otherLat * RAD) * Math.sin((otherLng - lng) * RAD / 2) ** 2;
    return 2 * EARTH * Math.asin(Math.sqrt(half));
  }

  class Pack {
    constructor(manifest) {
      const size = manifest.count;
      this.manifest = manifest;
      this.n = 0;
      this.lat = new Float64Array(size);
      this.lng = new Float64Array(size);
      this.x = new Float64Array(size);
      this.y = new Float64Array(size);
      this.facilities = new Uint32Array(size);
      this.occupations = new Uint16Array(size);
      this.hours = new Uint16Array(size);
      this.county = new Uint16Array(size);
      this.traits = new Uint8Array(size);
      this.shown = new Uint8Array(size);
      this.hourTexts = [];
      this.counties = [];
      this.parts = new Map(); // prefecture's code: [first, after the last]
      this.codes = new Array(size);
      this.names = new Array(size);
    }

    // Columns of one more prefecture, from the bytes of its points file.
    add(code, buffer) {
      const length = new DataView(buffer).getUint32(0, true);
      const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
      const bytes = new Uint8Array(buffer, 4 + length);
      const n = head.n, first = this.n;
      let plane = 0;
      const column = (width, i) => {
        let value = 0;
        for (let k = width - 1; k >= 0; k--) value = value << 8 | bytes[(plane + k) * n + i];
        return value;
      };
      const read = (width, take) => {
        for (let i = 0; i < n; i++) take(first + i, column(width, i));
        plane += width;
      };
      let north = head.origin[0], east = head.origin[1];
      const step = (value) => value & 1 ? -(value + 1) / 2 : value / 2;
      read(3, (i, value) => { this.lat[i] = (north += step(value)) * STEP; });
      read(3, (i, value) => { this.lng[i] = (east += step(value)) * STEP; });
      read(3, (i, value) => { this.facilities[i] = value; });
      read(2, (i, value) => { this.occupations[i] = value; });
      const texts = head.hours.map((text) => place(this.hourTexts, text));
      read(2, (i, value) => { this.hours[i] = texts[value]; });
      const counties = head.counties.map((county) => place(this.counties, county));
      read(1, (i, value) => { this.county[i] = counties[value]; });
      read(1, (i, value) => { this.traits[i] = value; });
      for (let i = first; i < first + n; i++) {
        this.x[i] = mercatorX(this.lng[i]);
        this.y[i] = mercatorY(this.lat[i]);
      }
      this.n += n;
      this.parts.set(code, [first, first + n]);
    }

    addNames(code, [codes, names]) {
      const [first] = this.parts.get(code);
      codes.forEach((text, i) => {
        const county = this.counties[this.county[first + i]];
        this.codes[first + i] = /^\d+$/.test(text) ? `${county}-T-${text}` : text;
        this.names[first + i] = names[i];
      });
    }

    // Marks in `shown` what fits; says how many do. `wanted` is what `read` made of an address.
    filter(wanted, status, minute) {
      const { shown, facilities, occupations, traits, county, hours } = this;
      const counties = this.counties.map((code) => !wanted.county || belongs(code, wanted.county));
      const times = this.hourTexts.map((text) => fits(status.state(text, minute), text, wanted, this.manifest.always));
      const { all, any, occupation, tier } = wanted;
      let count = 0;
      for (let i = 0; i < this.n; i++) {
        const trait = traits[i];
        const fit = (facilities[i] & all) === all && (!any || facilities[i] & any) &&
          (!occupation || occupations[i] & occupation) && (tier < 0 || (trait & TIER) === tier) &&
          (!wanted.unattended || trait & UNATTENDED) && !(trait & SHUT && (wanted.open_now || wanted.always)) &&
          counties[county[i]] && times[hours[i]];
        shown[i] = fit ? 1 : 0;
        count += shown[i];
      }
      return count;
    }

    // What is shown inside a view, gathered in the cells of a grid that stands still on the ground.
    // `view` is [south, west, north, east]; gives [{key, lat, lng, count, i}], i being one of them.
    cluster([south, west, north, east], zoom) {
      const scale = 256 * 2 ** zoom / CELL;
      const left = Math.floor(mercatorX(west) * scale), right = Math.floor(mercatorX(east) * scale);
      const top = Math.floor(mercatorY(north) * scale), bottom = Math.floor(mercatorY(south) * scale);
      const columns = right - left + 1, cells = columns * (bottom - top + 1);
      const count = new Uint32Array(cells), sumX = new Float64Array(cells), sumY = new Float64Array(cells);
      const some = new Uint32Array(cells);
      const { x, y, shown } = this;
      for (let i = 0; i < this.n; i++) {
        if (!shown[i]) continue;
        const column = Math.floor(x[i] * scale) - left, row = Math.floor(y[i] * scale) - top;
        if (column < 0 || column >= columns || row < 0 || row > bottom - top) continue;
        const cell = row * columns + column;
        count[cell]++;
        sumX[cell] += x[i];
        sumY[cell] += y[i];
        some[cell] = i;
      }
      const found = [];
      for (let cell = 0; cell < cells; cell++) {
        if (!count[cell]) continue;
        const column = left + cell % columns, row = top + Math.floor(cell / columns);
        found.push({
          key: count[cell] === 1 ? `station ${some[cell]}` : `${zoom} ${column} ${row} ${count[cell]}`,
          lat: latitude(inside(sumY[cell] / count[cell], row, scale, count[cell])),
          lng: longitude(inside(sumX[cell] / count[cell], column, scale, count[cell])),
          count: count[cell],
          i: some[cell],
        });
      }
      return found;
    }

    // The box around everything shown in the grid cell of station i: [[south, west], [north, east]].
    around(i, zoom) {
      const scale = 256 * 2 ** zoom / CELL, { x, y, lat, lng } = this;
      const column = Math.floor(x[i] * scale), row = Math.floor(y[i] * scale);
      const box = [[lat[i], lng[i]], [lat[i], lng[i]]];
      for (let k = 0; k < this.n; k++) {
        if (!this.shown[k] || Math.floor(x[k] * scale) !== column || Math.floor(y[k] * scale) !== row) continue;
        box[0] = [Math.min(box[0][0], lat[k]), Math.min(box[0][1], lng[k])];
        box[1] = [Math.max(box[1][0], lat[k]), Math.max(box[1][1], lng[k])];
      }
      return box;
    }

    // The nearest of what is shown (and lies in the view, if one is given): [[i, metres], …].
    nearest([lat, lng], most, view, within) {
      const found = [];
      let worst = within || Infinity;
      for (let i = 0; i < this.n; i++) {
        if (!this.shown[i] || view && !contains(view, this.lat[i], this.lng[i])) continue;
        const far = metres(lat, lng, this.lat[i], this.lng[i]);
        if (far > worst) continue;
        let at = found.length;
        while (at > 0 && found[at - 1][1] > far) at--;
        found.splice(at, 0, [i, far]);
        if (found.length > most) found.pop();
        if (found.length === most) worst = found[most - 1][1];
      }
      return found;
    }

    count(view) {
      let count = 0;
      for (let i = 0; i < this.n; i++) count += this.shown[i] && contains(view, this.lat[i], this.lng[i]) ? 1 : 0;
      return count;
    }

    // How many of what is shown have each facility: what is left when one asks for it too.
    tally() {
      const counts = this.manifest.facilities.map(() => 0);
      for (let i = 0; i < this.n; i++) {
        for (let rest = this.shown[i] ? this.facilities[i] : 0; rest; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]++;
      }
      return counts;
    }

    isFaulty(i) { return Boolean(this.traits[i] & FAULTY); }

    // {state, until}: as stations/hours.py says it; `until` in UNIX minutes, or null.
    opening(i, status, minute) {
      return this.traits[i] & SHUT ? { state: "shut", until: null }
        : status.state(this.hourTexts[this.hours[i]], minute);
    }
  }

  // The sign of many keeps away from the edge of its cell, so that no two signs cover each other.
  function inside(value, cell, scale, count) {
    const away = count > 1 ? BUBBLE / CELL / 2 : 0;
    return Math.min(Math.max(value, (cell + away) / scale), (cell + 1 - away) / scale);
  }

  // What the status file knows, and for how long. Old or unread, it knows nothing.
  class Status {
    constructor(content) {
      this.hours = content ? content.hours : {};
      this.known = new Map();
    }

    state(text, minute) {
      const key = `${minute} ${text}`;
      if (!this.known.has(key)) this.known.set(key, look(this.hours[text], minute));
      return this.known.get(key);
    }
  }

  function look(spans, minute) {
    if (!spans) return { state: "unknown", until: null };
    const now = spans.find(([start, end]) => start <= minute && minute < end);
    if (now) return { state: "open", until: now === spans[spans.length - 1] && now[1] - minute > 5 * 1440 ? null : now[1] };
    const next = spans.find(([start]) => start > minute);
    return { state: "closed", until: next ? next[0] : null };
  }

  function fits(opening, text, wanted, always) {
    return (!wanted.open_now || opening.state === "open") && (!wanted.always || always.includes(text));
  }

  function belongs(code, wanted) {
    return wanted.endsWith("00") ? code.startsWith(wanted.slice(0, 4)) : code === wanted;
  }

  function contains([south, west, north, east], lat, lng) {
    return lat >= south && lat <= north && lng >= west && lng <= east;
  }

  function place(list, value) {
    const found = list.indexOf(value);
    return found < 0 ? list.push(value) - 1 : found;
  }

  // What the address bar asks for, as numbers to compare with. Unknown words ask for nothing.
  function read(query, manifest) {
    const params = new URLSearchParams(query);
    const bit = (list, value) => list.includes(value) ? 2 ** list.indexOf(value) : 0;
    return {
      all: params.getAll("facility").join(",").split(",").reduce((mask, kind) => mask | bit(manifest.facilities, kind), 0),
      any: manifest.needs[params.get("need")] || 0,
      occupation: bit(manifest.occupations, params.get("occupation")),
      tier: manifest.tiers.indexOf(params.get("tier")),
      county: params.get("county") in manifest.counties ? params.get("county") : "",
      open_now: params.get("open_now") === "1",
      always: params.get("always") === "1",
      unattended: params.get("unattended") === "1",
      within: Number(params.get("within")) || 0,
    };
  }

  Object.assign(window.nuanyi, { BUBBLE, Pack, Status, read, metres });
})();
