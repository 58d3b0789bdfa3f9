// forms.js - what every form gets: sent once, asked first where told, and small helps around fields.

import { waiting } from "./queue.js";
import { word } from "./words.js";

const busy = new WeakSet();

function release(form) {
  busy.delete(form);
  for (const button of form.querySelectorAll("[data-was-pressed]")) button.removeAttribute("data-was-pressed");
}

// In the capture phase, before htmx and every other listener: a second press goes nowhere.
function guard(event) {
  const form = event.target;
  if (form.method !== "post" && !form.hasAttribute("hx-post")) return;
  if (busy.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const question = form.dataset.confirm || (form.hasAttribute("data-sign-out") && waiting() ? word("sign-out-unsent") : "");
  if (question && !window.confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.hasAttribute("data-run-card")) return; // run mode sends its own way
  busy.add(form);
  if (event.submitter) event.submitter.setAttribute("data-was-pressed", "");
  // Should another listener stop it, or the answer never come, the form opens again.
  window.setTimeout(() => event.defaultPrevented && !form.hasAttribute("hx-post") && release(form), 0);
  window.setTimeout(() => release(form), 20000);
}

function clicked(event) {
  const refused = event.target.closest('[aria-disabled="true"]');
  if (refused) {
    event.preventDefault();
    event.stopImmediatePropagation();
    refused.focus();
    return;
  }
  const take = event.target.closest("[data-take]");
  if (take) {
    const field = document.getElementById(take.dataset.take);
    field.value = take.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    return;
  }
  if (event.target.closest("[data-back]")) window.history.back();
  if (event.target.closest("[data-print]")) window.print();
}

export function start() {
  document.addEventListener("submit", guard, true);
  document.addEventListener("click", clicked, true);
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) release(form);
  });
  // Coming back to a kept page must not find its forms shut.
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });
  const errors = document.querySelector("[data-errors], .is-invalid");
  if (errors) errors.focus();
}
