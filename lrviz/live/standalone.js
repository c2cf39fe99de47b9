// Plays the file that is taken away: one run, or up to three at once. Nothing is loaded and
// nothing is computed but where things lie; every number it shows was written by Python.

(() => {
  "use strict";
  const Plotly = /** @type {Standalone.Drawing} */ (window.Plotly);
  /** @param {string} id */
  const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @type {Standalone.Spec} */
  const playback = JSON.parse(byId("playback").textContent ?? "");
  const { shown, shapes, says } = playback;
  const plots = { surface: byId("surface"), data: byId("data"), loss: byId("loss") };
  const [back, play, step, restart, now] = ["back", "play", "step", "restart", "now"].map(byId);
  const slider = /** @type {HTMLInputElement} */ (byId("frame"));
  const rows = [...document.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  const last = shown.length - 1;
  slider.max = String(last);
  const alone = playback.runs.length === 1;

  /**
   * log10 of the loss on each slice, and the losses, as rows.
   * @param {Standalone.Spec["slices"]} packed
   */
  function unpack({ base64, up, across }) {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const all = [...new Float32Array(bytes.buffer)];
    return Array.from({ length: all.length / (up * across) }, (_, n) => {
      const z = Array.from({ length: up }, (__, r) => all.slice((n * up + r) * across, (n * up + r + 1) * across));
      return { z, losses: z.map((row) => row.map((x) => 10 ** x)) };
    });
  }
  const slices = unpack(playback.slices);

  // The whole path as text, and how long it is after each of its points: a frame cuts it.
  /** @type {Standalone.Run[]} */
  const runs = playback.runs.map((track) => {
    let path = "";
    const ends = track.x.map((x, n) => {
      path += `${n ? "L" : "M"}${x},${track.y[n]}`;
      return path.length;
    });
    return { ...track, path, ends };
  });

  /** @type {(shape: Standalone.Mark, x: number, y: number) => Standalone.Mark} */
  const at = (shape, x, y) => ({ ...shape, xanchor: x, yanchor: y });
  /** @param {Standalone.Corners} list */
  const corners = (list) => `M${list.map((p) => p.join(",")).join("L")}Z`;

  /**
   * The first run lies on top: it owns the surface.
   * @param {(run: Standalone.Run, style: Standalone.Style, n: number) => Standalone.Mark | Standalone.Mark[]} make
   */
  const stacked = (make) => runs.map((run, n) => make(run, shapes[n], n)).reverse().flat();

  /** @param {number} n */
  function surfaceShapes(n) {
    return [
      ...stacked((run, style) => ({ ...style.trail, path: run.path.slice(0, run.ends[run.at[n]]) })),
      ...stacked((run, style) => at(style.marker, run.x[run.at[n]], run.y[run.at[n]])),
    ];
  }

  /** @param {number} n */
  function lines(n) {
    return stacked((run, style) => {
      const line = run.lines[n];
      if (!line) return [];
      const [[x0, y0], [x1, y1]] = line;
      return [{ ...style.line, x0, y0, x1, y1 }];
    });
  }

  /** @param {number} n */
  function dataShapes(n) {
    const side = runs[0].sides[n];
    if (alone && side) return [{ ...shapes[0].side, path: corners(side) }, ...lines(n)];
    // Letters at different places, so that lines that coincide are still told apart.
    const letters = stacked((run, style, r) => {
      const line = run.lines[n];
      if (alone || !line) return [];
      const [[x0, y0], [x1, y1]] = line;
      const t = (r + 1) / (runs.length + 1);
      return [at(style.dot, x0 + t * (x1 - x0), y0 + t * (y1 - y0))];
    });
    return [...lines(n), ...letters];
  }

  /** @param {number} n */
  function lossShapes(n) {
    const cursor = { ...playback.cursor, x0: shown[n], x1: shown[n] };
    return [cursor, ...stacked((run, style) => at(style.dot, run.steps[n], run.losses[n]))];
  }

  let frame = 0;
  let drawn = playback.which[0];
  let playing = false;
  /** The frame that is waited for. */
  let awaited = 0;
  let told = 0;

  /** @param {number} n */
  function show(n) {
    frame = n;
    const which = playback.which[n];
    const [z, customdata] = [[slices[which].z], [slices[which].losses]];
    const fresh = which !== drawn;
    drawn = which;
    Plotly.update(plots.surface, fresh ? { z, customdata } : {}, { shapes: surfaceShapes(n) }, fresh ? [0] : []);
    Plotly.relayout(plots.data, { shapes: dataShapes(n) });
    Plotly.relayout(plots.loss, { shapes: lossShapes(n) });
    slider.value = String(n);
    now.textContent = `step ${shown[n]} of ${playback.taken}`;
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
    slider.setAttribute("aria-valuetext", `step ${shown[frame]} of ${playback.taken}`);
    [plots.surface, plots.data, plots.loss].forEach((plot, n) => plot.setAttribute("aria-label", says.names[frame][n]));
  }

  function pause() {
    playing = false;
    cancelAnimationFrame(awaited); // who plays again within it would play twice as fast
    play.textContent = "Play";
    tell();
  }

  function start() {
    playing = true;
    play.textContent = "Pause";
    if (frame === last) show(0);
    let due = performance.now() + playback.wait;
    /** @param {number} time */
    const tick = (time) => {
      if (time >= due) {
        due = Math.max(due + playback.wait, time);
        if (frame < last) show(frame + 1);
        if (frame === last) {
          pause();
          return;
        }
      }
      awaited = requestAnimationFrame(tick);
    };
    awaited = requestAnimationFrame(tick);
  }

  /** @param {number} n */
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
  const { surface, data, loss } = playback.figures;
  const [contour] = surface.data;
  contour.z = slices[drawn].z;
  contour.customdata = slices[drawn].losses;
  const parts = [
    { plot: plots.surface, figure: surface, place: surfaceShapes },
    { plot: plots.data, figure: data, place: dataShapes },
    { plot: plots.loss, figure: loss, place: lossShapes },
  ];
  Promise.all(parts.map(({ plot, figure, place }) => {
    // A finger that scrolls the page must not zoom a figure.
    const layout = { ...figure.layout, shapes: place(0), ...(touch ? { dragmode: false } : {}) };
    return Plotly.newPlot(plot, figure.data, layout, config);
  })).then(() => {
    show(0);
    document.body.classList.add("ready");
  });
})();
