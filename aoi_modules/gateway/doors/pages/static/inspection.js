// The page of one inspection: judging it, taking that back, and where a head found something.

import "./bar.js";
import { post } from "./ask.js";
import * as person from "./person.js";

const trouble = document.getElementById("trouble");
const judge = document.getElementById("judge");
const where = document.getElementById("where");
const picture = document.getElementById("picture");

async function change(path, body) {
  if ((await person.ask()) === "") return;
  try {
    await post(path, { ...person.who(), ...body });
    location.reload();
  } catch (error) {
    tell(error.message);
  }
}

function tell(words) {
  trouble.hidden = words === "";
  trouble.textContent = words;
}

judge.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = new FormData(judge);
  const verdict = event.submitter?.value ?? "";
  const defect = said.get("defect").trim();
  if (verdict === "defect" && defect === "") {
    tell("Which defect? Choose or write its name.");
    document.getElementById("defect-name").focus();
    return;
  }
  const opinion = { verdict, defect: verdict === "defect" ? defect : null, note: said.get("note").trim(), disposition: said.get("disposition") || null };
  change(`/v1/inspections/${judge.dataset.inspection}/judgements`, opinion);
});

for (const button of document.querySelectorAll(".undo")) {
  button.addEventListener("click", () => change(`/v1/judgements/${button.dataset.judgement}/undo`, {}));
}

const plain = picture?.getAttribute("src");

where?.addEventListener("click", async () => {
  const isOn = where.getAttribute("aria-pressed") === "true";
  if (isOn) return show(plain, false);
  where.disabled = true;
  const response = await fetch(where.dataset.map).catch(() => null);
  where.disabled = false;
  if (response?.ok) return show(where.dataset.map, true);
  const problem = await response?.json().catch(() => ({}));
  tell(problem?.detail ? `${problem.detail}.` : "The gateway does not answer.");
});

function show(source, isMap) {
  tell("");
  picture.src = source;
  where.setAttribute("aria-pressed", String(isMap));
}
