// Refusals of the gateway, and of the servers behind it, as errors with a code that words/problems.js
// knows. No DOM in here.

/** GatewayError is a refusal of the gateway or of a model's server, or no answer at all. */
export class GatewayError extends Error {
  /** wait is the number of seconds to wait before another try, 0 when nothing was said. */
  constructor({ code = "", message = "", status = 0, wait = 0 }) {
    super(message);
    Object.assign(this, { code, status, wait });
  }
}

/** unreachable is the error of a laptop that gives no answer. */
export function unreachable() {
  return new GatewayError({ code: "unreachable" });
}

/** isAway tells whether an error is about who answers: the laptop, nobody, or somebody else. */
export function isAway({ code }) {
  return ["unreachable", "other_laptop", "sign_in"].includes(code);
}

/**
 * isPage tells whether a web page came where an answer was expected: a network that wants people to
 * sign in answers for everybody (https://www.rfc-editor.org/rfc/rfc8952), or sends them to its page.
 */
export function isPage(response) {
  const shown = response.ok || response.status === 511; // a device that merely has no such page is no network
  return response.type === "opaqueredirect" || (shown && /^(text\/html|application\/xhtml)/i.test(response.headers.get("Content-Type") ?? ""));
}

/** refusalIn reads the error out of an answer whose status is one. */
export async function refusalIn(response) {
  const body = await response.json().catch(() => ({}));
  return refusal(body?.error, response.status, Number(response.headers.get("Retry-After")) || 0);
}

/**
 * refusal reads the gateway's error object, and what servers behind it send: an object of the
 * same shape or a plain string. Only a code of the gateway means what problems.js says, so that
 * a server's "invalid_api_key" is not taken for the end of the pairing.
 */
export function refusal(error, status = 0, wait = 0) {
  const message = typeof error === "string" ? error : error?.message;
  return new GatewayError({ message, code: error?.source === "modelbeam" ? error.code : "", status, wait });
}
