// Looks for new parts every other second while somebody can see it, and puts them in place of the old ones.

import "./bar.js";
import { element } from "./parts.js";

const LOOK_MS = 2000;
const live = document.getElementById("live");
const trouble = document.getElementById("trouble");
let timer = 0;

async function look() {
  clearTimeout(timer);
  if (document.hidden) return;
  const mark = document.getElementById("last-parts").dataset.mark;
  const query = new URLSearchParams({ mark, component: live.dataset.component });
  const response = await fetch(`/live/last?${query}`).catch(() => null);
  trouble.hidden = response !== null && response.ok;
  if (response === null) trouble.textContent = "The gateway does not answer. What stands here may be old.";
  else if (!response.ok) trouble.textContent = await words(response);
  else if (response.status === 200) put(await response.text());
  timer = setTimeout(look, LOOK_MS);
}

/** The gateway wrote the text, and what people named stands in it as text. Whoever had a part in focus keeps it. */
function put(text) {
  const focused = document.activeElement?.getAttribute("href");
  live.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.children);
  if (focused && live.querySelector) [...live.querySelectorAll("a")].find((one) => one.getAttribute("href") === focused)?.focus({ preventScroll: true });
}

async function words(response) {
  const problem = await response.json().catch(() => ({}));
  return `${problem.detail ?? `The gateway answered ${response.status}`}. What stands here may be old.`;
}

/** In place of a picture that was kept and does not come, a word. */
function missing(image) {
  if (image instanceof HTMLImageElement) image.replaceWith(element("span", "no-picture", "not there"));
}

live.addEventListener("error", (event) => missing(event.target), { capture: true }); // it does not bubble
for (const image of live.querySelectorAll("img")) if (image.complete && image.naturalWidth === 0) missing(image);
document.addEventListener("visibilitychange", look);
document.getElementById("component")?.addEventListener("change", () => document.getElementById("which").submit());
timer = setTimeout(look, LOOK_MS);
