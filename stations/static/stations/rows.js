// Rows of the list and words about stations, made in the browser from the pack: what the server
// cannot make, because it must not know where the reader stands.
(function () {
  "use strict";

  const template = (name) => document.querySelector(`template[data-${name}]`).content;
  const language = document.documentElement.lang;

  function word(name, value) {
    const found = template("words").querySelector(`[data-word="${name}"]`).cloneNode(true);
    const text = found.querySelector(":scope > span:last-child") || found;
    if (value !== undefined) text.textContent = text.textContent.replace("#", value);
    return found;
  }

  function moment(minute) {
    const date = new Date(minute * 60000), zone = { timeZone: "Asia/Shanghai" };
    const time = date.toLocaleTimeString(language, { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const day = (when) => when.toLocaleDateString(language, { ...zone, month: "short", day: "numeric" });
    return day(date) === day(new Date()) ? time : `${day(date)} ${time}`;
  }

  function state({ state, until }) {
    if (state === "open") return until ? word("open", moment(until)) : word("always");
    if (state === "closed") return until ? word("closed", moment(until)) : word("over");
    return word(state);
  }

  function distance(metres) {
    return metres < 1000 ? word("metres", Math.round(metres / 10) * 10).textContent
      : word("kilometres", (metres / 1000).toFixed(1)).textContent;
  }

  // Chips of the needs that a station meets.
  function needs(row, facilities, masks) {
    for (const chip of row.querySelectorAll("[data-need]")) {
      if (!(facilities & masks[chip.dataset.need])) chip.remove();
    }
  }

  // One row: `station` has code, name, county, opening, facilities, isFaulty and perhaps metres.
  function row(station, masks) {
    const made = template("row").firstElementChild.cloneNode(true);
    const link = made.querySelector("a");
    link.href = `/stations/${station.code}/`;
    link.textContent = station.name;
    made.dataset.code = station.code;
    made.querySelector("[data-state]").append(state(station.opening));
    if (station.isFaulty) made.querySelector("[data-state]").append(" ", word("faulty"));
    made.querySelector("[data-county]").textContent = station.county;
    if (station.metres !== undefined) made.querySelector("[data-distance]").textContent = distance(station.metres);
    needs(made, station.facilities, masks);
    return made;
  }

  Object.assign(window.nuanyi, { row, state, distance });
})();
