// toasts.js - short words at the bottom: flashed by the server, sent in HX-Trigger, or said by a script.

import { headers } from "./csrf.js";
import { element, word } from "./words.js";

const SECONDS = 10;

function region() {
  return document.querySelector("[data-toasts]");
}

// Goes after ten seconds; stays while the pointer or the focus is on it.
function leave(toast, seconds) {
  let timer = 0;
  const wait = () => {
    timer = window.setTimeout(() => toast.remove(), seconds * 1000);
  };
  const hold = () => window.clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, wait);
  wait();
}

// undo: a function; the toast closes with it. Answers the element.
export function toast(text, { undo = null, bad = false, seconds = SECONDS } = {}) {
  const made = element("div", { class: bad ? "rq-toast rq-toast--bad" : "rq-toast" }, element("span", {}, text));
  const button = element("button", { type: "button" }, word(undo ? "undo" : "close"));
  button.addEventListener("click", () => {
    made.remove();
    if (undo) undo();
  });
  made.append(button);
  region().append(made);
  leave(made, seconds);
  return made;
}

async function undoAt(url) {
  try {
    const answer = await fetch(url, { method: "POST", headers: headers() });
    if (!answer.ok) throw new Error(String(answer.status));
    location.assign(answer.headers.get("HX-Redirect") || location.href);
  } catch {
    toast(word("network"), { bad: true });
  }
}

export function start() {
  for (const flash of region().querySelectorAll("[data-flash]")) leave(flash, SECONDS);
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-toast-close]");
    if (close) close.closest(".rq-toast").remove();
  });
  document.addEventListener("toast", (event) => {
    const { text, undo, bad } = event.detail || {};
    if (text) toast(text, { bad: Boolean(bad), undo: undo ? () => undoAt(undo) : null });
  });
}
