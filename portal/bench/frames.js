// In the page of the directory: what drawing the map anew costs while it is moved and filters change.
// Loads the whole pack; gives the milliseconds of each frame.
async ({ frames, filters }) => {
  const { Pack, Status, read } = window.nuanyi;
  const box = document.querySelector("[data-map]"), width = box.clientWidth * 1.2, height = box.clientHeight * 1.2;
  const json = async (url) => (await fetch(url)).json();
  const manifest = await json(box.dataset.pack), pack = new Pack(manifest);
  for (const part of manifest.parts) {
    pack.add(part.code, await (await fetch(part.points.url)).arrayBuffer());
  }
  const status = new Status(await json(box.dataset.status));
  const wanted = filters.map((query) => read(query, manifest));

  const frame = (n) => {
    const zoom = 7 + n % 10, degrees = 360 / 256 / 2 ** zoom; // of longitude, a pixel
    const lat = 30.25 + 0.03 * Math.sin(n / 5), lng = 120.17 + 0.03 * Math.cos(n / 5); // around Hangzhou
    const up = degrees * height / 2 * Math.cos(lat * Math.PI / 180), aside = degrees * width / 2;
    const begin = performance.now();
    pack.filter(wanted[n % wanted.length], status, Math.floor(Date.now() / 60000));
    pack.cluster([lat - up, lng - aside, lat + up, lng + aside], zoom);
    return performance.now() - begin;
  };

  const times = [];
  for (let n = 0; n < frames; n++) {
    await new Promise(requestAnimationFrame);
    times.push(frame(n));
  }
  return times;
}
