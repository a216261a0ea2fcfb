// Asks the gateway for JSON. A refusal is an error whose message is a sentence for people.

export class Refused extends Error {
  /** @param {number} status of HTTP; 0 where the gateway did not answer. */
  constructor(message, status, kind) {
    super(message);
    this.status = status;
    this.kind = kind;
  }

  /** Whether the same request may succeed a little later. */
  get isPassing() {
    return this.status === 0 || this.status === 503 || this.status === 429;
  }
}

export const post = (path, body) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-AOI-CSRF": document.body.dataset.csrf },
    body: JSON.stringify(body),
  });

export const get = (path) => ask(path, {});

async function ask(path, options) {
  const response = await fetch(path, options).catch(() => null);
  if (response === null) throw new Refused("The gateway does not answer. Is this tablet still in its network?", 0, "away");
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const said = body.detail ?? `The gateway answered ${response.status} ${response.statusText}`;
  const hint = body.hint ? ` What to do: ${body.hint}.` : "";
  throw new Refused(`${capital(said)}.${hint}`, response.status, (body.type ?? "").replace("urn:aoi:problem:", ""));
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
