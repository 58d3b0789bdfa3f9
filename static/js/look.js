// look.js - a form with data-look="url": its button data-look-now sends the form, with the chosen file, to be looked at; what comes is
// shown in data-look-shown, inside the same form, so that the file is still chosen when all of it is sent to be kept.

import { headers } from "./csrf.js";
import { word } from "./words.js";

const ready = new WeakSet();

function build(form) {
  const shown = form.querySelector("[data-look-shown]");
  const told = form.querySelector("[data-look-told]");
  const button = form.querySelector("[data-look-now]");

  const before = document.querySelector(".rq-steps");

  // Which step one is at, as the answer says; as it was where there is none.
  function step(made) {
    const now = document.querySelector(".rq-steps");
    if (now && made && now !== made) now.replaceWith(made);
  }

  async function look() {
    button.disabled = true;
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", headers: headers(), body: new FormData(form) });
      const text = await answer.text(); // escaped by the server
      if (answer.ok) {
        shown.innerHTML = text;
        const steps = shown.querySelector("[data-look-steps]");
        if (steps) step(steps.content.firstElementChild);
        shown.dispatchEvent(new CustomEvent("rq:new", { bubbles: true }));
        const heading = shown.querySelector("h2");
        heading.tabIndex = -1;
        heading.focus();
      } else {
        const page = new DOMParser().parseFromString(text, "text/html");
        const why = page.querySelector("[role=alert], main p") || page.body;
        tell(why.textContent.trim());
      }
    } catch {
      tell(word("network"));
    } finally {
      button.disabled = false;
      shown.removeAttribute("aria-busy");
    }
  }

  function tell(words) {
    const said = document.createElement("p");
    said.className = "rq-error";
    said.textContent = words;
    shown.replaceChildren(said);
    told.textContent = words;
  }

  form.addEventListener("submit", (event) => {
    if (event.submitter !== button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    look();
  }, { capture: true });
  // Another table is another look.
  for (const field of form.querySelectorAll("[name=file], [name=text]")) {
    field.addEventListener("change", () => {
      shown.replaceChildren();
      step(before);
    });
  }
}

export function enhance(root) {
  const all = [...root.querySelectorAll("[data-look]")];
  for (const form of all) {
    if (ready.has(form)) continue;
    ready.add(form);
    build(form);
  }
}
