// How a part is drawn: its picture with the place of a defect, and its scores.

import "./bar.js";

const SVG = "http://www.w3.org/2000/svg";
const FEW_PIXELS = 160; // smaller pictures are shown with sharp pixels

/** Puts a loaded picture into a frame, with rectangles where heads found something. */
export function showPicture(frame, image, alt, regions = []) {
  image.alt = alt;
  image.classList.toggle("sharp", Math.max(image.naturalWidth, image.naturalHeight) < FEW_PIXELS);
  frame.replaceChildren(image, ...(regions.length > 0 ? [overlay(image, regions)] : []));
}

/** Lines of the heads that judge: name, verdict, score and limits. */
export function scoreLines(heads) {
  return heads.filter((head) => head.verdict !== null).map((head) => {
    const line = element("div", "score");
    const name = head.label && head.label !== head.name ? `${head.name}: ${head.label}` : head.name;
    const told = element("div", "score-told");
    told.append(element("span", "words", name), verdict(head.verdict));
    line.append(told, bar(head), element("div", "score-words", scoreWords(head)));
    return line;
  });
}

export function scoreWords(head) {
  const band = head.review_band === null ? "" : ` · in doubt ${short(head.review_band[0])} to ${short(head.review_band[1])}`;
  const limit = head.threshold === null ? "" : ` · limit ${short(head.threshold)}`;
  return `${head.score === null ? "no number" : short(head.score)}${limit}${band}`;
}

/** The verdict by colour, shape and word; the drawing is the one of the page's template. */
export function verdict(word) {
  return document.getElementById(`verdict-${word}`).content.firstElementChild.cloneNode(true);
}

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function bar(head) {
  const made = document.createElement("score-bar");
  const [low, high] = head.review_band ?? ["", ""];
  const values = { value: head.score, threshold: head.threshold, low, high };
  for (const [name, value] of Object.entries(values)) made.setAttribute(name, value ?? "");
  return made;
}

function overlay(image, regions) {
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "regions");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-hidden", "true");
  for (const region of regions) {
    const rect = document.createElementNS(SVG, "rect");
    const values = { x: region.left * width, y: region.top * height, width: region.width * width, height: region.height * height };
    for (const [name, value] of Object.entries(values)) rect.setAttribute(name, value);
    svg.append(rect);
  }
  return svg;
}

const short = (value) => (value === 0 || Math.abs(value) >= 0.001 ? value.toFixed(3) : value.toExponential(1));
