// Server-sent events out of a fetch: EventSource can neither POST nor send a key.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

/** events yields the data of every event in chunks of bytes, comments left out. */
export async function* events(chunks) {
  const parser = new EventParser();
  for await (const text of texts(chunks)) yield* parser.push(text);
  yield* parser.end();
}

/** textOf resolves to all chunks of bytes as one text. */
export async function textOf(chunks) {
  let all = "";
  for await (const text of texts(chunks)) all += text;
  return all;
}

async function* texts(chunks) {
  const decoder = new TextDecoder(); // keeps the bytes of a character that a chunk cut in two
  for await (const bytes of chunks) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

/** EventParser turns text, however it was cut, into the data of whole events. */
export class EventParser {
  #rest = ""; // a line that has not ended yet
  #data = []; // lines of the event that has not ended yet

  push(text) {
    // A CR may be half of a CRLF, so it stays until the next piece tells.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    return lines.flatMap((line) => this.#line(line));
  }

  /** end also gives an event without its closing blank line, which some servers forget. */
  end() {
    return [...this.push("\n"), ...this.#line("")];
  }

  #line(line) {
    if (line === "") {
      const event = this.#data.length > 0 ? [this.#data.join("\n")] : [];
      this.#data = [];
      return event;
    }
    const [, field, value] = /^([^:]*):? ?([^]*)$/.exec(line);
    if (field === "data") this.#data.push(value);
    return []; // comments have an empty field; event, id and retry say nothing to a chat
  }
}
