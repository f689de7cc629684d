// Which apps are shown first. How each one is connected comes from the gateway. No DOM in here.

const OTHER = "other"; // the offer for apps that are not in the gateway's table

/**
 * offersFor sorts the gateway's offers: {first, more, other}. first are those that this platform
 * can run, more the rest, other the plain address and key for any app.
 */
export function offersFor(offers, platform) {
  const named = offers.filter((offer) => offer.id !== OTHER);
  const fits = (offer) => offer.platforms.includes(platform);
  return {
    first: named.filter(fits),
    more: named.filter((offer) => !fits(offer)),
    other: offers.find((offer) => offer.id === OTHER),
  };
}
