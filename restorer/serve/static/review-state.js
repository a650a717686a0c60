// A review: what was decided, what follows from it, and how to take it back. No DOM, no network.
//
// The server has decided what is flagged and applied at every stop of the slider; nothing here weighs anything.

const HIDDEN = "0", APPLIED = "2";

/** One text under review. */
export class Review {
  /**
   * @param {object} bench What the server said of the text.
   * @param {object} [saved] What `saved()` gave before.
   */
  constructor(bench, saved = {}) {
    this.bench = bench;
    this.stop = saved.stop ?? bench.begin;
    this.current = saved.current ?? -1;
    this.steps = saved.steps ?? [];
    this.undone = saved.undone ?? [];
    /** @type {Map<number, string|null>} candidate → wording, null to leave the text */
    this.decisions = new Map();
    for (const step of this.steps) this.#apply(step, "after");
  }

  /** What a reload needs beside the bench. */
  saved() {
    return { stop: this.stop, current: this.current, steps: this.steps, undone: this.undone };
  }

  /** Candidates that are findings: flagged at this stop, or decided on. */
  findings() {
    return [...this.bench.candidates.keys()].filter((i) => this.isFinding(i));
  }

  isFinding(i) {
    return this.decisions.has(i) || (this.bench.candidates[i]?.states[this.stop] ?? HIDDEN) !== HIDDEN;
  }

  isOpen(i) {
    return this.isFinding(i) && !this.decisions.has(i);
  }

  /** The wording that stands in a candidate's place, null where the text stays. */
  wording(i) {
    if (this.decisions.has(i)) return this.decisions.get(i);
    const { states, replacement } = this.bench.candidates[i];
    return states[this.stop] === APPLIED ? replacement : null;
  }

  /** "open", "accepted", "changed" or "rejected"; "hidden" when it is no finding. */
  state(i) {
    if (!this.isFinding(i)) return "hidden";
    if (!this.decisions.has(i)) return "open";
    const wording = this.decisions.get(i);
    if (wording === null) return "rejected";
    return wording === this.bench.candidates[i].replacement ? "accepted" : "changed";
  }

  /** The wordings other than the suggested one, best first; number 1 is the first of them. */
  choices(i) {
    const { alternatives, replacement } = this.bench.candidates[i];
    return alternatives.filter((a) => a.text !== replacement);
  }

  /** Candidates of the same form that are still open, this one among them in any case. */
  sameForm(i) {
    const { form } = this.bench.candidates[i];
    return this.findings().filter((j) => j === i || (this.isOpen(j) && this.bench.candidates[j].form === form));
  }

  /** The whole text with every edit in force; a word that is deleted takes a space with it. */
  restored() {
    let text = "";
    let skip = false;
    for (const piece of this.bench.pieces) {
      if (typeof piece === "string") {
        text += skip && piece.startsWith(" ") ? piece.slice(1) : piece;
        skip = false;
        continue;
      }
      const { gap, text: old } = this.bench.candidates[piece];
      const wording = this.wording(piece);
      // The space before it is gone where its neighbour was deleted too; then the one after it goes.
      const before = gap === "before" && text.endsWith(" ");
      if (wording === "" && before) text = text.slice(0, -1);
      skip = wording === "" && gap !== "" && !before;
      text += wording ?? old;
    }
    return text;
  }

  /** The whole text as it came. */
  original() {
    return this.bench.pieces.map((piece) => (typeof piece === "string" ? piece : this.bench.candidates[piece].text)).join("");
  }

  /** What was decided, as the API takes it. */
  decided() {
    return [...this.decisions].map(([i, replacement]) => {
      const { start, text } = this.bench.candidates[i];
      return { start, text, replacement };
    });
  }

  get fpr() {
    return this.bench.stops[this.stop].fpr;
  }

  accept(i) {
    const { replacement } = this.bench.candidates[i];
    if (replacement === null) return false;
    return this.#decide([[i, replacement]]);
  }

  reject(i) {
    return this.#decide([[i, null]]);
  }

  /** Take another wording by its number, from 1. */
  choose(i, number) {
    const choice = this.choices(i)[number - 1];
    return choice ? this.#decide([[i, choice.text]]) : false;
  }

  /** A wording of the reviewer's own; empty deletes, and the text's own wording leaves it. */
  write(i, wording) {
    const { text } = this.bench.candidates[i];
    const written = spaced(wording, text);
    return this.#decide([[i, written === text ? null : written]]);
  }

  /** Accept wherever the same form is open, cased as it is written there. */
  acceptForm(i) {
    const asked = this.bench.candidates[i];
    if (asked.replacement === null) return false;
    return this.#decide(this.sameForm(i).map((j) => [j, cased(asked.replacement, asked, this.bench.candidates[j])]));
  }

  /** Accept every edit that is in force and open. */
  acceptOpen() {
    return this.#decide(this.openEdits().map((i) => [i, this.wording(i)]));
  }

  /** Findings that are open and applied at this stop. */
  openEdits() {
    return this.findings().filter((i) => this.isOpen(i) && this.wording(i) !== null);
  }

  /** Take back what was decided on one finding. */
  reopen(i) {
    return this.decisions.has(i) ? this.#decide([[i, undefined]]) : false;
  }

  /** Take the last answer back; how many findings it was about, 0 for no answer. */
  undo() {
    return this.#move(this.steps, this.undone, "before");
  }

  redo() {
    return this.#move(this.undone, this.steps, "after");
  }

  #move(from, to, side) {
    const step = from.pop();
    if (!step) return 0;
    to.push(step);
    this.#apply(step, side);
    this.current = step[0].i;
    return step.length;
  }

  #decide(pairs) {
    const step = pairs
      .map(([i, after]) => ({ i, before: this.decisions.get(i), after }))
      .filter(({ before, after }) => before !== after);
    if (step.length) {
      this.steps.push(step);
      this.undone = [];
      this.#apply(step, "after");
    }
    return pairs.length > 0;
  }

  // Undefined, which JSON leaves out, stands for "not decided".
  #apply(step, side) {
    for (const change of step) {
      if (change[side] === undefined) this.decisions.delete(change.i);
      else this.decisions.set(change.i, change[side]);
    }
  }
}

/** A typed wording with the white space its span begins and ends with: one that deletes takes in a space. */
export function spaced(wording, replaced) {
  const typed = wording.trim();
  if (!typed) return "";
  const before = /^['’]/.test(typed) ? "" : replaced.slice(0, replaced.length - replaced.trimStart().length);
  return before + typed + replaced.slice(replaced.trimEnd().length);
}

/** The wording as it would be written where the same form stands elsewhere. */
export function cased(wording, asked, other) {
  const known = other.alternatives.find((a) => a.text.toLowerCase() === wording.toLowerCase());
  if (known) return known.text;
  if (asked.text === other.text || !wording) return wording;
  if (isUpper(other.text) && other.text.length > 1) return wording.toUpperCase();
  const first = wording.slice(0, 1);
  return (isUpper(other.text.slice(0, 1)) ? first.toUpperCase() : first.toLowerCase()) + wording.slice(1);
}

function isUpper(text) {
  return text === text.toUpperCase() && text !== text.toLowerCase();
}
