// Adds keyboard movement, the strip's spoken day and the running clock. Every page works without it.
(() => {
  "use strict";
  const rows = () => [...document.querySelectorAll("table[data-rows] tbody tr")];

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.classList.contains("here"));
    const next = Math.min(Math.max(now + step, 0), all.length - 1);
    all.forEach((row, place) => row.classList.toggle("here", place === next));
    const link = all[next].querySelector("a");
    (link || all[next]).focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  }

  const typing = (target) => target.matches("input, select, textarea, [contenteditable]");
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => document.querySelector("[data-filter]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });

  function say(event) {
    const day = event.target.closest?.("[data-say]");
    const line = day?.closest(".strip-box")?.querySelector(".strip-say");
    if (line) line.textContent = day.dataset.say;
  }
  document.addEventListener("pointerover", say);
  document.addEventListener("focusin", say);

  // One stop for Tab in a strip; arrows move from day to day.
  document.querySelectorAll("svg.strip").forEach((strip) => strip.querySelector(".day")?.setAttribute("tabindex", "0"));
  document.addEventListener("keydown", (event) => {
    const day = event.target.closest?.("svg.strip .day");
    if (!day || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const days = [...day.closest("svg").querySelectorAll(".day")];
    const next = days[days.indexOf(day) + (event.key === "ArrowRight" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    day.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });

  // A part of a form that is on its way to be drawn anew takes no input meanwhile: nothing typed is lost, nothing pressed twice.
  let focused = "";
  const redrawn = (event) => {
    const part = event.detail.target;
    return part?.closest("#entry") && part.id !== "preview" ? part : null;
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = redrawn(event);
    if (!part) return;
    focused = document.activeElement?.id || "";
    part.inert = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const part = redrawn(event);
    if (part) part.inert = false;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
    focused = "";
  });

  // Leaving a long form asks first, as long as what was typed is not saved.
  let unsaved = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("#entry") && !event.target.closest(".example")) unsaved = true;
  });
  document.addEventListener("submit", () => {
    unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved && document.getElementById("entry")) event.preventDefault();
  });

  // The clock: asked every second while the page is looked at; its text comes from the server, in its own words.
  const shown = document.querySelector("[data-clock]");
  async function tick() {
    if (document.visibilityState !== "visible") return;
    const answer = await fetch(shown.dataset.clock, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const state = await answer.json();
    shown.textContent = state.text;
    shown.dateTime = state.now;
  }
  if (shown) setInterval(() => tick().catch(() => {}), 1000);
})();
