// One picture of what the Training page shows: its three figures side by side, as SVG or PNG. The figures
// come from Plotly; what moves over them lies on a layer that takes its looks from the style
// sheet, so those are written into the picture, which then needs nothing but itself.

import { channel } from "./channel.js";
import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const SANS = "'Source Sans', 'Source Sans Pro', sans-serif";
const [PAD, GAP, HEAD, SCALE] = [24, 28, 26, 2];
/** A viewer without the page's font sets text wider than it was measured, by up to this. */
const WIDER = 1.15;
/** What an SVG viewer must be told of a shape, where the browser reads it from a style sheet. */
const LOOKS = [
  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray",
  "stroke-linecap", "stroke-linejoin", "opacity", "visibility",
];
const TEXT_LOOKS = ["font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"];

function node(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A copy of a layer with its computed looks as attributes; what is not displayed is left out. */
function frozen(original) {
  const style = getComputedStyle(original);
  if (style.display === "none") return null;
  const copy = original.cloneNode(false);
  for (const { name } of [...copy.attributes]) {
    if (/^(class|style|role|tabindex|aria-.*)$/.test(name)) copy.removeAttribute(name);
  }
  if (original instanceof SVGGeometryElement || original instanceof SVGTextElement) {
    const names = original instanceof SVGTextElement ? [...LOOKS, ...TEXT_LOOKS] : LOOKS;
    for (const name of names) copy.setAttribute(name, style.getPropertyValue(name).replace(/(\d)px/g, "$1"));
  } else if (style.opacity !== "1") copy.setAttribute("opacity", style.opacity);
  for (const child of original.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode());
    else if (child.nodeType !== Node.ELEMENT_NODE) continue;
    // A clip's shape is never displayed, and is needed all the same.
    else if (child.closest("defs")) copy.append(child.cloneNode(true));
    else copy.append(...[frozen(child)].filter(Boolean));
  }
  return copy;
}

/** Plotly's drawing of a view, as nodes to be put at (0, 0). */
async function drawing(Plotly, plot, width, height) {
  const size = { width, height };
  try {
    const text = await Plotly.toImage(plot, { format: "svg", imageDataOnly: true, ...size });
    const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (root.localName === "svg" && !root.querySelector("parsererror")) {
      root.style.background = "none";
      return document.importNode(root, true);
    }
  } catch {
    // A scene of WebGL that cannot be had as SVG is had as pixels.
  }
  const href = await Plotly.toImage(plot, { format: "png", scale: SCALE, ...size });
  return node("image", { href, ...size });
}

/** One view as it is now: a promise, because Plotly draws it once more. */
async function view(one) {
  const { width, height } = one.plot.layout;
  const layers = [...one.node.querySelectorAll(":scope > svg")].map(frozen).filter(Boolean);
  const { canvas } = one;
  const painted = canvas && canvas.style.display !== "none" && canvas.width ? canvas.toDataURL() : null;
  const figure = await drawing(one.Plotly, one.plot, width, height);
  const both = node("svg", { width, height, viewBox: `0 0 ${width} ${height}`, overflow: "hidden", class: one.node.className });
  both.append(figure);
  if (painted) both.append(node("image", { href: painted, width, height }));
  for (const layer of layers) {
    for (const [name, value] of Object.entries({ width, height })) layer.setAttribute(name, value);
    both.append(layer);
  }
  return { both, width, height };
}

