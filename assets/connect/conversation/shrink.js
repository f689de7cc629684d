// A photo as small as a model needs it. What a camera makes, 12 megapixels and more, would be many
// times what the model looks at, and would tell where it was taken.
import { make } from "../elements/dom.js";

const EDGE = 1344; // pixels of the longer side: what the vision models of today look at, or less
const QUALITY = 0.85;

/**
 * shrink resolves to a photo as a JPEG in a data URL, upright, and without what the camera noted
 * about it. It fails for what the browser cannot read, such as HEIC on Android.
 */
export async function shrink(file) {
  const address = URL.createObjectURL(file);
  const image = new Image();
  try {
    await loaded(image, address);
    const size = fit(image.naturalWidth, image.naturalHeight);
    const bitmap = await bitmapOf(file, size);
    const blob = await jpegOf(bitmap ?? image, size);
    bitmap?.close();
    return await dataOf(blob);
  } finally {
    image.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}

/** fit returns the size {width, height} that a picture of a size gets; none gets larger. */
export function fit(width, height) {
  if (!width || !height) throw new Error("a picture without a size");
  const scale = Math.min(1, EDGE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

// loaded waits for the size only: the pixels of a large photo would take fifty megabytes.
function loaded(image, address) {
  return new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = () => reject(new Error("the browser cannot read this picture"));
    image.src = address;
  });
}

// bitmapOf makes the photo small while it is being decoded, beside the page's own work. Only the
// width is given: from a browser that turns a photo after it scaled it, or not at all, another
// height comes back, and the photo is drawn from the image instead.
async function bitmapOf(file, { width, height }) {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeQuality: "high" });
    if (bitmap.width === width && Math.abs(bitmap.height - height) <= 1) return bitmap;
    bitmap.close();
  } catch {
    // SVG, or a browser without these options.
  }
  return null;
}

async function jpegOf(source, { width, height }) {
  const canvas = Object.assign(make("canvas", ""), { width, height });
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff"; // behind what is transparent; JPEG would make it black
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, width, height);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
  canvas.width = canvas.height = 0; // Safari keeps the pixels of old ones for a long time
  if (!blob) throw new Error("the browser has no memory for this picture");
  return blob;
}

function dataOf(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
