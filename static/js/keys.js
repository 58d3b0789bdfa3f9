// keys.js - single keys: ? lists them, / searches, c creates, j and k walk a list, data-hotkey presses. Never while an input
// method composes or in a field; they can be switched off (WCAG 2.1.4).

import { open } from "./dialogs.js";
import * as store from "./store.js";
import { composing, element } from "./words.js";

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable=true]") && !target.matches("[type=checkbox], [type=radio]");
}

function seen(found) {
  return found.offsetParent !== null || found.getClientRects().length > 0;
}

function walk(step) {
  const items = [...document.querySelectorAll("[data-list] [data-item]")].filter(seen);
  if (!items.length) return;
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[Math.min(Math.max(at + step, 0), items.length - 1)];
  const link = next.querySelector('a[href]:not([tabindex="-1"]), button');
  if (link) link.focus();
  next.scrollIntoView({ block: "nearest" });
}

function create() {
  const menu = [...document.querySelectorAll("details[data-create]")].find(seen);
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".rq-menu a").focus();
}

function search() {
  const field = [...document.querySelectorAll("[data-search]")].find(seen);
  if (field) field.focus();
  else document.dispatchEvent(new CustomEvent("rq:palette"));
}

function listed() {
  const list = document.querySelector("[data-keys]");
  for (const old of list.querySelectorAll("[data-of-page]")) old.remove();
  for (const found of document.querySelectorAll("[data-hotkey]")) {
    if (!seen(found)) continue;
    const name = found.dataset.hotkeyName || found.getAttribute("aria-label") || found.textContent.trim();
    list.append(
      element("dt", { "data-of-page": "" }, element("kbd", {}, found.dataset.hotkey.toUpperCase())),
      element("dd", { "data-of-page": "" }, name),
    );
  }
  open(document.getElementById("rq-keys"));
}

const ACTS = { "?": listed, "/": search, c: create, j: () => walk(1), k: () => walk(-1) };

function pressed(event) {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target) || event.target.closest("[data-notes]") || document.querySelector("dialog[open]")) return;
  if (store.read("keys", "off")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const own = [...document.querySelectorAll("[data-hotkey]")].find((found) => found.dataset.hotkey === key && seen(found));
  if (own) {
    event.preventDefault();
    own.click();
  } else if (ACTS[key]) {
    event.preventDefault();
    ACTS[key]();
  }
}

export function start() {
  document.addEventListener("keydown", pressed);
  const box = document.querySelector("[data-keys-on]");
  box.checked = !store.read("keys", "off");
  box.addEventListener("change", () => (box.checked ? store.forget("keys", "off") : store.write("keys", "off", true)));
  // On Apple's keyboards the palette is on the other key.
  if (/Mac|iPhone|iPad/.test(navigator.platform)) for (const kbd of document.querySelectorAll("[data-mod]")) kbd.textContent = "⌘K";
}
