// What each page does at its start.

import * as person from "./person.js";

person.start();
// On a phone the navigation is longer than the screen.
document.querySelector(".pages [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
