// <score-bar value="0.45" threshold="0.5" low="0.4" high="0.5" verdict="review">: a score against its limits.

const SVG = "http://www.w3.org/2000/svg";

class ScoreBar extends HTMLElement {
  connectedCallback() {
    const [value, threshold, low, high] = ["value", "threshold", "low", "high"].map((name) => number(this.getAttribute(name)));
    const end = top(value, threshold, high);
    const at = (score) => `${Math.min(100, Math.max(0, (100 * score) / end))}%`;
    const svg = drawn("svg", { class: "bar", height: "26", role: "img", "aria-label": this.#words(value, threshold, low, high) });
    svg.append(drawn("rect", { class: "bar-track", x: "0", y: "9", width: "100%", height: "8", rx: "4" }));
    if (threshold !== null) {
      svg.append(drawn("rect", { class: "bar-over", x: at(threshold), y: "9", width: at(end - threshold), height: "8" }));
    }
    if (low !== null && high !== null) {
      svg.append(drawn("rect", { class: "bar-band", x: at(low), y: "6", width: at(high - low), height: "14", rx: "2" }));
    }
    if (threshold !== null) svg.append(drawn("line", { class: "bar-limit", x1: at(threshold), x2: at(threshold), y1: "1", y2: "25" }));
    if (value !== null) svg.append(drawn("circle", { class: "bar-score", cx: at(value), cy: "13", r: "6.5" }));
    this.replaceChildren(svg);
  }

  #words(value, threshold, low, high) {
    const band = low === null ? "" : `, in doubt from ${low} to ${high}`;
    const limit = threshold === null ? "no limit" : `limit ${threshold}`;
    return `score ${value === null ? "is no number" : Number(value.toPrecision(3))}, ${limit}${band}`;
  }
}

/** The score at the right end: 1, or less where a limit is so low that nothing could be told apart. */
function top(value, threshold, high) {
  if (threshold === null || threshold >= 0.1) return Math.max(1, value ?? 0);
  return Math.min(1, Math.max(4 * threshold, 1.1 * (value ?? 0), 1.1 * (high ?? 0), 1e-9));
}

const number = (text) => (text === null || text === "" ? null : Number(text));

function drawn(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

customElements.define("score-bar", ScoreBar);
