// What a guest's pass still allows, in a few calm words. No DOM in here.
import { moment } from "../words/language.js";
import { t } from "../words/text.js";

/** guestWords says what is left of a pass {until, requests, left}; "" for a device without one. */
export function guestWords(guest, now = new Date()) {
  if (!guest) return "";
  const limits = [guest.until ? t("Guest until {time}", { time: clock(new Date(guest.until), now) }) : t("Guest")];
  if (guest.requests) limits.push(t("{left} of {requests} left", { left: guest.left ?? 0, requests: guest.requests }));
  return limits.join(" · ");
}

/** isUsedUp tells whether a pass allows no more requests. */
export function isUsedUp(guest) {
  return Boolean(guest?.requests) && !guest.left;
}

/** untilEnd is the number of milliseconds until a pass ends, Infinity for one that does not. */
export function untilEnd(guest, now = Date.now()) {
  return guest?.until ? Math.max(0, Date.parse(guest.until) - now) : Infinity;
}

// clock is a time of today, and with its day any other.
function clock(time, now) {
  const today = time.toDateString() === now.toDateString();
  return moment(time, { hour: "2-digit", minute: "2-digit", ...(!today && { weekday: "short" }) });
}
