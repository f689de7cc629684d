// Lets the page start, written so that browsers of long ago can read it: what the rest is written in could
// not tell a person that the browser is too old for it. It loads the page again when the end of it did not
// arrive, or it would stay empty: a browser drops all its requests when the phone's network changes, as it
// does just after joining a Wi-Fi (ERR_NETWORK_CHANGED). The code stays in the address until the page has
// started.
(function () {
  var PATIENCE = 15000; // milliseconds for the page to start, once all of it is there
  var WORDS = {
    en: ["This browser is too old", "Update it, or open this address in a newer Chrome, Safari or Firefox:"],
    zh: ["浏览器版本太旧", "请更新浏览器，或用新版的 Chrome、Safari 或 Firefox 打开这个地址："],
    "zh-Hant": ["瀏覽器版本太舊", "請更新瀏覽器，或用較新的 Chrome、Safari 或 Firefox 開啟這個位址："],
    ja: ["ブラウザーが古すぎます", "ブラウザーを更新するか、新しいChrome、Safari、Firefoxでこのアドレスを開いてください："],
    ko: ["브라우저가 너무 오래되었습니다", "브라우저를 업데이트하거나, 최신 Chrome, Safari, Firefox에서 이 주소를 여세요:"],
    de: ["Dieser Browser ist zu alt", "Aktualisiere ihn, oder öffne diese Adresse in einem neueren Chrome, Safari oder Firefox:"],
    fr: ["Ce navigateur est trop ancien", "Mettez-le à jour, ou ouvrez cette adresse dans un Chrome, Safari ou Firefox plus récent :"],
    es: ["Este navegador es demasiado antiguo", "Actualízalo, o abre esta dirección en un Chrome, Safari o Firefox más reciente:"],
    "pt-BR": ["Este navegador é antigo demais", "Atualize-o, ou abra este endereço em um Chrome, Safari ou Firefox mais recente:"],
    it: ["Questo browser è troppo vecchio", "Aggiornalo, o apri questo indirizzo in un Chrome, Safari o Firefox più recente:"],
    ru: ["Этот браузер слишком старый", "Обновите его или откройте этот адрес в более новом Chrome, Safari или Firefox:"],
    vi: ["Trình duyệt này quá cũ", "Hãy cập nhật, hoặc mở địa chỉ này bằng Chrome, Safari hoặc Firefox mới hơn:"],
    ar: ["هذا المتصفح قديم جدًا", "حدّثه، أو افتح هذا العنوان في إصدار أحدث من Chrome أو Safari أو Firefox:"],
    he: ["הדפדפן הזה ישן מדי", "עדכנו אותו, או פתחו את הכתובת הזאת ב-Chrome, ב-Safari או ב-Firefox חדשים יותר:"]
  };
  var started = false;

  // Each of these came with, or after, everything else that the page needs: modules that wait for
  // something and private methods (Chrome 89, Safari 15, Firefox 90) came before at().
  function isAble() {
    return Boolean(window.Promise && Promise.any && [].at && window.HTMLDialogElement && HTMLDialogElement.prototype.showModal);
  }

  function at(id) {
    return document.getElementById(id);
  }

  function check() {
    if (!isAble()) sayOld();
    else if (!at("end")) setTimeout(function () { location.reload(); }, 1000);
  }

  function sayOld() {
    if (started || !at("old-address")) return;
    var tag = spoken(navigator.language || "");
    var words = WORDS[tag];
    document.documentElement.setAttribute("lang", tag);
    if (/^(ar|he)$/.test(tag)) document.documentElement.setAttribute("dir", "rtl");
    document.title = words[0];
    at("status-glyph").setAttribute("data-kind", "wait");
    at("status-glyph").querySelector("use").setAttribute("href", "#icon-wait");
    at("status-title").textContent = words[0];
    at("status-advice").textContent = words[1];
    at("old-address").textContent = location.href; // with the code, which is still good
    at("old-address").hidden = false;
  }

  // spoken is the one of our languages for a browser's, as language.js finds it for newer ones.
  function spoken(tag) {
    var first = tag.toLowerCase().split("-")[0].replace(/^iw$/, "he").replace(/^pt$/, "pt-BR");
    if (/^(zh-(hant|tw|hk|mo)|yue)\b/i.test(tag)) return "zh-Hant";
    return Object.prototype.hasOwnProperty.call(WORDS, first) ? first : "en";
  }

  window.pageStarted = function () {
    started = true;
    at("old-address").hidden = true;
  };

  if (isAble()) window.modules = {}; // without it the page's scripts do nothing
  window.addEventListener("error", function () {
    if (!started) sayOld(); // what the page is written in cannot be read
  });
  document.addEventListener("DOMContentLoaded", check);
  window.addEventListener("load", function () { setTimeout(sayOld, PATIENCE); });
}());
