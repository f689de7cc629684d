// A fetch that comes from another origin than the page, by way of probe.html in a frame.
import { make } from "../elements/dom.js";

/**
 * Stranger is such a frame. Each one has a new origin, so that no browser remembers the answers to its
 * preflights.
 */
export class Stranger {
  #frame;

  /** open loads the frame; close ends it and its requests. */
  async open() {
    this.#frame = make("iframe", "");
    this.#frame.sandbox = "allow-scripts"; // without allow-same-origin it has no origin
    this.#frame.src = "/probe.html";
    this.#frame.hidden = true;
    await new Promise((resolve) => {
      this.#frame.addEventListener("load", resolve, { once: true });
      document.body.append(this.#frame);
    });
    return this;
  }

  close() {
    this.#frame.remove();
  }

  /** fetch is as the browser's, for a body that is a text, and headers that are an object. */
  fetch(path, { signal, ...options } = {}) {
    const { port1: port, port2 } = new MessageChannel();
    return new Promise((resolve, reject) => {
      let body;
      const stream = new ReadableStream({
        start: (controller) => { body = controller; },
        cancel: () => port.postMessage("stop"),
      });
      const fail = (reason) => {
        port.onmessage = null;
        body.error(reason);
        reject(reason);
      };
      signal?.addEventListener("abort", () => {
        port.postMessage("stop");
        fail(signal.reason);
      });
      port.onmessage = ({ data }) => {
        if (data.head) resolve(new Response(stream, data.head));
        else if (data.piece) body.enqueue(data.piece);
        else if (data.end) body.close();
        else fail(new TypeError("the request failed"));
      };
      // The key goes to nobody else: the frame can be on no other page. Its origin has no name.
      this.#frame.contentWindow.postMessage({ path, options }, "*", [port2]);
    });
  }
}
