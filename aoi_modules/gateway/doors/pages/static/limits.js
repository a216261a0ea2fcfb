// The threshold desk: shows what a threshold would do while it moves, and applies it once somebody says why.

import { post } from "./ask.js";
import * as person from "./person.js";

const PAUSE_MS = 150;
const desk = document.getElementById("desk");
const byId = (id) => document.getElementById(id);

function start() {
  const [slider, threshold, doubtful] = ["slider", "threshold", "doubtful"].map(byId);
  let width = doubtful.value === "" ? null : threshold.value - doubtful.value;
  let asked = null;
  let timer = 0;

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
    ready();
  };

  slider.addEventListener("input", () => {
    threshold.value = slider.value;
    keepWidth();
    later();
  });
  threshold.addEventListener("input", () => {
    slider.value = threshold.value;
    keepWidth();
    later();
  });
  doubtful.addEventListener("input", () => {
    width = doubtful.value === "" ? null : threshold.value - doubtful.value;
    later();
  });
  byId("try").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show();
  });
  if (byId("apply") !== null) prepareApplying(ready);

  // The doubtful scores stay as many below the threshold as they were.
  function keepWidth() {
    if (width !== null && threshold.value !== "") doubtful.value = round(Math.max(0, threshold.value - width));
  }

  async function show() {
    if (!byId("try").checkValidity()) return;
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(byId("try")));
    const answer = await fetch(`/limits/what-if?${query}`, { signal: asked.signal }).catch((error) => error);
    if (answer?.name === "AbortError") return;
    if (!(answer instanceof Response)) return refuse("The gateway does not answer. Is this tablet still in its network?");
    const text = await answer.text().catch(() => null);
    if (text === null) return;
    const found = new DOMParser().parseFromString(text, "text/html");
    if (!answer.ok) return refuse(found.querySelector("main .large")?.textContent ?? "This cannot be shown.");
    refuse("");
    byId("what-if").replaceChildren(...found.body.childNodes);
    byId("what-if-status").textContent = byId("what-if-said")?.textContent ?? "";
    history.replaceState(null, "", `/limits?${query}`);
  }

  function ready() {
    const button = byId("apply-button");
    if (button === null) return;
    button.disabled = threshold.value === "" || byId("why").value.trim() === "";
    button.textContent = threshold.value === "" ? "Apply" : `Apply ${round(Number(threshold.value))}`;
  }
}

function prepareApplying(ready) {
  byId("why").addEventListener("input", ready);
  ready();
  byId("apply").addEventListener("submit", (event) => {
    event.preventDefault();
    const threshold = Number(byId("threshold").value);
    const doubtful = byId("doubtful").value;
    change("/v1/limits", {
      component: desk.dataset.component,
      model: desk.dataset.model,
      version: Number(desk.dataset.version),
      head: desk.dataset.head,
      threshold,
      review_band: doubtful === "" ? null : [Number(doubtful), threshold],
      seen: Number(desk.dataset.seen),
    });
  });
  byId("back-button")?.addEventListener("click", (event) => {
    if (byId("why").value.trim() === "") {
      refuse("Say first why you take these limits back.");
      byId("why").focus();
      return;
    }
    change(`/v1/limits/${event.currentTarget.dataset.number}/undo`, {});
  });
}

/** Sends a change with who and why, and shows the desk as it is then. */
async function change(path, body) {
  if ((await person.ask()) === "") return;
  refuse("");
  try {
    await post(path, { ...body, ...person.who(), why: byId("why").value.trim() });
  } catch (error) {
    refuse(error.message, error.status === 409);
    return;
  }
  location.assign(here());
}

/** @param {boolean} changed whether others changed the limits, so that it helps to look at them. */
function refuse(message, changed = false) {
  const box = byId("refused");
  box.replaceChildren();
  if (message === "") return;
  const words = document.createElement("p");
  words.className = "trouble";
  words.textContent = message;
  box.append(words);
  if (!changed) return;
  const link = document.createElement("a");
  link.className = "button";
  link.href = here();
  link.textContent = "Show those in force";
  box.append(link);
}

const here = () =>
  `/limits?${new URLSearchParams(["component", "model", "version", "head"].map((name) => [name, desk.dataset[name]]))}`;
const round = (value) => String(Number(value.toPrecision(4)));

if (desk !== null) start();
