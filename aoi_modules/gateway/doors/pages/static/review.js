// The review page: what is shown, and what keys and buttons do.

import { get } from "./ask.js";
import { element, scoreLines, showPicture } from "./parts.js";
import * as person from "./person.js";
import { Queue } from "./queue.js";

const REASONS = {
  doubtful: "The model is in doubt",
  failed: "The model fails it",
  audit: "Chosen by chance from those that passed",
  disagreement: "The shadow model found another verdict",
};
const LOOK_MS = 3000; // while nothing waits
const COUNT_MS = 15000;
const at = (id) => document.getElementById(id);
const desk = at("desk");
const names = JSON.parse(desk.dataset.names);
const component = at("waiting").dataset.component;
const queue = new Queue({ component, leaseMs: 1000 * Number(desk.dataset.lease), changed: show });
let shown = null; // the part on the page
let note = "";
let isChoosing = false; // a defect is chosen
let noMap = ""; // why it cannot be told where the model looked

function show() {
  showTrouble();
  showLost();
  if (queue.current !== shown) change(queue.current);
  desk.hidden = shown === null;
  showIdle();
  showLast();
  showKeys();
}

function change(part) {
  shown = part;
  note = "";
  isChoosing = false;
  noMap = "";
  showTrouble();
  if (part === null) return;
  at("disposition").querySelector("input").checked = true;
  at("part-name").textContent = part.origin.unit ?? "A part without a number";
  at("part-where").textContent = [part.component, part.origin.position, part.origin.lot && `lot ${part.origin.lot}`].filter(Boolean).join(" · ");
  showFacts(part);
  showBeside(part);
  showNote();
  zoomOut();
  at("frame").replaceChildren();
  part.ready.then(() => seen(part));
}

/** A refused map is told as long as its part is on the page: parts that come into the queue meanwhile do not wipe it away. */
function showTrouble() {
  const words = queue.trouble || noMap;
  at("trouble").hidden = words === "";
  at("trouble").textContent = words;
}

/** The picture is there: from now on a key counts. */
function seen(part) {
  if (part !== shown) return;
  at("where").setAttribute("aria-pressed", "false");
  const regions = (part.record?.inspection.heads ?? []).map((head) => head.region).filter(Boolean);
  if (part.broken === "") showPicture(at("frame"), part.image, `Picture of ${at("part-name").textContent}`, regions);
  else at("frame").replaceChildren(element("p", "missing", `${part.broken} It cannot be judged here; skip it.`));
  requestAnimationFrame(() => {
    part.isShown = part.broken === "";
    desk.dataset.shown = part.inspection;
    showKeys();
  });
}

function showFacts(part) {
  at("reason").replaceChildren();
  if (part.blind) {
    at("reason").append(element("p", "blind", "Blind"), element("p", "soft", "Judge by the picture alone; what the model said is not shown."));
    at("scores").replaceChildren();
    return;
  }
  at("reason").append(element("p", "reason", REASONS[part.reason]));
  const { heads, model, reason } = part.record.inspection;
  const by = `${model.name}${model.version === null ? "" : ` version ${model.version}`}`;
  at("scores").replaceChildren(...scoreLines(heads), element("p", "soft", [by, reason].filter(Boolean).join(" · ")));
}

function showBeside(part) {
  const { beside, besideImage } = part;
  at("beside").closest("figure").classList.toggle("absent", beside === null);
  if (beside === null) {
    at("beside-words").textContent = "";
    at("beside").replaceChildren(element("p", "missing", "Nobody has judged one of this component good yet."));
    return;
  }
  const elsewhere = beside.position !== null && beside.position !== part.origin.position ? ` · ${beside.position}` : "";
  at("beside-words").textContent = `judged by ${beside.who}, ${beside.time.slice(0, 10)}${elsewhere}`;
  const put = () => part === shown && showPicture(at("beside"), besideImage, "A part that was judged good");
  at("beside").replaceChildren();
  if (besideImage.complete && besideImage.naturalWidth > 0) put();
  else besideImage.decode().then(put).catch(() => at("beside").replaceChildren(element("p", "missing", "Its picture cannot be loaded.")));
}

