// A caller without an origin. The page puts this document into a sandboxed frame, which makes its
// requests those of a foreign page: the browser asks the gateway with a preflight first, as it does for
// every chat app that is built on web pages. It does what the page tells it and hands the answer back
// piece by piece. It is not a module: modules are fetched like any foreign request, so one could not
// even tell that foreign requests are refused.
addEventListener("message", async ({ data: { path, options }, ports: [port] }) => {
  const stop = new AbortController();
  port.onmessage = () => stop.abort();
  try {
    const response = await fetch(path, { ...options, cache: "no-store", signal: stop.signal });
    port.postMessage({ head: { status: response.status, headers: [...response.headers] } });
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      port.postMessage({ piece: value });
    }
    port.postMessage({ end: true });
  } catch {
    port.postMessage({ failed: true });
  }
});
