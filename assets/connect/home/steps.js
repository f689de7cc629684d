// How a page gets on the home screen in this phone's browser. No DOM in here.
import { t } from "../words/text.js";

// Browsers inside other apps have no home screen to offer: they show a page for as long as that app does.
const INSIDE = /; wv\)|FBAN|FBAV|Instagram|MicroMessenger|QQ\/|Line\/|GSA\/|Snapchat|TikTok|musical_ly|DingTalk|AlipayClient|Weibo|KAKAOTALK|Pinterest|LinkedInApp|Teams\//;

const ADD = t("Tap “Add”.");

// The browsers of Android whose menus have it, by what is in their names. The order matters: most say Chrome too.
const ANDROID = [
  [/SamsungBrowser/, [t("Tap ☰ at the bottom right."), t("Choose “Add page to”, then “Home screen”."), ADD]],
  [/EdgA\//, [t("Tap ☰ at the bottom."), t("Choose “Add to phone”."), ADD]],
  [/Firefox\//, [t("Tap ⋮ in the corner of the browser."), t("Choose “Add to Home screen”. It may be under “More”."), ADD]],
  [/OPR\/|HuaweiBrowser|MiuiBrowser|UCBrowser|DuckDuckGo|Ddg\/|YaBrowser|Vivaldi|HeyTapBrowser|VivoBrowser/, null],
  [/Chrome\//, [t("Tap ⋮ in the corner of the browser."), t("Choose “Add to Home screen”."), ADD]],
];

const IOS = [t("Tap the Share button. It may be behind ⋯."), t("Choose “Add to Home Screen”."), ADD];

/**
 * stepsFor returns {steps, apart} for a browser on a platform, or null where there is no way: on a desk, inside
 * another app, or in the icon itself. apart tells that the icon has a storage of its own.
 */
export function stepsFor({ userAgent, platform, standalone }) {
  if (standalone || INSIDE.test(userAgent)) return null;
  // An app's own browser on iOS does not call itself Safari.
  if (platform === "ios") return /Safari\//.test(userAgent) ? { steps: IOS, apart: true } : null;
  if (platform !== "android") return null;
  const steps = ANDROID.find(([pattern]) => pattern.test(userAgent))?.[1];
  return steps ? { steps, apart: false } : null;
}
