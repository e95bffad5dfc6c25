// What every page does beside htmx: the CSRF token on swaps, focus that survives them, a word to screen readers, live
// boards that can be stopped. Every page works without it.
(() => {
  "use strict";
  const token = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = token();
  });

  // says something to screen readers; the same words twice are said twice
  const live = document.getElementById("live");
  window.jobhubSay = (text) => {
    if (!live) return;
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = text; });
  };

  // focus must not fall back to the body when what had it was swapped away
  let had = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const active = document.activeElement;
    had = active && active !== document.body
      ? { id: active.id, name: active.getAttribute("name"), key: active.dataset ? active.dataset.focus : null }
      : null;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const wanted = event.detail.elt?.querySelector?.("[data-focus-first]");
    const by = had && ((had.id && document.getElementById(had.id))
      || (had.key && document.querySelector(`[data-focus="${CSS.escape(had.key)}"]`))
      || (had.name && document.querySelector(`[name="${CSS.escape(had.name)}"]`)));
    (wanted || by || document.getElementById("main"))?.focus({ preventScroll: Boolean(!wanted) });
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const said = event.detail.target?.querySelector?.("[data-say]");
    if (said) window.jobhubSay(said.dataset.say);
  });

  // a form whose fields change what is shown needs no button
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field instanceof Element && field.matches("[data-submit]")) field.closest("form")?.requestSubmit();
  });

  // a live board: asked again every so many seconds until it is stopped (KWCAG 6.2.2) or hidden
  const board = document.querySelector("[data-live]");
  const stop = document.getElementById("live-stop");
  if (board && stop) {
    stop.hidden = false;
    let running = sessionStorage.getItem("live") !== "off";
    const show = () => {
      stop.setAttribute("aria-pressed", String(!running));
      stop.textContent = running ? stop.dataset.stop : stop.dataset.go;
    };
    stop.addEventListener("click", () => {
      running = !running;
      sessionStorage.setItem("live", running ? "on" : "off");
      show();
    });
    show();
    setInterval(() => {
      if (running && !document.hidden && window.htmx) {
        window.htmx.ajax("GET", board.dataset.live, { target: board, swap: "innerHTML" });
      }
    }, Number(board.dataset.every || "60") * 1000);
  }
})();
