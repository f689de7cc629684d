// Loads the page again when a part of it did not arrive, or it would stay empty: a browser drops
// all its requests when the phone's network changes, as it does just after joining a Wi-Fi
// (ERR_NETWORK_CHANGED). The code is in the address until the page has started. It is no module:
// those start when all are there.
addEventListener("error", ({ target }) => {
  const part = target.localName === "script" || (target.localName === "link" && target.rel === "stylesheet");
  if (part) setTimeout(() => location.reload(), 1000);
}, true);