/** Text in lines no wider than a width, each a node below the one before. */
function lines(text, { width, size, colour, weight = 400 }) {
  if (!text) return { height: 0, nodes: [] };
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${weight} ${size}px ${SANS}`;
  const rows = [];
  for (const word of text.split(/\s+/)) {
    const longer = rows.length ? `${rows.at(-1)} ${word}` : word;
    if (rows.length && pen.measureText(longer).width * WIDER <= width) rows[rows.length - 1] = longer;
    else rows.push(word);
  }
  const step = size * 1.4;
  const look = { fill: colour, "font-family": SANS, "font-size": size, "font-weight": weight };
  return {
    height: rows.length * step,
    nodes: rows.map((row, n) => node("text", { y: n * step + size, ...look }, row)),
  };
}

/** The marks that the page's legend explains, drawn as there. */
function legend(training, colours, width) {
  const group = node("g", { class: "legend" });
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `13px ${SANS}`;
  let [x, y] = [0, 8];
  for (const pair of training.legend.querySelectorAll(".lvt-key-pair")) {
    const key = pair.querySelector(".lvt-key");
    if (getComputedStyle(pair).display === "none" || !key) continue;
    const text = pair.textContent;
    const room = 24 + pen.measureText(text).width * WIDER + 18;
    if (x && x + room > width) [x, y] = [0, y + 20];
    const style = getComputedStyle(key);
    const kind = [...pair.classList].find((name) => name.startsWith("lvt-pair-"))?.slice(9);
    const plain = { fill: "none", stroke: colours.text, "stroke-width": 2 };
    const mark = {
      downhill: () => node("path", { d: "M0,0h14m-5,-4l5,4l-5,4", ...plain }),
      best: () => node("path", { d: "M2,0h12M8,-6v12", ...plain }),
      ghost: () => node("circle", { cx: 8, r: 5, fill: "none", stroke: style.borderTopColor, "stroke-width": 2, "stroke-dasharray": "3 2.5" }),
    }[kind] ?? (() => node("circle", { cx: 8, r: 6, fill: style.backgroundColor }));
    group.append(node("g", { transform: `translate(${x},${y})` }, mark(),
      node("text", { x: 22, y: 4.5, fill: colours.muted, "font-family": SANS, "font-size": 13 }, text)));
    x += room;
  }
  // The runs beside, each on a line of its own: their names are long.
  training.playback.comparisons.forEach(({ letter, label }, n) => {
    [x, y] = [0, y + (x ? 20 : 0)];
    const { outline } = training.spec.styles[n + 1];
    group.append(node("g", { transform: `translate(0,${y})` },
      node("path", { d: outline, transform: "translate(8,0)", fill: colours[`run_${letter.toLowerCase()}`] }),
      node("text", { x: 22, y: 4.5, fill: colours.muted, "font-family": SANS, "font-size": 13 }, `${letter}: ${label}`)));
    x = 1;
  });
  return { nodes: [group], height: group.childNodes.length ? y + 14 : 0 };
}

/** What was run, in one line. */
function described({ dataName, playback, k }) {
  return `${playback.comparisons.length ? "A: " : ""}${playback.spec.label}. ${dataName}, step ${k} of ${playback.steps}`;
}

/** Columns of parts, each part {nodes, height}, one below the other. */
function column(x, y, parts) {
  const placed = parts.flatMap(({ nodes, height, after = 0 }) => {
    const group = node("g", { transform: `translate(${x},${y})` }, ...nodes);
    y += height + after;
    return nodes.length ? [group] : [];
  });
  return { placed, bottom: y };
}

async function compose(training, title) {
  const colours = training.spec.palettes[training.mode];
  // Everything is read at once, before Plotly takes its time: the run may be playing.
  const said = [training.status, training.slice, training.sides, training.ended]
    .map((one) => one.textContent.trim().replaceAll("\n", "; "));
  // On the page the rings are explained where the examples are listed.
  said[2] += training.data.hardest?.length
    ? ` The large ring is example ${training.example}, the small ones are the examples that pull hardest.`
    : ` The ring is example ${training.example}.`;
  const headings = [training.surface, training.data, training.loss]
    .map((one) => one.node.parentElement.querySelector("h2")?.textContent ?? "");
  const [surface, data, loss] = await Promise.all([training.surface, training.data, training.loss].map(view));
  const right = Math.max(data.width, loss.width);
  const width = PAD + surface.width + GAP + right + PAD;
  const text = (words, own) => ({ ...lines(words, { colour: colours.muted, size: 13, width: width - 2 * PAD, ...own }) });
  const heading = (words, room) => ({ ...text(words, { colour: colours.text, size: 15, weight: 650, width: room }), height: HEAD });
  const figure = ({ both, height }) => ({ nodes: [both], height, after: 6 });
  const top = column(PAD, PAD, [
    { ...text(title, { colour: colours.text, size: 19, weight: 650 }), after: 2 },
    { ...text(said[0], { size: 14 }), after: 14 },
  ]);
  const left = column(PAD, top.bottom, [
    heading(headings[0], surface.width), figure(surface), legend(training, colours, surface.width),
    text(said[1], { width: surface.width }),
  ]);
  const beside = column(PAD + surface.width + GAP, top.bottom, [
    heading(headings[1], right), figure(data), { ...text(said[2], { width: right }), after: 10 },
    heading(headings[2], right), figure(loss), text(said[3], { width: right }),
  ]);
  const height = Math.ceil(Math.max(left.bottom, beside.bottom) + PAD + 14);
  const small = { fill: colours.muted, "font-family": SANS, "font-size": 13, "text-anchor": "end" };
  const credit = node("text", { x: width - PAD, y: height - 14, ...small }, "lrviz");
  const root = node("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
    node("title", {}, title), node("rect", { width, height, fill: colours.surface }),
    ...top.placed, ...left.placed, ...beside.placed, credit);
  return { root, width, height };
}

async function raster(svg, width, height) {
  const url = URL.createObjectURL(svg);
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [SCALE * width, SCALE * height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be drawn."))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * A picture of what the Training page shows now.
 *
 * `training` is the TrainingPage of training.js, `format` "svg" or "png" (twice the size on the screen), and
 * `title` its first line. The answer is a Blob; an SVG has no reference to anything outside it.
 */
export async function picture(training, format, title = described(training)) {
  if (!["svg", "png"].includes(format)) throw new Error(`A picture is svg or png, not ${format}.`);
  const { root, width, height } = await compose(training, title);
  // A name from a visitor's file may hold signs that no XML may.
  const text = new XMLSerializer().serializeToString(root).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
  const svg = new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${text}`], { type: "image/svg+xml" });
  return format === "svg" ? svg : raster(svg, width, height);
}

/** Give a Blob to the visitor as a file. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Buttons that save the picture; mounted once, beside the other downloads. */
export function mountPictures({ data, parentElement: host }) {
  host.lrvizStem = data.stem;
  if (host.querySelector(".lvt-pictures")) return;
  const said = el("span", { class: "lvt-label", role: "status" });
  const button = (format) => el("button", {
    type: "button",
    class: "lv-button",
    text: `Picture, ${format.toUpperCase()}`,
    onclick: async () => {
      said.textContent = "Drawing…";
      try {
        save(await picture(channel(data.key).live, format), `${host.lrvizStem}.${format}`);
        said.textContent = "";
      } catch (error) {
        said.textContent = `The picture could not be drawn: ${error.message}`;
      }
    },
  });
  host.append(el("div", { class: "lvt-pictures" }, button("png"), button("svg"), said));
}
