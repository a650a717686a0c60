// The review page: connects what the user does with the review, and the review with what is shown.

import { element, shown } from "./characters.js";
import { Panel } from "./panel.js";
import { Review } from "./review-state.js";
import * as server from "./server.js";
import * as store from "./store.js";
import { label, TextView } from "./text-view.js";

const $ = (id) => document.getElementById(id);
const VIEWS = ["changes", "original", "restored", "split"];
const PASTED = "pasted text";

/** @type {Review | null} */
let review = null;
let workId = "";
let view = "changes";

const actions = {
  accept: () => decide(review.accept(review.current), "There is no suggestion to accept; type one, or reject."),
  reject: () => decide(review.reject(review.current)),
  choose: (number) => decide(review.choose(review.current, number), `There is no alternative ${number}.`),
  write: (wording) => decide(review.write(review.current, wording)),
  acceptForm: () => decide(review.acceptForm(review.current), "There is no suggestion to accept; type one, or reject."),
  reopen: () => decide(review.reopen(review.current), "Nothing was decided on it.", { stay: true }),
  previous: () => walk(-1),
  next: () => walk(1),
};

const text = new TextView($("page"), (i) => pick(i));
const panel = new Panel($("panel-title"), $("panel-body"), actions);

document.documentElement.classList.add("js");

// What is open: start and review

function show(section) {
  $("start").hidden = section !== "start";
  $("review").hidden = section !== "review";
  $("about").hidden = section === "review";
  $("new").hidden = section === "start";
}

function showStart() {
  review = null;
  store.setOwnId(null);
  document.title = "restorer: review";
  show("start");
  const list = $("recent").querySelector("ul");
  const works = store.works();
  list.replaceChildren(...works.map(recent));
  $("recent").hidden = !works.length;
}

