// Everything that is asked of the server. Addresses are relative, so that the page works below a path of a proxy.

const TOKEN = "restorer.token";

/** What the server said, or that it cannot be reached, in words for the user. */
export class Refusal extends Error {}

/** Asks for a token when the server wants one, null when the user gives none; set by the page. */
let signIn = async () => null;

export function onSignIn(ask) {
  signIn = ask;
}

async function post(path, body, headers) {
  const token = sessionStorage.getItem(TOKEN);
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  let response;
  try {
    response = await fetch(path, { method: "POST", body, headers: { ...headers, ...authorization } });
  } catch {
    throw new Refusal("The server cannot be reached; is restore serve still running? Your work is kept.");
  }
  if (response.status === 401) {
    sessionStorage.removeItem(TOKEN);
    const given = await signIn(token !== null);
    if (!given) throw new Refusal("This server asks for a token; whoever runs it has it.");
    sessionStorage.setItem(TOKEN, given);
    return post(path, body, headers);
  }
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    throw new Refusal(sentence(said.error ?? `the server answered with status ${response.status}`));
  }
  return response;
}

/** What the server said, which is written for a command line, as a sentence. */
function sentence(said) {
  // A file's name at the beginning stays as it is.
  const first = /^[a-z]+ /.test(said) ? said.slice(0, 1).toUpperCase() + said.slice(1) : said;
  return /[.?!]$/.test(first) ? first : `${first}.`;
}

const JSON_BODY = { "content-type": "application/json" };

/** Score a text: the bench that a review starts from. */
export async function score(text, name) {
  const response = await post("review/text", JSON.stringify({ text, path: name }), JSON_BODY);
  return response.json();
}

/** The text in a file, and what there is to know about how it was read. */
export async function open(file) {
  const headers = { "content-type": "application/octet-stream", "x-file-name": encodeURIComponent(file.name) };
  return (await post("review/file", await file.arrayBuffer(), headers)).json();
}

/** A report with the decisions in force. */
export async function report(text, name, fpr, decisions, format) {
  const body = JSON.stringify({ text, path: name, fpr, decisions, format });
  return (await post("v1/report", body, JSON_BODY)).blob();
}
