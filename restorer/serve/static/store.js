// Work kept in this browser: what the server said of a text, and what was decided since. Nothing leaves the machine.

const PREFIX = "restorer.";
const INDEX = `${PREFIX}index`;
const MOST = 5;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key));
  } catch {
    return null;
  }
}

/** Whether it could be kept: storage may be full or forbidden. */
function write(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** The work of this tab: a reload keeps it, another tab has its own. */
export function ownId() {
  return sessionStorage.getItem(`${PREFIX}own`);
}

export function setOwnId(id) {
  try {
    if (id) sessionStorage.setItem(`${PREFIX}own`, id);
    else sessionStorage.removeItem(`${PREFIX}own`);
  } catch {
    // Full or forbidden: a reload then begins anew.
  }
}

/** Works of this browser, the latest first: id, name, when, decided and of how many. */
export function works() {
  const list = read("index");
  return Array.isArray(list) ? list : [];
}

/** Keep a new work; older ones make room for it. */
export function keepBench(id, bench) {
  let others = works().filter((work) => work.id !== id);
  others.slice(MOST - 1).forEach((work) => forget(work.id));
  others = others.slice(0, MOST - 1);
  while (!write(`bench.${id}`, bench)) {
    const oldest = others.pop();
    if (!oldest) return false;
    forget(oldest.id);
  }
  return true;
}

/** Keep what was decided. */
export function keepWork(id, saved, about) {
  const kept = write(`work.${id}`, saved);
  const entry = { id, at: Date.now(), ...about };
  return write("index", [entry, ...works().filter((work) => work.id !== id)].slice(0, MOST)) && kept;
}

/** A work, null when there is none. */
export function load(id) {
  const bench = id && read(`bench.${id}`);
  return bench ? { bench, saved: read(`work.${id}`) ?? {} } : null;
}

export function forget(id) {
  localStorage.removeItem(`${PREFIX}bench.${id}`);
  localStorage.removeItem(`${PREFIX}work.${id}`);
  write("index", works().filter((work) => work.id !== id));
}

/** Something small that outlives the tab: a draft, a preference. */
export function setting(name, value) {
  if (value !== undefined) write(name, value);
  return read(name);
}
