// The clock of a case one has open: counts down, warns a minute before the end, and keeps the case while one works on it.
// Without it the case is kept for ten minutes and the button beside the clock extends it.
"use strict";
(() => {
  const BEAT_MS = 60_000;
  const WARN_MS = 60_000;
  // after so long without a key or a pointer nobody is at work here
  const IDLE_MS = 300_000;

  let touched = performance.now();
  let beaten = performance.now();
  let until = 0;
  let warned = false;
  let of = null;

  const clock = () => document.querySelector("[data-lease-ms]");

  function say(text) {
    const region = document.querySelector("#live");
    if (region && text) region.textContent = text;
  }

  /** Takes the time left from the page: how long, never until when, so that a wrong clock here does no harm. */
  function begin() {
    const element = clock();
    if (!element || element === of) return;
    of = element;
    until = performance.now() + Number(element.dataset.leaseMs);
    beaten = performance.now();
    warned = false;
  }

  function show() {
    begin();
    const element = clock();
    if (!element) return;
    const left = Math.max(0, until - performance.now());
    const seconds = Math.ceil(left / 1000);
    const text = element.querySelector("[data-left]");
    if (text) text.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    element.classList.toggle("is-near", left <= WARN_MS && left > 0);
    element.classList.toggle("is-over", left === 0);
    if (left <= WARN_MS && !warned) {
      warned = true;
      say(left > 0 ? element.dataset.warning : element.dataset.over);
    }
    const now = performance.now();
    const working = document.visibilityState === "visible" && now - touched < IDLE_MS;
    if (left > 0 && working && now - beaten >= BEAT_MS) beat(element);
  }

  async function beat(element) {
    beaten = performance.now();
    const form = document.getElementById(element.dataset.extend);
    if (!form) return;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { accept: "application/json" },
        redirect: "error",
      });
      if (!answer.ok || !element.isConnected) return;
      const { left_ms: left } = await answer.json();
      until = performance.now() + left;
      warned = false;
    } catch {
      // the clock goes on; the next beat tries again
    }
  }

  document.addEventListener("submit", (event) => {
    const element = clock();
    if (!element || event.target.id !== element.dataset.extend) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    beat(element).then(() => say(element.dataset.extended));
  }, true);
  for (const kind of ["keydown", "pointerdown", "scroll"]) {
    document.addEventListener(kind, () => { touched = performance.now(); }, { passive: true, capture: true });
  }
  setInterval(show, 1000);
  begin();
})();
