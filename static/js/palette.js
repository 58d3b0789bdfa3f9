// palette.js - Ctrl/Cmd-K: one field that finds anything. The list comes from the server as a fragment (components/palette.html).

import { open } from "./dialogs.js";
import { activate, composing, word } from "./words.js";

const WAIT = 120;
let dialog, field, hits, status, running, timer, entered;

function options() {
  return [...hits.querySelectorAll('[role="option"]:not([aria-disabled="true"])')];
}

function select(option) {
  activate(field, options(), option);
}

async function ask() {
  if (running) running.abort();
  running = new AbortController();
  const url = new URL(dialog.dataset.paletteUrl, document.baseURI);
  const asked = field.value;
  url.searchParams.set("q", asked);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: running.signal });
    hits.innerHTML = answer.ok ? await answer.text() : "";
    hits.dataset.asked = asked;
    const first = options()[0];
    select(first);
    status.textContent = first ? String(options().length) : word("nothing-found");
    if (entered && first) first.click();
  } catch (problem) {
    if (problem.name !== "AbortError") status.textContent = word("network");
  }
}

function later() {
  entered = false;
  window.clearTimeout(timer);
  timer = window.setTimeout(ask, WAIT);
}

function show() {
  if (!dialog.dataset.paletteUrl) return;
  entered = false;
  open(dialog);
  field.focus();
  field.select();
  ask();
}

function pressed(event) {
  if (composing(event)) return; // Enter ends the composition, it does not open anything
  if (event.key === "Escape") {
    // A search field would only empty itself.
    event.preventDefault();
    dialog.close();
    return;
  }
  const found = options();
  const at = found.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    select(found[(at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    // What is listed answers other words than those that stand here: Enter is meant for what these find.
    if (hits.dataset.asked !== field.value) entered = true;
    else if (found[at]) found[at].click();
  }
}

export function start() {
  dialog = document.getElementById("rq-palette");
  if (!dialog || !dialog.showModal) return;
  field = dialog.querySelector("input");
  hits = dialog.querySelector("[data-palette-hits]");
  status = dialog.querySelector("[data-palette-status]");
  field.addEventListener("input", (event) => event.isComposing || later());
  field.addEventListener("compositionend", later);
  field.addEventListener("keydown", pressed);
  document.addEventListener("rq:palette", show);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette-open]");
    if (!opener || !dialog.dataset.paletteUrl) return;
    event.preventDefault();
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    show();
  });
}
