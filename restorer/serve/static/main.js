// The review page: connects what the user does with the review, and the review with what is shown.

import { element, shown } from "./characters.js";
import { Panel } from "./panel.js";
import { Review } from "./review-state.js";
import * as server from "./server.js";
import * as store from "./store.js";
import { label, TextView } from "./text-view.js";

const $ = (id) => document.getElementById(id);
const VIEWS = ["changes", "original", "restored", "split"];
const NO_SUGGESTION = "There is no suggestion to accept; type one, or reject.";

/** @type {Review | null} */
let review = null;
let workId = "";
let view = "changes";

const actions = {
  accept: () => decide(review.accept(review.current), NO_SUGGESTION),
  reject: () => decide(review.reject(review.current)),
  choose: (number) => decide(review.choose(review.current, number), `There is no alternative ${number}.`),
  write: (wording) => decide(review.write(review.current, wording)),
  acceptForm: () => decide(review.acceptForm(review.current), NO_SUGGESTION),
  reopen: () => decide(review.reopen(review.current), "Nothing was decided on it.", { stay: true }),
  previous: () => walk(-1),
  next: () => walk(1),
  undo: () => after(review.undo(), "Undone", "There is nothing to undo."),
  redo: () => after(review.redo(), "Done again", "There is nothing to do again."),
};

const text = new TextView($("page"), (i) => pick(i));
const panel = new Panel($("panel-title"), $("panel-body"), actions);

document.documentElement.classList.add("js");

// What is open: start or review

/** Counts what is opened, so that a late answer does not take the user away from something else. */
let opened = 0;

function show(section) {
  opened += 1;
  alert("");
  $("start").hidden = section !== "start";
  $("review").hidden = section !== "review";
  $("about").hidden = section === "review";
  $("new").hidden = section === "start";
}

function showStart({ push = true } = {}) {
  review = null;
  store.setOwnId(null);
  if (push) history.pushState({}, "");
  document.title = "restorer: review";
  show("start");
  listWorks();
}

function listWorks() {
  const works = store.works();
  $("recent").querySelector("ul").replaceChildren(...works.map(recent));
  $("recent").hidden = !works.length;
}

