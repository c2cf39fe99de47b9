// One picture of what the Training page shows: its three figures, as SVG or PNG. The figures
// come from Plotly; what moves over them lies on a layer that takes its styles from the style
// sheet, so those are written into the picture, which then needs nothing but itself.

import { channel } from "./channel.js";
import { button, el, reason, svg } from "./dom.js";

/** @import { TrainingPage } from "./training.js" */
/** @import { Component, Mounted, Palette, Plotly } from "./types.d.ts" */
/** @import { View } from "./view.js" */

/** @typedef {{ nodes: Element[], height: number, after?: number }} Part what stands in a column */
/** @typedef {{ width: number, size: number, colour: string, weight?: number }} Look of a text */

const SANS = "'Source Sans', 'Source Sans Pro', sans-serif";
const [PAD, GAP, HEAD, SCALE] = [24, 28, 26, 2];
/** A viewer without the page's font sets text wider than it was measured, by up to this. */
const WIDER = 1.15;
// A name from a visitor's file may hold signs that no XML may.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const NO_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
/** What an SVG viewer must be told of a shape, where the browser reads it from a style sheet. */
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray",
  "stroke-linecap", "stroke-linejoin", "opacity", "visibility",
];
const TEXT_STYLES = ["font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"];

/**
 * A copy of a layer with its computed styles as attributes; what is not displayed is left out.
 * @param {Element} original
 * @returns {Element | null}
 */
function frozen(original) {
  const style = getComputedStyle(original);
  if (style.display === "none") return null;
  const copy = /** @type {Element} */ (original.cloneNode(false));
  for (const { name } of [...copy.attributes]) {
    if (/^(class|style|role|tabindex|aria-.*)$/.test(name)) copy.removeAttribute(name);
  }
  if (original instanceof SVGGeometryElement || original instanceof SVGTextElement) {
    const names = original instanceof SVGTextElement ? [...STYLES, ...TEXT_STYLES] : STYLES;
    for (const name of names) copy.setAttribute(name, style.getPropertyValue(name).replace(/(\d)px/g, "$1"));
  } else if (style.opacity !== "1") copy.setAttribute("opacity", style.opacity);
  for (const child of original.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode());
    else if (!(child instanceof Element)) continue;
    // A clip's shape is never displayed, and is needed all the same.
    else if (child.closest("defs")) copy.append(child.cloneNode(true));
    else copy.append(frozen(child) ?? "");
  }
  return copy;
}

/**
 * Plotly's drawing of a view, as a node to be put at (0, 0).
 * @param {Plotly} Plotly @param {HTMLElement} plot @param {number} width @param {number} height
 * @returns {Promise<Element>}
 */
async function drawing(Plotly, plot, width, height) {
  const size = { width, height };
  try {
    const text = await Plotly.toImage(plot, { format: "svg", imageDataOnly: true, ...size });
    const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (root instanceof SVGElement && root.localName === "svg" && !root.querySelector("parsererror")) {
      root.style.background = "none";
      return document.importNode(root, true);
    }
  } catch {
    // A scene of WebGL that cannot be had as SVG is had as pixels.
  }
  const href = await Plotly.toImage(plot, { format: "png", scale: SCALE, ...size });
  return svg("image", { href, ...size });
}

/**
 * One view as it is now: a promise, because Plotly draws it once more.
 * @param {View & { canvas?: HTMLCanvasElement, shade?: { canvas: HTMLCanvasElement } }} one
 */
async function view(one) {
  if (!one.plot.layout) throw new Error("nothing is drawn yet");
  const { width, height } = one.plot.layout;
  const layers = [...one.node.querySelectorAll(":scope > svg")].map(frozen).filter((layer) => layer !== null);
  const [ground, painted] = [one.shade?.canvas, one.canvas].map((canvas) =>
    (canvas && canvas.style.display !== "none" && canvas.width ? canvas.toDataURL() : null));
  const figure = one.Plotly ? await drawing(one.Plotly, one.plot, width, height) : "";
  const viewBox = `0 0 ${width} ${height}`;
  const both = svg("svg", { width, height, viewBox, overflow: "hidden", class: one.node.className });
  if (ground) both.append(svg("image", { href: ground, width, height }));
  both.append(figure);
  if (painted) both.append(svg("image", { href: painted, width, height }));
  for (const layer of layers) {
    for (const [name, value] of Object.entries({ width, height })) layer.setAttribute(name, String(value));
    both.append(layer);
  }
  return { both, width, height };
}

