// What each page does at its start.

import * as person from "./person.js";

person.start();
