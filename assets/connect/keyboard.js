// The phone's keyboard, which takes room.

/**
 * followKeyboard keeps the page as high as what is left to see of it: iOS lays the keyboard over the
 * page and tells only the visual viewport.
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