function recent(work) {
  const when = new Date(work.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  const drop = () => {
    store.forget(work.id);
    listWorks();
    $("text").focus();
  };
  return element(
    "li",
    {},
    element("span", {}, element("bdi", {}, ...shown(work.name)), " ", element("span", { class: "soft" }, `${number(work.decided)} of ${number(work.findings)} decided, ${when}`)),
    element("button", { type: "button", "aria-label": `Go on with ${work.name}`, onclick: (event) => goOn(work.id, { button: event.target }) }, "Go on"),
    element("button", { type: "button", "aria-label": `Forget ${work.name}`, onclick: drop }, "Forget"),
  );
}

async function goOn(id, { push = true, button = null } = {}) {
  const work = store.load(id);
  if (!work) {
    store.forget(id);
    showStart({ push });
    alert("This review is no longer kept in this browser.");
    return;
  }
  if (work.bench) {
    startReview(work.bench, id, work.saved, { push });
    return;
  }
  await busy(button, "Reading the text again …", async (still) => {
    const { name, text: source, note } = work.source;
    const bench = { ...(await server.score(source, name)), note };
    if (still()) startReview(bench, id, sameAs(work.saved, bench) ? work.saved : {}, { push });
  });
}

/** Whether decisions kept without their bench are about this one: another model has other candidates. */
function sameAs(saved, bench) {
  return saved.model === bench.model && saved.candidates === bench.candidates.length;
}

function startReview(bench, id, saved = {}, { push = true } = {}) {
  review = new Review(bench, saved);
  workId = id;
  view = saved.view ?? "changes";
  store.setOwnId(id);
  history[push ? "pushState" : "replaceState"]({ id }, "");
  show("review");
  document.title = `${bench.name}: restorer`;
  $("name").replaceChildren(element("bdi", {}, ...shown(bench.name)));
  $("note").textContent = bench.note ?? "";
  $("note").hidden = !bench.note;
  const { verdict, probability, figures } = bench.document;
  $("verdict").replaceChildren(element("strong", {}, capitalised(verdict)), `, probability ${probability}`);
  $("figures").replaceChildren(
    ...[...figures, ["Model", bench.model]].map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
  $("stop").max = bench.stops.length - 1;
  document.querySelector(`input[name="view"][value="${view}"]`).checked = true;
  text.build(review, view);
  if (!review.isFinding(review.current)) review.current = review.findings()[0] ?? -1;
  refresh();
  focusCurrent();
  say(`${capitalised(verdict)}, probability ${probability}. ${countLine()}`);
}

/** The current finding, or the heading where there is none. */
function focusCurrent() {
  if (review.current >= 0) text.focus(review.current);
  else $("name").focus();
}

// Scoring

async function check(source, name, note, button = $("check")) {
  if (!source.trim()) {
    alert("There is no text; paste an article, or open a file.");
    $("text").focus();
    return;
  }
  await busy(button, "Reading the text …", async (still) => {
    const bench = { ...(await server.score(source, name)), note };
    const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    const gone = store.keep(id, bench, source);
    if ($("text").value === source) {
      $("text").value = "";
      store.setting("draft", "");
    }
    if (still()) startReview(bench, id);
    else if (gone) keepUnseen(bench, id);
    if (gone === null) alert("This browser has no room to keep the text: a reload of the page would lose your decisions.");
    else if (gone.length) alert(`To make room, older reviews were dropped: ${gone.join(", ")}.`);
  });
}

/** An answer that came when the user had gone on to something else waits in the list. */
function keepUnseen(bench, id) {
  const waiting = new Review(bench);
  store.keepWork(id, about(waiting, "changes"), entry(waiting));
  if (!review) listWorks();
  say(`${bench.name} is read; it stands in the list of texts.`);
}

async function openFile(file) {
  const most = Number(document.body.dataset.mostBytes);
  if (file.size > most) {
    alert(`${file.name} has ${number(file.size)} bytes; at most ${number(most)} can be opened.`);
    return;
  }
  let found = null;
  await busy($("check"), `Opening ${file.name} …`, async (still) => {
    const answer = await server.open(file);
    if (still()) found = answer;
  });
  if (found) await check(found.text, found.name, found.note);
}

/** The first words of a text, for one that has no name. */
function firstWords(source) {
  const words = source.trim().split(/\s+/, 9);
  return (words.length > 8 ? `${words.slice(0, 8).join(" ")} …` : words.join(" ")).slice(0, 120);
}

/** Do something that takes a while, and say so on the button that asked for it. */
async function busy(button, message, work) {
  const asked = (opened += 1);
  const before = button?.textContent;
  alert("");
  say(message);
  document.body.setAttribute("aria-busy", "true");
  $("busy").textContent = message;
  $("busy").hidden = false;
  if (button) {
    button.setAttribute("aria-disabled", "true");
    button.textContent = message;
  }
  try {
    await work(() => asked === opened);
  } catch (error) {
    if (!(error instanceof server.Refusal)) throw error;
    alert(error.message);
  } finally {
    document.body.removeAttribute("aria-busy");
    $("busy").hidden = true;
    if (button) {
      button.removeAttribute("aria-disabled");
      button.textContent = before;
    }
  }
}

/** Whether a button is at work already. */
const isBusy = (button) => button.getAttribute("aria-disabled") === "true";

// Deciding and walking

function decide(done, otherwise = "", { stay = false } = {}) {
  if (!done) {
    say(otherwise);
    return;
  }
  const decided = review.current;
  const outcome = described(decided);
  if (!stay) {
    const next = following(decided, (i) => review.isOpen(i));
    if (next >= 0) review.current = next;
  }
  refresh();
  text.focus(review.current);
  // The next finding has the focus, and so is read out by itself.
  const left = open();
  say(`${outcome}. ${left ? `${number(left)} left` : "All findings are decided"}.`);
}

function open() {
  return review.findings().filter((i) => review.isOpen(i)).length;
}

function described(i) {
  return label(review.bench.candidates[i], review.state(i), review.wording(i));
}

/** The next finding that is wanted, from one on and around; -1 for none. */
function following(from, wanted) {
  const findings = review.findings();
  const behind = findings.filter((i) => i > from);
  return [...behind, ...findings].find((i) => i !== from && wanted(i)) ?? -1;
}

function pick(i) {
  if (!review?.isFinding(i)) return;
  review.current = i;
  refresh();
  text.focus(i);
}

function walk(step) {
  const findings = review.findings();
  if (!findings.length) return;
  const place = findings.indexOf(review.current);
  const target = place < 0 ? 0 : Math.min(Math.max(place + step, 0), findings.length - 1);
  if (target === place) say(step > 0 ? "This is the last finding." : "This is the first finding.");
  pick(findings[target]);
}

function walkOpen() {
  const next = following(review.current, (i) => review.isOpen(i));
  if (next < 0) say("All findings are decided.");
  else pick(next);
}

function acceptOpen() {
  const edits = review.openEdits().length;
  if (!edits || !review.acceptOpen()) {
    say("There is no open edit.");
    return;
  }
  refresh();
  focusCurrent();
  say(`${count(edits, "edit")} accepted. ${countLine()}`);
}

function after(findings, word, otherwise) {
  if (!findings) {
    say(otherwise);
    return;
  }
  refresh();
  focusCurrent();
  say(findings === 1 ? `${word}: ${described(review.current)}` : `${word}: ${count(findings, "finding")}`);
}

// Showing

/** Show what has changed, and keep it. */
function refresh({ save = true } = {}) {
  text.update();
  panel.show(review);
  $("counts").textContent = countLine();
  const { label: rate } = review.bench.stops[review.stop];
  $("stop").value = review.stop;
  $("stop").setAttribute("aria-valuetext", rate);
  $("stop-label").textContent = rate;
  $("undo").disabled = !review.steps.length;
  $("redo").disabled = !review.undone.length;
  const edits = review.openEdits().length;
  $("accept-open").textContent = edits ? `Accept ${count(edits, "open edit")}` : "No open edits";
  $("accept-open").disabled = !edits;
  if (save) store.keepWork(workId, about(review, view), entry(review));
}

/** What a reload needs beside the bench, or beside the text alone. */
function about(reviewed, shownAs) {
  const { model, candidates } = reviewed.bench;
  return { ...reviewed.saved(), view: shownAs, model, candidates: candidates.length };
}

/** A line of the list of works. */
function entry(reviewed) {
  const findings = reviewed.findings();
  return { name: reviewed.bench.name, decided: findings.filter((i) => !reviewed.isOpen(i)).length, findings: findings.length };
}

function countLine() {
  const findings = review.findings();
  if (!findings.length) return "Nothing was flagged.";
  const edits = findings.filter((i) => review.wording(i) !== null).length;
  const left = open();
  const decided = left ? `${number(left)} not decided on yet` : "all decided on: copy or save the text";
  return `${count(findings.length, "finding")}: ${number(edits)} changed in the restored text, ${number(findings.length - edits)} left as it was; ${decided}`;
}

function number(value) {
  return value.toLocaleString("en");
}

function count(value, noun) {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

function setView(next) {
  view = next;
  document.querySelector(`input[name="view"][value="${view}"]`).checked = true;
  text.build(review, view);
  refresh();
}

function say(message) {
  $("said").textContent = message;
}

function alert(message) {
  const dismiss = () => alert("");
  $("alert").replaceChildren(
    ...(message ? [element("span", {}, message), element("button", { type: "button", onclick: dismiss }, "Dismiss")] : []),
  );
}

function capitalised(words) {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

// Taking the text away

async function copy() {
  try {
    await navigator.clipboard.writeText(review.restored());
    say("The restored text is on the clipboard.");
    $("copy").textContent = "Copied";
    setTimeout(() => ($("copy").textContent = "Copy text"), 1500);
  } catch {
    alert("This browser does not let the page use the clipboard here; save the text instead.");
  }
}

function download(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`Saved as ${name}.`);
}

/** A file's name without its ending. */
function baseName(name) {
  return name.replace(/\.(txt|md|html?|docx)$/i, "").replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^[-.]+|-+$/g, "") || "text";
}

function saveText() {
  const { name } = review.bench;
  const ending = /\.md$/i.test(name) ? ".md" : ".txt";
  download(new Blob([review.restored()], { type: "text/plain" }), `${baseName(name)}.restored${ending}`);
}

async function saveReport(button, format, ending) {
  if (isBusy(button)) return;
  const { bench, fpr } = review;
  const [original, decided] = [review.original(), review.decided()];
  await busy(button, "Writing …", async () => {
    download(await server.report(original, bench.name, fpr, decided, format), baseName(bench.name) + ending);
  });
}

// Keys

const KEYS = {
  a: actions.accept,
  r: actions.reject,
  f: actions.acceptForm,
  o: actions.reopen,
  j: actions.next,
  k: actions.previous,
  n: walkOpen,
  u: actions.undo,
  y: actions.redo,
  A: acceptOpen,
  e: () => panel.field?.select(),
  v: () => setView(VIEWS[(VIEWS.indexOf(view) + 1) % VIEWS.length]),
  "?": () => $("help").showModal(),
};
const MOVES = {
  ArrowRight: actions.next,
  ArrowDown: actions.next,
  ArrowLeft: actions.previous,
  ArrowUp: actions.previous,
  Home: () => pick(review.findings()[0]),
  End: () => pick(review.findings().at(-1)),
};
const NEEDS_FINDING = new Set(["a", "r", "f", "o", "e"]);

function isTyping(target) {
  return target.closest("textarea, select, input:not([type='radio'], [type='range'], [type='checkbox'], [type='file'])") !== null;
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const { key, target } = event;
  if (isTyping(target)) return;
  if (!review) {
    if (key === "?" && store.setting("letters") !== false) $("help").showModal();
    return;
  }
  if ((event.ctrlKey || event.metaKey) && !event.altKey && /^[zy]$/i.test(key)) {
    event.preventDefault();
    (event.shiftKey || /y/i.test(key) ? actions.redo : actions.undo)();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = MOVES[key] && !target.closest("input") ? MOVES[key] : letter(key);
  if (!action) return;
  event.preventDefault();
  action();
});

/** What a single key does, unless the user has turned single keys off. */
function letter(key) {
  if (store.setting("letters") === false) return null;
  if (NEEDS_FINDING.has(key) && review.current < 0) return null;
  if (/^[1-9]$/.test(key)) return review.current < 0 ? null : () => actions.choose(Number(key));
  return KEYS[key] ?? null;
}

$("page").addEventListener("keydown", (event) => {
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    $("panel").querySelector("button")?.focus();
  }
});

$("panel").addEventListener("keydown", (event) => {
  if (event.key === "Escape") focusCurrent();
});

// Controls

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!isBusy($("check"))) check($("text").value, firstWords($("text").value));
});
$("text").addEventListener("input", () => store.setting("draft", $("text").value));
$("file").addEventListener("change", () => {
  const [file] = $("file").files;
  $("file").value = "";
  if (file) openFile(file);
});
$("new").addEventListener("click", () => {
  showStart();
  $("text").focus();
});
$("views").addEventListener("change", (event) => setView(event.target.value));
$("stop").addEventListener("input", () => {
  review.stop = Number($("stop").value);
  if (!review.isFinding(review.current)) review.current = following(-1, () => true);
  refresh();
});
$("stop").addEventListener("change", () => say(countLine()));
$("undo").addEventListener("click", actions.undo);
$("redo").addEventListener("click", actions.redo);
$("accept-open").addEventListener("click", acceptOpen);
$("copy").addEventListener("click", copy);
$("save-text").addEventListener("click", saveText);
$("save-html").addEventListener("click", (event) => saveReport(event.currentTarget, "html", ".report.html"));
$("save-json").addEventListener("click", (event) => saveReport(event.currentTarget, "json", ".json"));
$("help-open").addEventListener("click", () => $("help").showModal());
$("letters").checked = store.setting("letters") !== false;
$("letters").addEventListener("change", () => store.setting("letters", $("letters").checked));

