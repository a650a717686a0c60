// What is known of the current finding, and what can be done about it.

import { element, quoted } from "./characters.js";

const MOST_CHOICES = 9;

/** Shows one finding; every button calls one of the actions by name. */
export class Panel {
  /**
   * @param {HTMLElement} title
   * @param {HTMLElement} body
   * @param {Record<string, Function>} actions
   */
  constructor(title, body, actions) {
    this.title = title;
    this.body = body;
    this.actions = actions;
  }

  show(review) {
    const i = review.current;
    if (i !== this.shown) this.body.parentElement.scrollTop = 0;
    this.shown = i;
    if (i < 0 || !review.isFinding(i)) {
      this.title.replaceChildren(review.findings().length ? "No finding chosen" : "Nothing was flagged");
      this.body.replaceChildren(
        element("p", { class: "soft" }, review.findings().length ? "Choose one in the text, or press → for the next." : ""),
      );
      return;
    }
    const candidate = review.bench.candidates[i];
    this.title.replaceChildren(...quoted(candidate.text), " → ", ...quoted(candidate.replacement));
    this.body.replaceChildren(
      element("p", { class: "state" }, stateLine(review, i)),
      element("p", { class: "soft" }, place(review, i)),
      this.#actions(review, i),
      ...this.#choices(review, i),
      ...this.#own(review, i),
      element("h4", {}, "Why"),
      element("ul", { class: "reasons" }, ...candidate.reasons.map((reason) => element("li", {}, reason))),
    );
  }

  /** The field for a wording of one's own. */
  get field() {
    return this.body.querySelector("#own");
  }

  #actions(review, i) {
    const { accept, reject, acceptForm, reopen, previous, next, undo } = this.actions;
    const same = review.sameForm(i).length;
    const none = review.bench.candidates[i].replacement === null;
    // What comes and goes stands last, so that the other buttons stay where they are.
    const others = [
      ...(same > 1 && !none ? [once(button(`Accept all ${same}`, "f", acceptForm))] : []),
      ...(review.decisions.has(i) ? [once(button("Open again", "o", reopen))] : []),
    ];
    const row = (...buttons) => element("div", { class: "row" }, ...buttons);
    return element(
      "div",
      {},
      row(once(button("Accept", "a", accept, { class: "main", disabled: none })), once(button("Reject", "r", reject))),
      row(button("Previous", "k", previous), button("Next", "j", next), button("Undo", "u", undo, { disabled: !review.steps.length })),
      ...(others.length ? [row(...others)] : []),
    );
  }

  #choices(review, i) {
    const choices = review.choices(i).slice(0, MOST_CHOICES);
    if (!choices.length) return [];
    const wording = review.decisions.get(i);
    const items = choices.map((choice, number) =>
      element(
        "li",
        {},
        once(
          element(
            "button",
            {
              type: "button",
              class: "choice",
              "aria-pressed": String(wording === choice.text),
              "aria-keyshortcuts": number + 1,
              onclick: () => this.actions.choose(number + 1),
            },
            element("span", {}, ...quoted(choice.text)),
            element("span", {}, choice.percent),
            element("kbd", { "aria-hidden": "true" }, String(number + 1)),
          ),
        ),
      ),
    );
    return [element("h4", {}, "Or rather"), element("ol", {}, ...items)];
  }

  #own(review, i) {
    const { text, replacement } = review.bench.candidates[i];
    const wording = review.wording(i) ?? replacement ?? text;
    const field = element("input", { type: "text", id: "own", autocomplete: "off", spellcheck: "true", value: wording.trim() });
    const form = element(
      "form",
      {
        class: "own",
        onsubmit: (event) => {
          event.preventDefault();
          this.actions.write(field.value);
        },
      },
      field,
      element("button", {}, "Use"),
    );
    return [element("h4", {}, element("label", { for: "own" }, "Your own wording (empty deletes) ", element("kbd", { "aria-hidden": "true" }, "e"))), form];
  }
}

function button(text, key, action, attributes = {}) {
  return element(
    "button",
    { type: "button", onclick: () => action(), "aria-keyshortcuts": key, ...attributes },
    text,
    " ",
    element("kbd", { "aria-hidden": "true" }, key),
  );
}

/** The second click of a double click would fall on the next finding: the panel has moved on under the pointer. */
function once(button) {
  button.addEventListener("click", (event) => event.detail > 1 && event.stopImmediatePropagation(), { capture: true });
  return button;
}

function stateLine(review, i) {
  const candidate = review.bench.candidates[i];
  const sure = `${candidate.percent} sure`;
  const wording = review.wording(i);
  switch (review.state(i)) {
    case "accepted":
      return `Accepted, ${sure}`;
    case "changed":
      return wording ? `Changed by you to “${wording.trim()}”` : "Deleted by you";
    case "rejected":
      return "Rejected: the text stays as it is";
    default:
      return wording === null ? `Flagged, left as it was; ${sure}` : `Open, in the restored text; ${sure}`;
  }
}

function place(review, i) {
  const candidate = review.bench.candidates[i];
  const findings = review.findings();
  const where = `${findings.indexOf(i) + 1} of ${findings.length}, line ${candidate.line}, column ${candidate.column}`;
  return candidate.kind ? `${where}, ${candidate.kind}` : where;
}
