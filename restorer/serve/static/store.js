// Work kept in this browser: what the server said of a text, and what was decided since. Nothing leaves the machine.

const PREFIX = "restorer.";
const MOST = 8;

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

/**
 * Keep a new work: the bench, or where that does not fit the text alone, which is scored again after a reload. Older
 * works make room only if that helps; otherwise they stay.
 *
 * @returns {string[] | null} Names of the works that had to go, null if this one could not be kept.
 */
export function keep(id, bench, text) {
  const surplus = works().filter((work) => work.id !== id).slice(MOST - 1);
  surplus.forEach((work) => forget(work.id));
  const gone = surplus.filter((work) => work.decided).map((work) => work.name);
  const source = { name: bench.name, note: bench.note, text };
  if (write(`bench.${id}`, bench) || write(`text.${id}`, source)) return gone;
  const dropped = makeRoom(id, () => write(`text.${id}`, source));
  return dropped && [...gone, ...dropped];
}

function makeRoom(id, tried) {
  const others = works().filter((work) => work.id !== id);
  const taken = [];
  const names = [];
  while (!tried()) {
    const oldest = others.pop();
    if (!oldest) {
      for (const [key, value] of taken) localStorage.setItem(key, value);
      return null;
    }
    for (const key of keysOf(oldest.id)) {
      const value = localStorage.getItem(key);
      if (value !== null) taken.push([key, value]);
      localStorage.removeItem(key);
    }
    names.push(oldest.name);
  }
  write("index", works().filter((work) => others.some((other) => other.id === work.id)));
  return names;
}

/** Keep what was decided. */
export function keepWork(id, saved, about) {
  const kept = write(`work.${id}`, saved);
  const entry = { id, at: Date.now(), ...about };
  return write("index", [entry, ...works().filter((work) => work.id !== id)].slice(0, MOST)) && kept;
}

/** A work: its bench or its text, and what was decided; null when there is none. */
export function load(id) {
  if (!id) return null;
  const bench = read(`bench.${id}`);
  const source = bench ? null : read(`text.${id}`);
  return bench || source ? { bench, source, saved: read(`work.${id}`) ?? {} } : null;
}

/** What another tab has just decided on the same work, if that is what a storage event tells. */
export function changed(event, id) {
  return event.key === `${PREFIX}work.${id}` && event.newValue ? read(`work.${id}`) : null;
}

export function forget(id) {
  keysOf(id).forEach((key) => localStorage.removeItem(key));
  write("index", works().filter((work) => work.id !== id));
}

function keysOf(id) {
  return ["bench", "text", "work"].map((kind) => `${PREFIX}${kind}.${id}`);
}

/** Something small that outlives the tab: a draft, a preference. What does not fit is not kept in part. */
export function setting(name, value) {
  if (value !== undefined && !write(name, value)) localStorage.removeItem(PREFIX + name);
  return read(name);
}
