// Draws what has changed, a little in each frame, so that the page stays quick under a finger
// however much there is to draw, and on however slow a phone.

const SLICE = 8; // milliseconds of work in a frame
const REST = 3; // times as long as all that was due took, the browser is then left alone

const waiting = new Set();
let scheduled = false;
let free = 0; // when the browser has had its rest

/**
 * paintSoon has painting.draw() called in one of the next frames, and then again until it
 * returns false. Of several, the one that was asked for last is drawn first.
 */
export function paintSoon(painting) {
  waiting.add(painting);
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => requestAnimationFrame(paint), free - performance.now());
}

function paint() {
  const began = performance.now();
  for (const painting of [...waiting].reverse()) {
    while (waiting.has(painting) && performance.now() - began < SLICE) {
      if (!painting.draw()) waiting.delete(painting);
    }
  }
  const now = performance.now();
  free = waiting.size > 0 ? now : now + (now - began) * REST;
  scheduled = false;
  if (waiting.size > 0) paintSoon([...waiting].at(-1));
}
