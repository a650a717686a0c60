// The text with its findings: one element a finding, painted anew whenever its state changes.

import { element, shown } from "./characters.js";

const LINE_BREAK = /\r\n|\r|\n/;

/** Shows a review in one of four ways. */
export class TextView {
  /**
   * @param {HTMLElement} place Where to show it.
   * @param {(i: number) => void} onPick Told which finding was clicked or focused.
   */
  constructor(place, onPick) {
    this.place = place;
    /** @type {Map<number, HTMLElement>} */
    this.spans = new Map();
    place.addEventListener("click", (event) => {
      const span = event.target.closest(".finding");
      if (span) onPick(Number(span.dataset.i));
    });
  }

  /** Build everything: a new text, or another way to show it. */
  build(review, view) {
    this.review = review;
    this.view = view;
    this.spans.clear();
    this.olds = new Map();
    this.place.className = `text view-${view === "split" ? "restored split" : view}`;
    this.place.replaceChildren(...(view === "split" ? this.#split() : this.#lines((i) => [this.#span(i)])));
    this.painted = [];
    this.update();
  }

  /** Show every candidate as it is now. */
  update() {
    const { review, painted } = this;
    review.bench.candidates.forEach((_, i) => {
      const now = `${review.state(i)}|${review.wording(i)}|${review.current === i}`;
      if (painted[i] !== now) this.#paint(i);
      painted[i] = now;
    });
  }

  #paint(i) {
    const { review } = this;
    const span = this.spans.get(i);
    const candidate = review.bench.candidates[i];
    const state = review.state(i);
    const wording = review.wording(i);
    const current = review.current === i && state !== "hidden";
    span.replaceChildren(...content(candidate, state, wording));
    this.olds.get(i)?.replaceChildren(wording === null ? element("span", {}, ...shown(candidate.text)) : element("del", {}, ...shown(candidate.text)));
    span.dataset.state = state;
    span.classList.toggle("finding", state !== "hidden");
    span.style.setProperty("--sure", candidate.confidence.toFixed(2));
    if (state === "hidden") {
      for (const name of ["role", "tabindex", "aria-label", "aria-current"]) span.removeAttribute(name);
      return;
    }
    span.setAttribute("role", "button");
    span.setAttribute("tabindex", current ? "0" : "-1");
    span.setAttribute("aria-label", label(candidate, state, wording));
    span.setAttribute("aria-current", String(current));
  }

  focus(i) {
    const span = this.spans.get(i);
    span?.focus({ preventScroll: true });
    span?.scrollIntoView({ block: "nearest" });
  }

  #span(i) {
    const span = element("span", { "data-i": i });
    this.spans.set(i, span);
    return span;
  }

  /** Lines of the text; `made` gives the nodes of a finding. */
  #lines(made) {
    const lines = [newLine()];
    for (const piece of this.review.bench.pieces) {
      if (typeof piece !== "string") {
        lines.at(-1).append(...made(piece));
        continue;
      }
      piece.split(LINE_BREAK).forEach((text, number) => {
        if (number) lines.push(newLine());
        lines.at(-1).append(...shown(text));
      });
    }
    return lines;
  }

  #split() {
    const before = this.#lines((i) => {
      const old = element("span");
      this.olds.set(i, old);
      return [old];
    });
    const after = this.#lines((i) => [this.#span(i)]);
    const rows = before.flatMap((left, number) => {
      const right = after[number];
      right.classList.add("after");
      const same = !right.querySelector("[data-i]");
      for (const side of [left, right]) side.classList.toggle("same", same);
      return [left, right];
    });
    return [element("h3", {}, "Original"), element("h3", {}, "Restored"), ...rows];
  }
}

function newLine() {
  return element("div", { class: "line", dir: "auto" });
}

function content(candidate, state, wording) {
  if (state === "hidden") return shown(candidate.text);
  if (wording === null) return [element("mark", {}, ...shown(candidate.text))];
  const old = element("del", {}, ...shown(candidate.text));
  if (!wording) return [old, element("ins", { class: "gone" })];
  return [old, element("span", { class: "gap" }, " "), element("ins", {}, ...shown(wording))];
}

const STATES = { open: "open", accepted: "accepted", changed: "changed by you", rejected: "rejected" };

/** A finding in words, for a screen reader. */
export function label(candidate, state, wording) {
  const what =
    wording !== null
      ? `${wording ? `replaced by ${wording}` : "deleted"}`
      : candidate.replacement === null
        ? "no suggestion"
        : `suggested ${candidate.replacement || "deletion"}`;
  return `${candidate.text}: ${what}, ${candidate.percent} sure, ${STATES[state]}`;
}