function recent(work) {
  const when = new Date(work.at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  const item = element("li", {});
  const drop = () => {
    store.forget(work.id);
    showStart();
    $("text").focus();
  };
  item.append(
    element("span", {}, element("bdi", {}, ...shown(work.name)), " ", element("span", { class: "soft" }, `${work.decided} of ${work.findings} decided, ${when}`)),
    element("button", { type: "button", "aria-label": `Go on with ${work.name}`, onclick: () => goOn(work.id) }, "Go on"),
    element("button", { type: "button", "aria-label": `Forget ${work.name}`, onclick: drop }, "Forget"),
  );
  return item;
}

function goOn(id) {
  const work = store.load(id);
  if (!work) {
    store.forget(id);
    showStart();
    return;
  }
  startReview(work.bench, id, work.saved);
}

function startReview(bench, id, saved = {}) {
  review = new Review(bench, saved);
  workId = id;
  view = saved.view ?? "changes";
  store.setOwnId(id);
  alert("");
  show("review");
  document.title = `${title(bench)}: restorer`;
  $("name").replaceChildren(element("bdi", {}, ...shown(title(bench))));
  const { verdict, probability, figures } = bench.document;
  $("verdict").replaceChildren(element("strong", {}, capitalised(verdict)), `, probability ${probability}`);
  $("figures").replaceChildren(
    ...[...figures, ["Model", bench.model]].map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
  $("stop").max = bench.stops.length - 1;
  document.querySelector(`input[name="view"][value="${view}"]`).checked = true;
  text.build(review, view);
  const findings = review.findings();
  if (!review.isFinding(review.current)) review.current = findings[0] ?? -1;
  refresh();
  if (review.current >= 0) text.focus(review.current);
  say(`${capitalised(verdict)}, probability ${probability}. ${countLine()}`);
}

/** A file's name, or the first words of what was pasted. */
function title(bench) {
  if (bench.name !== PASTED) return bench.name;
  const words = original(bench).trim().split(/\s+/, 9);
  return words.length > 8 ? `${words.slice(0, 8).join(" ")} …` : words.join(" ");
}

function original(bench) {
  return bench.pieces.map((piece) => (typeof piece === "string" ? piece : bench.candidates[piece].text)).join("");
}

// Scoring

async function check(source, name) {
  await busy("Reading the text …", async () => {
    const bench = await server.score(source, name);
    const id = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    if (!store.keepBench(id, bench)) alertLater("This text is too long to be kept: a reload of the page would lose your decisions.");
    store.setting("draft", "");
    $("text").value = "";
    startReview(bench, id);
  });
}

async function openFile(file) {
  const most = Number(document.body.dataset.mostBytes);
  if (file.size > most) {
    alert(`${file.name} has ${file.size.toLocaleString("en")} bytes; at most ${most.toLocaleString("en")} can be opened.`);
    return;
  }
  let opened;
  await busy(`Opening ${file.name} …`, async () => {
    opened = await server.open(file);
  });
  if (opened) await check(opened.text, opened.name);
}

let pending = "";
function alertLater(message) {
  pending = message;
}

async function busy(message, work) {
  alert("");
  say(message);
  document.body.setAttribute("aria-busy", "true");
  $("check").disabled = true;
  $("check").textContent = message;
  try {
    await work();
    if (pending) alert(pending);
  } catch (error) {
    alert(error.message);
    if (!(error instanceof server.Refusal)) throw error;
  } finally {
    pending = "";
    document.body.removeAttribute("aria-busy");
    $("check").disabled = false;
    $("check").textContent = "Check this text";
  }
}

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
  const left = review.findings().filter((i) => review.isOpen(i)).length;
  say(left ? `${outcome}. Next: ${described(review.current)}` : `${outcome}. All findings are decided.`);
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
  const count = review.openEdits().length;
  if (!review.acceptOpen()) {
    say("There is no open edit.");
    return;
  }
  refresh();
  say(`${count} edits accepted. ${countLine()}`);
}

function undo() {
  after(review.undo(), "Undone", "There is nothing to undo.");
}

function redo() {
  after(review.redo(), "Done again", "There is nothing to do again.");
}

function after(done, word, otherwise) {
  if (done) {
    refresh();
    text.focus(review.current);
  }
  say(done ? `${word}: ${described(review.current)}` : otherwise);
}

// Showing

/** Show what has changed, and keep it. */
function refresh() {
  text.update();
  panel.show(review);
  $("counts").textContent = countLine();
  const { label: rate } = review.bench.stops[review.stop];
  $("stop").value = review.stop;
  $("stop").setAttribute("aria-valuetext", rate);
  $("stop-label").textContent = rate;
  $("undo").disabled = !review.steps.length;
  $("redo").disabled = !review.undone.length;
  const open = review.openEdits().length;
  $("accept-open").textContent = open ? `Accept ${open} open edits` : "No open edits";
  $("accept-open").disabled = !open;
  save();
}

function countLine() {
  const findings = review.findings();
  const edits = findings.filter((i) => review.wording(i) !== null).length;
  const open = findings.filter((i) => review.isOpen(i)).length;
  return `${findings.length.toLocaleString("en")} findings: ${edits.toLocaleString("en")} changed in the restored text, ${(findings.length - edits).toLocaleString("en")} left as they were; ${open.toLocaleString("en")} not decided on yet`;
}

function save() {
  const findings = review.findings();
  const about = { name: title(review.bench), decided: findings.filter((i) => !review.isOpen(i)).length, findings: findings.length };
  store.keepWork(workId, { ...review.saved(), view }, about);
}

function setView(next) {
  view = next;
  document.querySelector(`input[name="view"][value="${view}"]`).checked = true;
  text.build(review, view);
  save();
}

function say(message) {
  $("said").textContent = message;
}

function alert(message) {
  $("alert").textContent = message;
}

function capitalised(words) {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

// Taking the text away

async function copy() {
  const restored = review.restored();
  try {
    await navigator.clipboard.writeText(restored);
    say("The restored text is on the clipboard.");
    flash($("copy"), "Copied");
  } catch {
    alert("This browser does not let the page use the clipboard here; save the text instead.");
  }
}

function flash(button, message) {
  const before = button.textContent;
  button.textContent = message;
  setTimeout(() => (button.textContent = before), 1500);
}

function download(blob, ending) {
  const link = element("a", { href: URL.createObjectURL(blob), download: baseName() + ending });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`Saved as ${link.download}.`);
}

function baseName() {
  return review.bench.name.replace(/\.[^.]*$/, "").replaceAll(/[^\p{L}\p{N}._-]+/gu, "-") || "text";
}

async function saveReport(format, ending) {
  await busy("Writing the report …", async () => {
    download(await server.report(original(review.bench), review.bench.name, review.fpr, review.decided(), format), ending);
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
  u: undo,
  y: redo,
  A: acceptOpen,
  e: () => panel.field?.focus(),
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
    (event.shiftKey || /y/i.test(key) ? redo : undo)();
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
  if (event.key === "Escape") text.focus(review.current);
});

// Controls

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check($("text").value, PASTED);
});
$("text").addEventListener("input", () => store.setting("draft", $("text").value.slice(0, 200_000)));
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
$("undo").addEventListener("click", undo);
$("redo").addEventListener("click", redo);
$("accept-open").addEventListener("click", acceptOpen);
$("copy").addEventListener("click", copy);
$("save-text").addEventListener("click", () => download(new Blob([review.restored()], { type: "text/plain" }), ".restored.txt"));
$("save-html").addEventListener("click", () => saveReport("html", ".report.html"));
$("save-json").addEventListener("click", () => saveReport("json", ".json"));
$("help-open").addEventListener("click", () => $("help").showModal());
$("letters").checked = store.setting("letters") !== false;
$("letters").addEventListener("change", () => store.setting("letters", $("letters").checked));

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
  else if (dropped) check(dropped, PASTED);
});

// Token

server.onSignIn(
  () =>
    new Promise((resolve) => {
      $("token").value = "";
      $("sign-in").showModal();
      $("sign-in").addEventListener("close", () => resolve($("token").value), { once: true });
    }),
);

// Start: the work of this tab if there is one

const own = store.load(store.ownId());
if (own) startReview(own.bench, store.ownId(), own.saved);
else {
  showStart();
  $("text").value = store.setting("draft") ?? "";
}