// The bar above the text wraps on narrower screens; what is held below it has to know its height.
const tools = document.querySelector(".tools");
new ResizeObserver(() => {
  const height = getComputedStyle(tools).position === "sticky" ? tools.offsetHeight : 0;
  document.documentElement.style.setProperty("--tools", `${height}px`);
}).observe(tools);

// Dropping a file or a piece of text anywhere

document.addEventListener("dragover", (event) => {
  event.preventDefault();
  $("drop").hidden = false;
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) $("drop").hidden = true;
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  $("drop").hidden = true;
  const [file] = event.dataTransfer.files;
  const dropped = event.dataTransfer.getData("text/plain");
  if (file) openFile(file);
  else if (dropped) check(dropped, firstWords(dropped));
});

// Another tab, and the browser's own way back

window.addEventListener("storage", (event) => {
  const saved = review && store.changed(event, workId);
  if (!saved) return;
  const { bench, current, stop } = review;
  review = new Review(bench, { ...saved, current, stop });
  text.build(review, view);
  refresh({ save: false });
  say("Changed in another tab.");
});
window.addEventListener("popstate", (event) => {
  if (event.state?.id) goOn(event.state.id, { push: false });
  else showStart({ push: false });
});

// Token

server.onSignIn(
  (refused) =>
    new Promise((resolve) => {
      const dialog = $("sign-in");
      $("token").value = "";
      $("token-refused").textContent = refused ? "This token was not accepted." : "";
      dialog.returnValue = "";
      dialog.showModal();
      $("token").focus();
      dialog.addEventListener("close", () => resolve(dialog.returnValue ? $("token").value : null), { once: true });
    }),
);

// Start: the work of this tab if there is one

if (store.load(store.ownId())) goOn(store.ownId(), { push: false });
else {
  showStart({ push: false });
  $("text").value = store.setting("draft") ?? "";
}
