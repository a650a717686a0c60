// Everything that is asked of the server.

const TOKEN = "restorer.token";

/** What the server said, or that it cannot be reached, in words for the user. */
export class Refusal extends Error {}

/** Asks for a token when the server wants one; set by the page. */
let signIn = async () => "";

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
    sessionStorage.setItem(TOKEN, await signIn());
    return post(path, body, headers);
  }
  if (!response.ok) {
    const said = await response.json().catch(() => ({}));
    throw new Refusal(said.error ?? `The server answered with status ${response.status}.`);
  }
  return response;
}

const JSON_BODY = { "content-type": "application/json" };

/** Score a text: the bench that a review starts from. */
export async function score(text, name) {
  const response = await post("review/text", JSON.stringify({ text, path: name }), JSON_BODY);
  return response.json();
}

/** The text in a file. */
export async function open(file) {
  const headers = { "content-type": "application/octet-stream", "x-file-name": encodeURIComponent(file.name) };
  return (await post("review/file", await file.arrayBuffer(), headers)).json();
}

/** A report with the decisions in force. */
export async function report(text, name, fpr, decisions, format) {
  const body = JSON.stringify({ text, path: name, fpr, decisions, format });
  return (await post("v1/report", body, JSON_BODY)).blob();
}