function showKeys() {
  const isLocked = !queue.isReady;
  for (const id of ["good", "defect"]) at(id).disabled = isLocked;
  at("where").disabled = isLocked || shown?.blind !== false;
  at("keys").hidden = isChoosing;
  at("defects").hidden = !isChoosing;
}

function showIdle() {
  const told = idle();
  at("idle").hidden = told === null;
  if (told === null) return;
  const [title, words, button] = told;
  at("idle-title").textContent = title;
  at("idle-words").textContent = words;
  at("go").textContent = button;
}

function idle() {
  if (queue.current !== null) return null;
  if (person.name() === "") return ["Who judges?", "Your name goes with each judgement.", "Say who you are"];
  if (queue.isOver) return ["The time for this part is over", "Others may have it now. Nothing was judged.", "Go on"];
  if (queue.isEmpty && queue.passes.length > 0) return [`${queue.passes.length} skipped`, "Nothing else waits.", "Show skipped ones again"];
  if (queue.isEmpty) return ["Nothing waits", "New parts are shown as they come.", "Look again"];
  if (queue.trouble !== "") return ["No part can be shown now", "The reason stands above.", "Try again"];
  return ["Looking for the next part", "", "Look again"];
}

function showLast() {
  const last = queue.history.at(-1);
  at("last").hidden = last === undefined;
  if (last === undefined) return;
  const said = last.opinion.verdict === "good" ? "good" : last.opinion.defect;
  at("last-words").textContent = `${last.part.origin.unit ?? last.part.component}: ${said}${last.judgement === null ? " …" : ""}`;
}

/** A judgement that was refused is told until somebody has seen it. */
function showLost() {
  at("lost").hidden = queue.lost === null;
  if (queue.lost === null) return;
  const { part, words } = queue.lost;
  at("lost-words").textContent = `What you said about ${part.origin.unit ?? part.component} was not kept. ${words}`;
  at("lost-part").href = `/inspections/${part.inspection}`;
}

function showNote() {
  at("note-line").hidden = note === "";
  at("note-words").textContent = note;
}

function say(verdict, defect = null) {
  const disposition = document.querySelector("[name=disposition]:checked").value || null;
  if (!queue.say({ verdict, defect, note, disposition })) return;
  const count = at("count");
  setCount(Math.max(0, Number(count.textContent) - 1));
  if (defect !== null && shown !== null) remember(defect);
}

/** A name that was typed is offered from now on, behind those whose digits people know by heart. */
function remember(defect) {
  const of = queue.history.at(-1).part.component;
  const known = (names[of] ??= []);
  if (!known.includes(defect)) known.push(defect);
}

function choose() {
  if (!queue.isReady) return;
  isChoosing = true;
  at("other").value = "";
  const buttons = (names[shown.component] ?? []).map((name, place) => {
    const item = element("li");
    const button = element("button", "choice");
    button.type = "button";
    if (place < 9) button.append(element("kbd", "", String(place + 1)));
    button.append(element("span", "words", name));
    button.addEventListener("click", () => say("defect", name));
    item.append(button);
    return item;
  });
  at("defect-names").replaceChildren(...buttons);
  showKeys();
  (buttons[0]?.firstElementChild ?? at("other")).focus();
}

function stopChoosing() {
  isChoosing = false;
  showKeys();
  at("defect").focus();
}

function writeNote() {
  if (shown === null) return;
  at("note-input").value = note;
  at("note-dialog").showModal();
}

function nextDisposition() {
  const choices = [...document.querySelectorAll("[name=disposition]")];
  choices[(choices.findIndex((one) => one.checked) + 1) % choices.length].checked = true;
}

