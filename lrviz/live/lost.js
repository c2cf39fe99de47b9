// Stands in the page before anything of Streamlit's does: says when the server does not answer, and
// when Streamlit's own scripts did not load. It is written into the page (see internals.index),
// because who has lost the server can load nothing more.

(() => {
  "use strict";
  const AFTER = 1500; // ms: a shorter break heals before anybody has read a sentence
  const SILENT = 8000; // ms in which a server that is there says something
  const LEFT = 4000; // ms that the good news stays
  const GONE = "The server does not answer. What you have made stays here; the page goes on by itself when it is back.";
  const OFFLINE = "You are offline. What you have made stays here; the page goes on by itself when you are back.";
  const BACK = "The server answers again. A button that you pressed meanwhile: press it once more.";
  const CLOSED = "Another server answers. What you had chosen in the dialog went with the old one: open it once more.";
  const FOR_GOOD = "The connection to the server cannot be mended by itself.";
  const UNLOADED = "A part of the page did not load: the network or the server may be gone for a moment.";

  const bar = document.createElement("div");
  const style = document.createElement("style");
  style.textContent = `
    .lv-lost { position: fixed; z-index: 1000000; top: 8px; left: 50%; translate: -50% 0; box-sizing: border-box;
      width: max-content; max-width: min(46rem, 100vw - 16px); padding: 8px 16px; border-radius: 8px;
      font: 0.9rem/1.4 "Source Sans", "Source Sans Pro", sans-serif; color: #31333f; background: #fbf1d9;
      border: 1px solid #c98500; box-shadow: 0 2px 10px #0003; }
    .lv-lost:empty { display: none; }
    .lv-lost button { margin-left: 8px; padding: 2px 12px; font: inherit; color: inherit; background: none;
      border: 1px solid currentColor; border-radius: 6px; cursor: pointer; }
    @media (prefers-color-scheme: dark) { .lv-lost { color: #fafafa; background: #3a2d10; } }
    /* Over the ways to other pages, which lead nowhere meanwhile, and no further. */
    @media (max-width: 640px) {
      .lv-lost { inset: 0 0 auto; translate: none; width: auto; max-width: none; min-height: 46px; padding: 3px 16px;
        border-width: 0 0 1px; border-radius: 0; font-size: 0.82rem; }
    }
    @media print { .lv-lost { display: none; } }`;
  bar.className = "lv-lost";
  bar.setAttribute("role", "status");
  document.head.append(style);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /**
   * What was to be said or to go later counts no more.
   * @param {string} sentence @param {boolean} [reload] whether loading anew is the way on
   */
  function say(sentence, reload = false) {
    clearTimeout(timer);
    if (!bar.isConnected) document.body.append(bar);
    bar.replaceChildren(sentence);
    if (!reload) return;
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Reload";
    again.onclick = () => location.reload();
    bar.append(again);
  }

  /** @param {string} sentence which goes by itself */
  function pass(sentence) {
    say(sentence);
    timer = setTimeout(() => bar.replaceChildren(), LEFT);
  }

  /** @type {HTMLElement | null} Streamlit's page, which says how it fares */
  let app = null;
  /** @type {string | undefined} the connection as it was last said to be */
  let before;
  let connected = false;
  /** @type {Element | null} the dialog that was open when the connection broke */
  let dialog = null;

  /** @param {string} sentence which stays until somebody goes on */
  function stay(sentence) {
    say(sentence);
    for (const act of ["pointerdown", "keydown"]) {
      window.addEventListener(act, () => bar.textContent === sentence && bar.replaceChildren(), { once: true });
    }
  }

  // Streamlit's line to the server: a browser may think that it stands long after it is broken.
  /** @type {WebSocket | undefined} */
  let line;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let unanswered;
  /** Nothing has come back: where nobody is at work either, the line is broken. */
  function doubt() {
    unanswered = undefined;
    if (before !== "CONNECTED") return;
    if (app?.dataset.testScriptState !== "notRunning") unanswered = setTimeout(doubt, SILENT);
    else {
      say(navigator.onLine ? GONE : OFFLINE);
      renew();
    }
  }
  window.WebSocket = class extends WebSocket {
    /** @param {ConstructorParameters<typeof WebSocket>} given */
    constructor(...given) {
      super(...given);
      line = this;
      this.addEventListener("message", () => {
        clearTimeout(unanswered);
        unanswered = undefined;
      });
    }

    /** @override @param {Parameters<WebSocket["send"]>[0]} data */
    send(data) {
      super.send(data);
      unanswered ??= setTimeout(doubt, SILENT);
    }
  };
  /** Streamlit opens another, and finds its session again. */
  function renew() {
    line?.close();
    // Where nobody hears it, a browser waits for minutes before it says that it is closed.
    line?.dispatchEvent(new CloseEvent("close", { code: 1006 }));
  }
  window.addEventListener("offline", () => {
    if (before !== "CONNECTED") return;
    clearTimeout(timer);
    timer = setTimeout(() => say(OFFLINE), AFTER);
  });
  window.addEventListener("online", () => before === "CONNECTED" && renew());

  /** A server that does not know the visit takes the dialog away that stood, as late as it answers. */
  function missed() {
    const shut = () => !document.querySelector("[role=dialog]");
    const watch = new MutationObserver(check);
    function check() {
      if (!shut()) return;
      watch.disconnect();
      setTimeout(told, AFTER);
    }
    /** A server that knows the visit opens it again, as late as it comes to that. */
    function told() {
      if (app?.dataset.testScriptState !== "notRunning") setTimeout(told, AFTER);
      else if (shut()) stay(CLOSED);
    }
    watch.observe(document.body, { subtree: true, childList: true });
    // Who closes it by hand knows.
    for (const act of ["pointerdown", "keydown"]) {
      window.addEventListener(act, () => watch.disconnect(), { once: true, capture: true });
    }
    check();
  }

  /** Say how the connection is: it may be the same as a moment ago. */
  function look() {
    const now = app?.dataset.testConnectionState;
    if (now === before) return;
    if (before === "CONNECTED") dialog = document.querySelector("[role=dialog]");
    before = now;
    clearTimeout(timer);
    if (now === "CONNECTED") {
      connected = true;
      if (bar.firstChild) pass(BACK);
      if (dialog) missed();
    } else if (now === "DISCONNECTED_FOREVER") say(FOR_GOOD, true);
    else if (!bar.firstChild || bar.textContent === BACK) {
      timer = setTimeout(() => say(navigator.onLine ? GONE : OFFLINE), connected ? AFTER : 4 * AFTER);
    }
  }
  const waiting = new MutationObserver(() => {
    app = document.querySelector("[data-testid=stApp]");
    if (!app) return;
    waiting.disconnect();
    look();
    new MutationObserver(look).observe(app, { attributeFilter: ["data-test-connection-state"] });
  });
  waiting.observe(document, { subtree: true, childList: true });

  // Streamlit's own scripts and style sheets: without one of them there is no page, or a part is missing.
  const unloaded = () => say(UNLOADED, true);
  window.addEventListener("error", ({ target }) => {
    const address = target instanceof HTMLScriptElement ? target.src
      : target instanceof HTMLLinkElement && target.rel !== "shortcut icon" ? target.href : "";
    if (!address.includes("/static/")) return;
    if (document.body) unloaded();
    else document.addEventListener("DOMContentLoaded", unloaded);
  }, true);
  window.addEventListener("vite:preloadError", unloaded);
})();
