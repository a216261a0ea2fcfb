// Stations: unlocks a component once somebody says why it may go on.

import { post } from "./ask.js";
import * as person from "./person.js";

for (const form of document.querySelectorAll("form.unlock")) prepare(form);

function prepare(form) {
  const why = form.querySelector("textarea");
  const button = form.querySelector("button");
  const trouble = form.querySelector(".trouble");
  const refuse = (words) => {
    trouble.hidden = words === "";
    trouble.textContent = words;
  };
  let isAsking = false;
  const ready = () => {
    button.disabled = isAsking || why.value.trim() === "";
  };
  why.addEventListener("input", ready);
  ready(); // a browser may have kept what was written
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isAsking || why.value.trim() === "" || (await person.ask()) === "") return;
    isAsking = true;
    ready();
    refuse("");
    try {
      await post("/v1/station/unlock", { component: form.dataset.component, ...person.who(), why: why.value.trim() });
    } catch (error) {
      isAsking = false;
      ready();
      refuse(error.message);
      return;
    }
    location.assign("/stations");
  });
}
