// Starts the page, written so that browsers of long ago can read it: a module could not tell a person
// that the browser is too old for modules. It reloads the page when a part of it did not arrive, or the
// page would stay empty: a browser drops all its requests when the phone's network changes, as it does
// just after joining a Wi-Fi (ERR_NETWORK_CHANGED). The code stays in the address until the page has
// started.
(function () {
  var PATIENCE = 15000; // milliseconds for the page to start, once all of it is there
  var WORDS = {
    en: ["This browser is too old", "Update it, or open this address in a newer Chrome, Safari or Firefox:"],
    zh: ["浏览器版本太旧", "请更新浏览器，或用新版的 Chrome、Safari 或 Firefox 打开这个地址："]
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

  function start() {
    if (!isAble()) return sayOld();
    var script = document.createElement("script");
    script.type = "module";
    script.src = "/connect.js";
    document.head.appendChild(script);
  }

  function sayOld() {
    if (started || !at("old-address")) return;
    var words = WORDS[/^zh/i.test(navigator.language || "") ? "zh" : "en"];
    document.title = words[0];
    at("status-glyph").setAttribute("data-kind", "wait");
    at("status-glyph").querySelector("use").setAttribute("href", "#icon-wait");
    at("status-title").textContent = words[0];
    at("status-advice").textContent = words[1];
    at("old-address").textContent = location.href; // with the code, which is still good
    at("old-address").hidden = false;
  }

  window.pageStarted = function () {
    started = true;
    at("old-address").hidden = true;
  };

  window.addEventListener("error", function (event) {
    var target = event.target;
    var isPart = target && (target.localName === "script" || (target.localName === "link" && target.rel === "stylesheet"));
    if (isPart) setTimeout(function () { location.reload(); }, 1000);
    else if (!started) sayOld(); // what the page is written in cannot be read
  }, true);
  document.addEventListener("DOMContentLoaded", start);
  window.addEventListener("load", function () { setTimeout(sayOld, PATIENCE); });
}());