/** @param {string} font */
function ruler(font) {
  const pen = el("canvas").getContext("2d");
  if (!pen) throw new Error("this browser has no canvas");
  pen.font = font;
  /** @param {string} text */
  return (text) => pen.measureText(text).width * WIDER;
}

/**
 * Text in lines no wider than a width, each a node below the one before.
 * @param {string} text @param {Look} look
 * @returns {Part}
 */
function lines(text, { width, size, colour, weight = 400 }) {
  if (!text) return { height: 0, nodes: [] };
  const long = ruler(`${weight} ${size}px ${SANS}`);
  /** @type {string[]} */
  const rows = [];
  for (const word of text.split(/\s+/)) {
    const longer = rows.length ? `${rows.at(-1)} ${word}` : word;
    if (rows.length && long(longer) <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  const step = size * 1.4;
  const look = { fill: colour, "font-family": SANS, "font-size": size, "font-weight": weight };
  return {
    height: rows.length * step,
    nodes: rows.map((row, n) => svg("text", { y: n * step + size, ...look }, row)),
  };
}

/** @type {(x: number, y: number, colour: string, text: string) => SVGTextElement} */
const small = (x, y, fill, text) => svg("text", { x, y, fill, "font-family": SANS, "font-size": 13 }, text);

/**
 * The marks that the page's legend explains, drawn as there.
 * @param {TrainingPage} page @param {Palette} colours @param {number} width
 * @returns {Part}
 */
function legend(page, colours, width) {
  const group = svg("g", { class: "legend" });
  const long = ruler(`13px ${SANS}`);
  let [x, y] = [0, 8];
  for (const pair of page.legend.querySelectorAll(".lvt-key-pair")) {
    const key = pair.querySelector(".lvt-key");
    if (getComputedStyle(pair).display === "none" || !key) continue;
    const text = pair.textContent ?? "";
    const room = 24 + long(text) + 18;
    if (x && x + room > width) [x, y] = [0, y + 20];
    const style = getComputedStyle(key);
    const line = { fill: "none", stroke: colours.text, "stroke-width": 2 };
    const dashes = { ...line, stroke: style.borderTopColor, "stroke-dasharray": "3 2.5" };
    /** @param {string} kind */
    const is = (kind) => pair.classList.contains(`lvt-pair-${kind}`);
    const mark = is("downhill") ? svg("path", { d: "M0,0h14m-5,-4l5,4l-5,4", ...line })
      : is("best") ? svg("path", { d: "M2,0h12M8,-6v12", ...line })
        : is("ghost") ? svg("circle", { cx: 8, r: 5, ...dashes })
          : svg("circle", { cx: 8, r: 6, fill: style.backgroundColor });
    group.append(svg("g", { transform: `translate(${x},${y})` }, mark, small(22, 4.5, colours.muted, text)));
    x += room;
  }
  // The runs beside, each on a line of its own: their names are long.
  page.playback.comparisons.forEach(({ letter, label }, n) => {
    [x, y] = [0, y + (x ? 20 : 0)];
    const { outline } = page.spec.styles[n + 1];
    group.append(svg("g", { transform: `translate(0,${y})` },
      svg("path", { d: outline, transform: "translate(8,0)", fill: colours[`run_${letter.toLowerCase()}`] }),
      small(22, 4.5, colours.muted, `${letter}: ${label}`)));
    x = 1;
  });
  return { nodes: [group], height: group.childNodes.length ? y + 14 : 0 };
}

/**
 * What was run, in one line.
 * @param {TrainingPage} page
 */
function described({ dataName, playback, k }) {
  const { comparisons, spec, steps } = playback;
  return `${comparisons.length ? "A: " : ""}${spec.label}. ${dataName}, step ${k} of ${steps}`;
}

/**
 * Parts one below the other, from a place on.
 * @param {number} x @param {number} y @param {Part[]} parts
 */
function column(x, y, parts) {
  const placed = parts.flatMap(({ nodes, height, after = 0 }) => {
    const group = svg("g", { transform: `translate(${x},${y})` }, ...nodes);
    y += height + after;
    return nodes.length ? [group] : [];
  });
  return { placed, bottom: y };
}

/** @param {TrainingPage} page @param {string} title */
async function compose(page, title) {
  const colours = page.spec.palettes[page.mode];
  // Everything is read at once, before Plotly takes its time: the run may be playing.
  const said = [page.player.status, page.slice, page.sides, page.ended]
    .map((one) => (one.textContent ?? "").trim().replaceAll("\n", "; "));
  // On the page the rings are explained where the examples are listed.
  said[2] += page.data.judged.hardest.length
    ? ` The large ring is example ${page.example}, the small ones are the examples that pull hardest.`
    : ` The ring is example ${page.example}.`;
  const headings = [page.surface, page.data, page.loss]
    .map((one) => one.node.parentElement?.querySelector("h2")?.textContent ?? "");
  const [surface, data, loss] = await Promise.all([page.surface, page.data, page.loss].map(view));
  const right = data.width;
  const width = PAD + Math.max(surface.width + GAP + right, loss.width) + PAD;
  /** @type {(words: string, own: Partial<Look>) => Part} */
  const text = (words, own) => lines(words, { colour: colours.muted, size: 13, width: width - 2 * PAD, ...own });
  /** @type {(words: string, room: number) => Part} */
  const heading = (words, room) =>
    ({ ...text(words, { colour: colours.text, size: 15, weight: 650, width: room }), height: HEAD });
  /** @type {(drawn: { both: SVGElement, height: number }) => Part} */
  const figure = ({ both, height }) => ({ nodes: [both], height, after: 6 });
  const top = column(PAD, PAD, [
    { ...text(title, { colour: colours.text, size: 19, weight: 650 }), after: 2 },
    { ...text(said[0], { size: 14 }), after: 14 },
  ]);
  const left = column(PAD, top.bottom, [
    heading(headings[0], surface.width), figure(surface), legend(page, colours, surface.width),
    text(said[1], { width: surface.width }),
  ]);
  const beside = column(PAD + surface.width + GAP, top.bottom, [
    heading(headings[1], right), figure(data), text(said[2], { width: right }),
  ]);
  const below = column(PAD, Math.max(left.bottom, beside.bottom) + 10, [
    heading(headings[2], loss.width), figure(loss), text(said[3], { width: loss.width }),
  ]);
  const height = Math.ceil(below.bottom + PAD + 14);
  const credit = small(width - PAD, height - 14, colours.muted, "lrviz");
  credit.setAttribute("text-anchor", "end");
  const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
    svg("title", {}, title), svg("rect", { width, height, fill: colours.surface }),
    ...top.placed, ...left.placed, ...beside.placed, ...below.placed, credit);
  return { root, width, height };
}

/**
 * @param {Blob} drawn an SVG @param {number} width @param {number} height
 * @returns {Promise<Blob>}
 */
async function raster(drawn, width, height) {
  const url = URL.createObjectURL(drawn);
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = el("canvas");
    [canvas.width, canvas.height] = [SCALE * width, SCALE * height];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      const failed = new Error("The picture could not be drawn.");
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(failed)), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * A picture of what the Training page shows now.
 *
 * An SVG has no reference to anything outside it; a PNG is twice the size on the screen.
 * @param {TrainingPage} page @param {string} format "svg" or "png" @param {string} title its first line
 */
export async function picture(page, format, title = described(page)) {
  if (!["svg", "png"].includes(format)) throw new Error(`A picture is svg or png, not ${format}.`);
  const { root, width, height } = await compose(page, title);
  const text = new XMLSerializer().serializeToString(root).replace(NO_XML, "\ufffd");
  const drawn = new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}`], { type: "image/svg+xml" });
  return format === "svg" ? drawn : raster(drawn, width, height);
}

/**
 * Give a Blob to the visitor as a file.
 * @param {Blob} blob @param {string} name
 */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Buttons that save the picture; mounted once, beside the other downloads.
 * @param {Component<Mounted & { stem: string }>} component
 */
export function mountPictures({ data, parentElement: host }) {
  host.lrvizStem = data.stem;
  if (host.querySelector(".lvt-pictures")) return;
  const said = el("span", { class: "lvt-label", role: "status" });
  /** @param {string} format */
  const offer = (format) => button(`Picture, ${format.toUpperCase()}`, async () => {
    said.textContent = "Drawing…";
    try {
      const page = /** @type {TrainingPage} */ (/** @type {unknown} */ (channel(data.key).live));
      save(await picture(page, format), `${host.lrvizStem}.${format}`);
      said.textContent = "";
    } catch (error) {
      said.textContent = `The picture could not be drawn: ${reason(error)}`;
    }
  });
  host.append(el("div", { class: "lvt-pictures" }, offer("png"), offer("svg"), said));
}
