// Plays the file that is taken away: one run, or up to three at once. Nothing is loaded and
// nothing is computed but where things lie; every number it shows was written by Python.

(() => {
  "use strict";
  const { Plotly } = window;
  const training = JSON.parse(document.getElementById("playback").textContent);
  const { shown, runs, shapes, says } = training;
  const byId = (id) => document.getElementById(id);
  const plots = { surface: byId("surface"), data: byId("data"), loss: byId("loss") };
  const [back, play, step, restart] = ["back", "play", "step", "restart"].map(byId);
  const [slider, now] = [byId("frame"), byId("now")];
  const rows = [...document.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  const last = shown.length - 1;
  slider.max = last;
  const alone = runs.length === 1;

  /** log10 of the loss on each slice, and the losses, as rows. */
  function unpack({ base64, up, across }) {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const all = [...new Float32Array(bytes.buffer)];
    return Array.from({ length: all.length / (up * across) }, (_, n) => {
      const z = Array.from({ length: up }, (__, r) => all.slice((n * up + r) * across, (n * up + r + 1) * across));
      return { z, losses: z.map((row) => row.map((x) => 10 ** x)) };
    });
  }
  const slices = unpack(training.slices);

  // The whole path as text, and how long it is after each of its points: a frame cuts it.
  for (const run of runs) {
    run.path = "";
    run.ends = run.x.map((x, n) => {
      run.path += `${n ? "L" : "M"}${x},${run.y[n]}`;
      return run.path.length;
    });
  }

  const at = (shape, x, y) => ({ ...shape, xanchor: x, yanchor: y });
  const corners = (list) => `M${list.map((p) => p.join(",")).join("L")}Z`;

  /** The first run lies on top: it owns the surface. */
  const stacked = (make) => runs.map((run, n) => make(run, shapes[n], n)).reverse().flat();

  function surfaceShapes(n) {
    return [
      ...stacked((run, look) => ({ ...look.trail, path: run.path.slice(0, run.ends[run.at[n]]) })),
      ...stacked((run, look) => at(look.marker, run.x[run.at[n]], run.y[run.at[n]])),
    ];
  }

  function lines(n) {
    return stacked((run, look) => {
      if (!run.lines[n]) return [];
      const [[x0, y0], [x1, y1]] = run.lines[n];
      return [{ ...look.line, x0, y0, x1, y1 }];
    });
  }

  function dataShapes(n) {
    if (alone && runs[0].sides[n]) return [{ ...shapes[0].side, path: corners(runs[0].sides[n]) }, ...lines(n)];
    // Letters at different places, so that lines that coincide are still told apart.
    const letters = stacked((run, look, r) => {
      if (alone || !run.lines[n]) return [];
      const [[x0, y0], [x1, y1]] = run.lines[n];
      const t = (r + 1) / (runs.length + 1);
      return [at(look.dot, x0 + t * (x1 - x0), y0 + t * (y1 - y0))];
    });
    return [...lines(n), ...letters];
  }

  function lossShapes(n) {
    const cursor = { ...training.cursor, x0: shown[n], x1: shown[n] };
    return [cursor, ...stacked((run, look) => at(look.dot, run.steps[n], run.losses[n]))];
  }

  let frame = 0;
  let drawn = training.which[0];
  let playing = false;
  let told = 0;

  function show(n) {
    frame = n;
    const slice = slices[training.which[n]];
    const fresh = training.which[n] !== drawn;
    drawn = training.which[n];
    Plotly.update(plots.surface, fresh ? { z: [slice.z], customdata: [slice.losses] } : {}, { shapes: surfaceShapes(n) }, fresh ? [0] : []);
    Plotly.relayout(plots.data, { shapes: dataShapes(n) });
    Plotly.relayout(plots.loss, { shapes: lossShapes(n) });
    slider.value = n;
    now.textContent = `step ${shown[n]} of ${training.taken}`;
    byId("slice").textContent = says.slice[n];
    byId("sides").textContent = says.sides[n];
    rows.forEach((cells, r) => cells.forEach((cell, c) => {
      cell.textContent = runs[r].cells[n][c];
    }));
    // Names are for those who listen: four times a second is enough while it plays.
    if (!playing || performance.now() - told > 250) tell();
  }

  function tell() {
    told = performance.now();
    slider.setAttribute("aria-valuetext", `step ${shown[frame]} of ${training.taken}`);
    [plots.surface, plots.data, plots.loss].forEach((plot, n) => plot.setAttribute("aria-label", says.names[frame][n]));
  }

  function pause() {
    playing = false;
    play.textContent = "Play";
    tell();
  }

  function start() {
    playing = true;
    play.textContent = "Pause";
    if (frame === last) show(0);
    let due = performance.now() + training.wait;
    const tick = (time) => {
      if (!playing) return;
      if (time >= due) {
        due = Math.max(due + training.wait, time);
        if (frame < last) show(frame + 1);
        if (frame === last) return void pause();
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  function go(n) {
    if (playing) pause();
    show(Math.max(0, Math.min(last, n)));
  }

  play.addEventListener("click", () => (playing ? pause() : start()));
  back.addEventListener("click", () => go(frame - 1));
  step.addEventListener("click", () => go(frame + 1));
  restart.addEventListener("click", () => go(0));
  slider.addEventListener("input", () => go(Number(slider.value)));

  const touch = window.matchMedia("(pointer: coarse)").matches;
  const config = { displayModeBar: false, responsive: true, doubleClick: "reset", showTips: false };
  const { surface, data, loss } = training.figures;
  Object.assign(surface.data[0], { z: slices[drawn].z, customdata: slices[drawn].losses });
  const parts = [[plots.surface, surface, surfaceShapes], [plots.data, data, dataShapes], [plots.loss, loss, lossShapes]];
  Promise.all(parts.map(([plot, figure, place]) => {
    // A finger that scrolls the page must not zoom a figure.
    const layout = { ...figure.layout, shapes: place(0), ...(touch ? { dragmode: false } : {}) };
    return Plotly.newPlot(plot, figure.data, layout, config);
  })).then(() => {
    show(0);
    document.body.classList.add("ready");
  });
})();
