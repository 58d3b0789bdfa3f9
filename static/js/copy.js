// copy.js - data-copy="text" or data-copy-from="selector".

import { toast } from "./toasts.js";
import { word } from "./words.js";

// Intranets without https have no clipboard API.
function byHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "rq-vh";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

export function start() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const from = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
    const text = from ? from.value || from.textContent : button.dataset.copy;
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      done = byHand(text);
      button.focus();
    }
    toast(word(done ? "copied" : "copy-failed"), { seconds: 4, bad: !done });
  });
}
