// Keys of the console. A key presses what the page marks with data-key; the pages themselves are plain forms and links,
// so nothing here is needed to work, and what a key does is always something one can also see and click.
//
// - Keys are physical (event.code): the same with Hangul on, off, or another layout.
// - <body data-hotkeys="off"> turns all of it off; data-alt="on" asks for Alt with every letter and digit;
//   data-keymap='{"merge":"Alt+KeyG"}' beside the words moves single actions (names as in KEYS).
// - Nothing happens in a field that takes text, nor while a syllable is being composed.
"use strict";
(() => {
  const KEYS = {
    merge: "KeyM", distinct: "KeyN", close: "KeyF", suspicious: "KeyS", hold: "KeyH", handover: "KeyA",
    undo: "KeyU", bulk: "KeyB", second: "KeyP", next: "KeyJ", previous: "KeyK", up: "ArrowUp", down: "ArrowDown",
    rule: "Digit0", edit: "KeyE", originals: "KeyO", history: "KeyT", equal: "KeyX", why: "KeyW",
    reason: "KeyR", go: "KeyG", search: "Slash", help: "Shift+Slash", extend: "Equal", confirm: "Enter", cancel: "Escape",
  };
  // the second stroke after G
  const PLACES = { KeyQ: "/queue", KeyH: "/health", KeyR: "/runs", KeyT: "/trend" };
  // holding the key down goes on moving; everything else needs a stroke of its own
  const MOVES = new Set(["next", "previous", "up", "down"]);
  const MODIFIERS = ["Control", "Alt", "Shift", "Meta"];
  // letters and digits, which a speech or switch user may send by accident; Enter, Escape and arrows are not
  const LETTER = /^(Key[A-Z]|Digit\d|Numpad\d|Slash|Equal)$/;

  const body = document.body;
  let chord = null;
  let busy = false;
  let composing = false;

  const find = (selector) => document.querySelector(selector);
  const marked = (action) => find(`dialog[open] [data-key~="${action}"]`) ?? find(`[data-key~="${action}"]`);
  const words = (name) => find("#keys-words")?.dataset[name] ?? "";

  function say(text) {
    const region = find("#live");
    if (!region || !text) return;
    // the same words twice are two messages
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  }

  /** Whether keys typed here are text. */
  function takesText(element) {
    if (!(element instanceof HTMLElement)) return false;
    if (element.isContentEditable) return true;
    if (element.matches("textarea, select")) return true;
    const plain = ["checkbox", "radio", "button", "submit", "reset", "image", "file", "range", "color"];
    return element instanceof HTMLInputElement && !plain.includes(element.type);
  }

  /** `Control+Alt+KeyM` of an event. */
  function stroke(event) {
    const held = [event.ctrlKey, event.altKey, event.shiftKey, event.metaKey];
    return [...MODIFIERS.filter((_, at) => held[at]), event.code].join("+");
  }

  function keymap() {
    let moved = {};
    try {
      moved = JSON.parse(find("#keys-words")?.dataset.keymap || "{}");
    } catch {
      moved = {};
    }
    const modifier = body.dataset.alt === "on" ? "Alt" : null;
    const map = new Map();
    for (const [action, usual] of Object.entries(KEYS)) {
      const own = typeof moved[action] === "string" ? moved[action] : null;
      const code = usual.split("+").pop();
      map.set(own ?? (modifier && LETTER.test(code) ? ordered(modifier, usual) : usual), action);
    }
    return { map, modifier };
  }

  function ordered(modifier, usual) {
    const parts = new Set([...usual.split("+"), modifier]);
    return [...MODIFIERS.filter((m) => parts.has(m)), usual.split("+").pop()].join("+");
  }

  /** The digit of a stroke, without or with the modifier that letters need. */
  function digit(event, modifier) {
    const number = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (number === undefined) return null;
    const wanted = modifier ? `${modifier}+${event.code}` : event.code;
    return stroke(event) === wanted ? Number(number) : null;
  }

  // ---- rows: the fields of a case, the lines of a list

  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length > 0);

  function enter(row) {
    const target = row.querySelector("input[type=radio]:checked, [data-row-focus]") ?? row.querySelector("input, a, button");
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = rows();
    if (all.length === 0) return false;
    const at = all.indexOf(document.activeElement?.closest("[data-row]"));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    enter(all[next]);
    return true;
  }

  /** Takes a source's value (1 to 9) or the rule's (0) for the field one is in, or for the first. */
  function take(number) {
    const row = document.activeElement?.closest("[data-row]") ?? rows()[0];
    const choice = row?.querySelector(`input[data-digit="${number}"]`);
    if (!choice || choice.disabled) return false;
    choose(choice);
    return true;
  }

  function choose(choice) {
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    choice.focus();
    const name = choice.getAttribute("aria-label") ?? choice.labels?.[0]?.textContent ?? "";
    say(words("chosen").replace("{what}", name.trim().replace(/\s+/g, " ")));
  }

  // ---- what single actions do

  function press(element) {
    if (element.matches("details")) {
      element.open = !element.open;
      element.querySelector("summary")?.focus();
    } else if (element.matches("input[type=radio]")) {
      choose(element);
      follow(element);
    } else if (element.matches("input[type=checkbox]")) {
      element.click();
      element.focus();
    } else if (takesText(element)) {
      element.focus();
    } else {
      element.click();
    }
    return true;
  }

  /** A choice that asks for more opens its question at once: when to come back, to whom. */
  function follow(choice) {
    const asks = choice.dataset.asks;
    if (asks) find(`#${CSS.escape(asks)}`)?.focus();
  }

  function cancel() {
    const open = find("dialog[open]");
    if (open) {
      open.close();
      return true;
    }
    const chosen = find("input[name=verb]:checked");
    if (!chosen) return false;
    chosen.checked = false;
    say(words("cancelled"));
    home();
    return true;
  }

  function edit() {
    const row = document.activeElement?.closest("[data-row]") ?? rows()[0];
    const own = row?.querySelector("input[data-edit-choice]");
    if (!own) return false;
    own.checked = true;
    own.dispatchEvent(new Event("change", { bubbles: true }));
    row.querySelector("[data-edit]")?.focus();
    return true;
  }

  function confirm() {
    const here = document.activeElement;
    // what has the focus and does something of its own with Enter keeps it
    if (here?.matches("a[href], button, summary, input[type=submit]")) return false;
    const button = marked("confirm");
    const form = button?.closest("form");
    if (!button) return false;
    if (form?.elements.verb !== undefined) {
      const verb = form.querySelector("input[name=verb]:checked");
      if (!verb) {
        say(words("choose"));
        return true;
      }
      const reason = form.querySelector("select[name=reason]");
      if (verb.hasAttribute("data-needs-reason") && reason && reason.value === "") {
        say(words("needsReason"));
        reason.focus();
        return true;
      }
    }
    button.click();
    return true;
  }

  function reason(number) {
    const select = marked("reason");
    const option = select?.querySelector(`option[data-digit="${number}"]`);
    if (!option) return;
    select.value = option.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    say(words("reasonChosen").replace("{what}", option.textContent.trim()));
  }

  function help() {
    const sheet = find("#keys-help");
    if (!sheet) return false;
    if (sheet.open) sheet.close();
    else sheet.showModal();
    return true;
  }

  const OWN = {
    up: () => move(-1),
    down: () => move(1),
    rule: () => take(0),
    edit,
    cancel,
    confirm,
    help,
    next: () => (marked("next") ? press(marked("next")) : move(1)),
    previous: () => (marked("previous") ? press(marked("previous")) : move(-1)),
    reason: () => marked("reason") && begin("reason"),
    go: () => begin("go"),
  };

  function begin(which) {
    chord = which;
    say(words(which === "go" ? "goWhere" : "reasonWhich"));
    return true;
  }

  /** The second stroke. Anything else than what it may be ends it and is nothing. */
  function second(event, modifier) {
    const first = chord;
    chord = null;
    if (first === "reason") {
      const number = digit(event, modifier);
      if (number) reason(number);
      return;
    }
    const place = PLACES[event.code];
    // a link that is there and allowed, never an address of our own making
    if (place) find(`nav a[href="${body.dataset.home}${place}"]`)?.click();
  }

  function act(action) {
    if (OWN[action]) return OWN[action]();
    const element = marked(action);
    if (!element || element.disabled || element.getAttribute("aria-disabled") === "true") return false;
    return press(element);
  }

  function onKey(event) {
    if (body.dataset.hotkeys === "off" || event.defaultPrevented) return;
    if (MODIFIERS.includes(event.key)) return;
    const text = takesText(event.target);
    // an input method at work: in a field it says so with 229; elsewhere 229 only means that one is switched on
    if (event.isComposing || composing || (text && event.keyCode === 229)) return;
    if (text) {
      if (event.code === "Escape") event.target.blur();
      if (event.code === "Escape") home();
      return;
    }
    // a sheet that is open has its own keys; only those that close it are ours
    const { map, modifier } = keymap();
    const action = map.get(stroke(event).replace("NumpadEnter", "Enter").replace("NumpadAdd", "Equal"));
    if (find("dialog[open]") && action !== "help" && action !== "cancel") return;
    // what is typed while the next case is on its way was not meant for it
    if (busy) {
      if (action) event.preventDefault();
      return;
    }
    if (chord && event.code !== "Escape") {
      event.preventDefault();
      second(event, modifier);
      return;
    }
    chord = null;
    if (event.repeat && !MOVES.has(action)) {
      if (action) event.preventDefault();
      return;
    }
    const number = digit(event, modifier);
    if (!action && number === null) return;
    if (action ? act(action) : take(number)) event.preventDefault();
  }

  // ---- focus and messages over swaps

  /** Puts the focus where a page begins. */
  function start() {
    const first = find("[data-focus-first]") ?? find("main h1") ?? find("main");
    if (!first) return;
    if (!first.matches("a[href], button, input, select, textarea, [tabindex]")) first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }

  /** The same, if it is nowhere. */
  function home() {
    const at = document.activeElement;
    if (!at || at === body || !at.isConnected) start();
  }

  let returnTo = null;

  /** What stands outside of the swapped part and names the page: the other language, where a change of theme leads. */
  function follow_frame() {
    const path = location.pathname.slice(3) + location.search;
    const other = find("header a[hreflang]");
    if (other) other.href = `/${other.hreflang}${path}`;
    const onward = find("header input[name=onward]");
    if (onward) onward.value = path;
  }

  function settled() {
    busy = false;
    chord = null;
    follow_frame();
    const same = returnTo && document.getElementById(returnTo);
    returnTo = null;
    // a new case begins at its heading, also where it has a field of the same name as the one before
    if (same) same.focus({ preventScroll: true });
    else start();
    say(find("[data-say]")?.dataset.say);
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("compositionstart", () => { composing = true; });
  // Safari ends the composition before the key that ended it
  document.addEventListener("compositionend", () => setTimeout(() => { composing = false; }));
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input[name=verb]")) follow(event.target);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys-help]")) { event.preventDefault(); help(); }
    if (event.target.closest?.("[data-close]")) event.target.closest("dialog")?.close();
  });
  // a boosted link or form is asked for as the browser would: whole pages, redirects, and pages that say no
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.boosted) return;
    delete event.detail.headers["HX-Request"];
    busy = true;
    returnTo = event.detail.elt?.dataset.keepFocus ? event.detail.elt.id : null;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const main = find("#main");
    if (event.detail.xhr.status < 400 || !event.detail.boosted || !main) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = main;
    event.detail.swapOverride = "outerHTML";
  });
  document.addEventListener("htmx:afterSwap", () => { if (busy) settled(); });
  for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:swapError"]) {
    document.addEventListener(failed, () => {
      busy = false;
      say(words("failed"));
      home();
    });
  }
  // a page that says where it begins, or what was done, begins there; any other is left to the browser
  const opened = () => {
    if (find("[data-focus-first]")) home();
    say(find("[data-say]")?.dataset.say);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", opened);
  else opened();
})();
