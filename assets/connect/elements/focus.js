// Where the keyboard and a screen reader go on when what they were at is gone.

/**
 * keepFocus calls change, which may return a promise. Where that takes away what had the focus, what next()
 * returns gets it; without it everybody would begin at the top of the page again. It returns what change does.
 */
export function keepFocus(change, next) {
  const before = document.activeElement;
  const had = Boolean(before) && before !== document.body;
  const settle = () => {
    const now = document.activeElement;
    const moved = now && now !== before && now !== document.body;
    if (had && !moved && !isSeen(before)) give(next());
  };
  const result = change();
  if (result?.then) result.then(settle, settle);
  else settle();
  return result;
}

function isSeen(element) {
  return element.isConnected && element.getClientRects().length > 0;
}

// give focuses an element, also a title; nothing is scrolled, and no keyboard comes up.
function give(element) {
  if (!element) return;
  if (!element.matches("a[href], button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
