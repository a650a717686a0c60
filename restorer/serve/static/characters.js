// Characters that act on a display instead of showing on it, made visible: the same ones as in every report
// (restorer/report/characters.py).

const ACTING =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2028\u2029\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u206f\ud800-\udfff]/u;

/** Nodes that show a text; none of them is ever made from markup. */
export function shown(text) {
  return text
    .replaceAll("\r\n", "\n")
    .split(new RegExp(`(${ACTING.source})`, "u"))
    .filter(Boolean)
    .map((part) => (ACTING.test(part) ? picture(part) : part));
}

/** A wording on one line, quoted; what is empty deletes, null is no suggestion. */
export function quoted(wording) {
  if (wording === null) return ["(no suggestion)"];
  return wording ? ["“", isolated(wording.replaceAll(/[\r\n\t]+/g, " ")), "”"] : ["(delete)"];
}

/** A wording that cannot turn the reading order of what stands around it. */
function isolated(wording) {
  return element("bdi", {}, ...shown(wording));
}

function picture(character) {
  const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return element("span", { class: "acting" }, `<U+${code}>`);
}

/** An element with attributes and children; strings become text. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}
