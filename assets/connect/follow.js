// Keeps the newest line in view while an answer grows, until the person scrolls up to read.

const NEAR = 48; // pixels that still count as the end
const INTENT = 1000; // milliseconds after a touch in which scrolling is the person's own

/** follow keeps the end of content in view within box, and returns what brings it back there. */
export function follow(box, content) {
  let following = true;
  let touched = -INTENT;
  let last = 0;
  const toEnd = () => {
    following = true;
    box.scrollTop = content.hasChildNodes() ? box.scrollHeight : 0; // the welcome begins at its top
    last = box.scrollTop;
  };
  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    box.addEventListener(name, () => { touched = performance.now(); }, { passive: true });
  }
  box.addEventListener("scroll", () => {
    const up = box.scrollTop < last;
    last = box.scrollTop;
    // Blocks that turn out lower than they were thought to be move it up, too: only a person leaves the end.
    if (up && performance.now() - touched < INTENT) following = false;
    else if (!up && box.scrollHeight - last - box.clientHeight < NEAR) following = true;
  }, { passive: true });
  const sizes = new ResizeObserver(() => {
    if (following && getSelection().isCollapsed) toEnd();
  });
  sizes.observe(box); // the keyboard takes room
  sizes.observe(content);
  return toEnd;
}
