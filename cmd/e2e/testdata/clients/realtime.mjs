// What a chat page does with a WebSocket. A page cannot set its headers, so that the key goes
// as one of the sub-protocols.
let socket;
let closed;

// open returns the protocol that was selected, or null when the connection failed.
function open(url, protocols) {
  socket = new WebSocket(url, protocols);
  closed = new Promise((resolve) => socket.addEventListener("close", () => resolve(true)));
  return new Promise((resolve) => {
    socket.addEventListener("open", () => resolve(socket.protocol));
    socket.addEventListener("error", () => resolve(null));
  });
}

// say sends a message and returns the next one that comes.
function say(text) {
  const next = new Promise((resolve) => socket.addEventListener("message", (e) => resolve(e.data), { once: true }));
  socket.send(text);
  return next;
}

window.realtime = { open, say, closed: () => closed };
