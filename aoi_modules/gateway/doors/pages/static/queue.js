// The parts before a person: the one that is judged, the next one with its picture loaded, and what was judged last.
// Nothing here draws; whoever shows it learns of each change.

import { Refused, post } from "./ask.js";
import * as person from "./person.js";

const AHEAD = 3; // parts at a time: one is judged, the next ones wait with their pictures
const MOST_UNSENT = 3; // judgements that may wait for the gateway before judging stops
const MOST_UNDONE = 20; // judgements that can be taken back, the last one first
const AGAIN_MS = 2000;
const KEPT = "aoi.review.parts"; // what this window has before it, so that it gives it back after a reload

export class Queue {
  /**
   * @param {object} options
   * @param {string} options.component only its parts; "" for all.
   * @param {number} options.leaseMs how long a part is one person's alone.
   * @param {() => void} options.changed called whenever there is something else to show.
   */
  constructor({ component, leaseMs, changed }) {
    this.component = component;
    this.leaseMs = leaseMs;
    this.changed = changed;
    this.parts = []; // the current one first
    this.passes = []; // ids of parts that were skipped
    this.history = []; // { part, opinion, judgement } in order
    this.troubles = { asking: "", sending: "", undoing: "" }; // why the gateway did not do it, by what was wanted
    this.lost = null; // { part, words } of the last judgement that was refused, until somebody has seen it
    this.isEmpty = false; // nothing waits that was not skipped
    this.isOver = false; // the current part's time is over
    this.unsent = 0;
    this.sending = Promise.resolve();
    this.filling = null;
    this.back = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  }

  /** What did not go well and is not mended yet, in words, what may be lost first; "" where all is well. */
  get trouble() {
    const { sending, undoing, asking } = this.troubles;
    return sending || undoing || asking;
  }

  get current() {
    return this.parts[0] ?? null;
  }

  /** Whether a key counts: the picture is there, and was seen. */
  get isReady() {
    return this.current !== null && this.current.isShown && !this.isOver && this.unsent < MOST_UNSENT;
  }

  /** Asks for parts until there are enough. */
  fill() {
    this.filling ??= this.#fill().finally(() => (this.filling = null));
    return this.filling;
  }

  /** Judges the current part; the next one is shown at once. False where it was not there to be judged. */
  say(opinion) {
    if (!this.isReady) return false;
    const entry = { part: this.parts.shift(), opinion, judgement: null, who: person.who() };
    this.history = [...this.history, entry].slice(-MOST_UNDONE);
    this.unsent += 1;
    this.troubles.undoing = ""; // who judges on has seen it
    this.sending = this.sending.then(() => this.#send(entry));
    this.#moved();
    return true;
  }

  /** Gives the current part back to the others. */
  skip() {
    if (this.current === null) return;
    this.passes = [...this.passes, this.parts.shift().inspection].slice(-200);
    this.#moved();
  }

  /** Asks for the parts that were skipped, too. */
  unskip() {
    this.passes = [];
    return this.again();
  }

  /** Takes the last judgement back; its part is the current one again. */
  async undo() {
    await this.sending;
    const entry = this.history.at(-1);
    if (entry === undefined) return;
    try {
      await post(`/v1/judgements/${entry.judgement.id}/undo`, person.who());
    } catch (error) {
      this.#tell("undoing", error);
      return;
    }
    this.history.pop();
    this.troubles.undoing = "";
    this.parts.unshift(entry.part);
    this.#lease([entry.part]);
    this.#moved();
  }

  /** Forgets the refusal that somebody has seen. */
  see() {
    this.lost = null;
    this.changed();
  }

  /** Begins anew, after trouble or a pause. */
  again() {
    this.isOver = this.isEmpty = false;
    this.troubles.asking = this.troubles.undoing = "";
    this.changed();
    return this.fill();
  }

  /** Looks whether the time of a part is over: then others may have it. */
  checkTime() {
    if (this.current === null || Date.now() < this.current.until) return;
    this.back = this.parts.map((part) => part.inspection);
    this.parts = [];
    this.isOver = true;
    this.changed();
  }

  async #fill() {
    while (this.parts.length < AHEAD && !this.isOver) {
      const component = this.component || null;
      const keeps = this.parts.map((part) => part.inspection);
      const given = this.back;
      let part;
      try {
        part = await post("/v1/reviews/next", { ...person.who(), component, keeps, passes: [...this.passes, ...given] });
      } catch (error) {
        this.#tell("asking", error);
        return;
      }
      this.back = [];
      this.troubles.asking = "";
      this.#lease(this.parts.filter((one) => keeps.includes(one.inspection)));
      if (part.inspection === null && given.length > 0) continue; // what was given back may be asked for now
      this.isEmpty = part.inspection === null;
      if (this.isEmpty) break;
      this.parts.push(this.#loaded(part));
      this.#lease([part]);
      this.#keep();
      this.changed();
    }
    this.changed();
  }

  /** Loads the picture of a part, and of the one beside it, before anybody waits for it. */
  #loaded(part) {
    part.isShown = false;
    part.broken = "";
    part.image = picture(part.picture);
    part.ready = part.image.decode().catch(() => (part.broken = "Its picture cannot be loaded."));
    part.besideImage = part.beside === null ? null : picture(part.beside.picture);
    return part;
  }

  async #send(entry) {
    for (;;) {
      try {
        entry.judgement = await post(`/v1/inspections/${entry.part.inspection}/judgements`, { ...entry.who, ...entry.opinion });
        this.troubles.sending = "";
        break;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (!error.isPassing) {
          this.troubles.sending = "";
          this.lost = { part: entry.part, words: error.message };
          this.history = this.history.filter((one) => one !== entry);
          break;
        }
        this.#tell("sending", error, "Your last judgement is not kept yet; it is sent again. ");
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    this.unsent -= 1;
    this.changed();
  }

  #moved() {
    this.isEmpty = false;
    this.#keep();
    this.changed();
    this.fill();
  }

  #lease(parts) {
    for (const part of parts) part.until = Date.now() + this.leaseMs;
  }

  #keep() {
    sessionStorage.setItem(KEPT, JSON.stringify(this.parts.map((part) => part.inspection)));
  }

  #tell(wanted, error, before = "") {
    if (!(error instanceof Refused)) throw error;
    this.troubles[wanted] = before + error.message;
    this.changed();
  }
}

function picture(path) {
  const image = new Image();
  image.src = path;
  return image;
}
