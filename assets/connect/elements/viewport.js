// What is in view: the newest line while an answer grows, and all of it while the keyboard takes room.

const NEAR = 48; // pixels that still count as the end
const INTENT = 1000; // milliseconds after a touch in which scrolling is the person's own

/**
 * follow keeps the end of content in view within box until the person scrolls up to read. It returns
 * a function that goes back to the end.
 */
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

/**
 * followKeyboard keeps the page as high as what can be seen of it: iOS lays the keyboard over the page
 * and tells only the visual viewport.
 */
export function followKeyboard() {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = () => {
    if (viewport.scale > 1.01) return; // the person zoomed in; let them look around
    document.documentElement.style.setProperty("--height", `${viewport.height}px`);
    scrollTo(0, 0);
  };
  viewport.addEventListener("resize", fit);
  fit();
}