/** Where the heads found something, as the version that judged the part draws it now; not for a part that is judged blind. */
async function showWhere() {
  const part = shown;
  if (part === null || part.blind || part.broken !== "") return;
  if (at("where").getAttribute("aria-pressed") === "true") return seen(part);
  const path = `/v1/inspections/${part.inspection}/map`;
  const response = await fetch(path).catch(() => null);
  if (part !== shown) return;
  if (!response?.ok) {
    const problem = (await response?.json().catch(() => ({}))) ?? {};
    if (part !== shown) return;
    noMap = `${problem.detail ?? "The gateway does not answer"}.`;
    return showTrouble();
  }
  const map = new Image();
  map.src = path; // kept by the browser since the line above
  await map.decode();
  if (part !== shown) return;
  noMap = "";
  showTrouble();
  showPicture(at("frame"), map, `Where the model found something on ${at("part-name").textContent}`);
  at("where").setAttribute("aria-pressed", "true");
}

function zoom(event) {
  const isZoomed = desk.classList.toggle("zoomed");
  at("zoom").setAttribute("aria-pressed", String(isZoomed));
  if (event) aim(event);
}

function zoomOut() {
  if (desk.classList.contains("zoomed")) zoom();
}

/** Both pictures are enlarged around the same place. */
function aim(event) {
  const box = event.currentTarget.getBoundingClientRect();
  const place = `${(100 * (event.clientX - box.left)) / box.width}% ${(100 * (event.clientY - box.top)) / box.height}%`;
  for (const frame of desk.querySelectorAll(".frame")) frame.style.setProperty("--aim", place);
}

async function go() {
  if ((await person.ask()) === "") return;
  await (queue.isEmpty && queue.passes.length > 0 ? queue.unskip() : queue.again());
}

const KEYS = {
  g: () => say("good"),
  d: choose,
  n: writeNote,
  s: () => queue.skip(),
  u: () => queue.undo(),
  w: showWhere,
  z: () => zoom(),
  r: nextDisposition,
};

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const isTyping = event.target.matches("input:not([type=radio]), textarea, select");
  if (event.key === "Escape" && isChoosing) return stopChoosing();
  if (isTyping) return;
  if (isChoosing) {
    const name = /^[1-9]$/.test(event.key) ? names[shown.component]?.[Number(event.key) - 1] : undefined;
    if (name !== undefined) say("defect", name);
    return;
  }
  const act = KEYS[event.key.toLowerCase()];
  if (act === undefined || (shown === null && event.key.toLowerCase() !== "u")) return;
  event.preventDefault();
  act();
});

const BUTTONS = { good: KEYS.g, defect: choose, note: writeNote, skip: KEYS.s, undo: KEYS.u, where: showWhere, zoom: KEYS.z, go, "defects-cancel": stopChoosing, "lost-seen": () => queue.see() };
for (const [id, act] of Object.entries(BUTTONS)) at(id).addEventListener("click", () => act());
for (const id of ["frame", "beside"]) {
  at(id).addEventListener("click", zoom);
  at(id).addEventListener("pointermove", (event) => desk.classList.contains("zoomed") && aim(event));
}
at("other-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = at("other").value.trim();
  if (name !== "") say("defect", name);
});
at("note-form").addEventListener("submit", () => {
  note = at("note-input").value.trim();
  showNote();
});
at("note-cancel").addEventListener("click", () => at("note-dialog").close());
at("note-input").addEventListener("keydown", (event) => event.key === "Enter" && event.ctrlKey && at("note-form").requestSubmit());
document.getElementById("component")?.addEventListener("change", () => at("which").submit());
window.addEventListener("beforeunload", (event) => queue.unsent > 0 && event.preventDefault());
// Parts that are before one person are not another one's.
window.addEventListener("aoi:who", ({ detail }) => (detail.before === "" ? queue.again() : location.reload()));

function setCount(count) {
  at("count").textContent = count;
  at("waiting-words").textContent = count === 1 ? "part waits" : "parts wait";
}

async function recount() {
  if (document.hidden) return;
  const { waiting } = await get("/v1/reviews").catch(() => ({ waiting: null }));
  if (waiting === null) return;
  setCount(waiting.filter((one) => component === "" || one.component === component).reduce((sum, one) => sum + one.parts, 0));
}

setInterval(() => queue.checkTime(), 1000);
setInterval(() => !document.hidden && (queue.isEmpty || queue.trouble !== "") && person.name() !== "" && queue.fill(), LOOK_MS);
setInterval(recount, COUNT_MS);
show();
if (person.name() !== "") queue.fill();
