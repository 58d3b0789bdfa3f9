// hints.js - data-hints="url": shows what the server says of what is being typed, while it is typed. It is sent the fields of the
// form that data-hints-of names, a while after the last key and never while an input method composes. What came is told once, in
// the element with data-hints-told, by the words of the answer's data-hints-summary.

import { headers } from "./csrf.js";
import { composing, element } from "./words.js";

const PAUSE = 450;
const ready = new WeakSet();

function build(box) {
  const form = box.closest("form");
  const shown = box.querySelector("[data-hints-shown]");
  const told = box.querySelector("[data-hints-told]");
  const names = box.dataset.hintsOf.split(" ");
  let timer = 0;
  let asking = null;
  let last = null;

  const said = () => {
    const fields = new URLSearchParams();
    for (const name of names) for (const value of new FormData(form).getAll(name)) fields.append(name, value);
    return fields;
  };

  async function ask() {
    const fields = said();
    if (String(fields) === last) return;
    last = String(fields);
    if (asking) asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(box.dataset.hints, { method: "POST", headers: headers(), body: fields, signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const open = [...shown.querySelectorAll("details[open][id]")].map((one) => one.id);
      shown.innerHTML = await answer.text(); // escaped by the server
      for (const id of open) if (document.getElementById(id)) document.getElementById(id).open = true;
      const summary = shown.querySelector("[data-hints-summary]");
      const words = summary ? summary.textContent.trim() : "";
      if (told.textContent !== words) told.textContent = words;
      shown.dispatchEvent(new CustomEvent("rq:new", { bubbles: true }));
    } catch (problem) {
      if (problem.name !== "AbortError") last = null; // hints can wait: asked again with the next key
    }
  }

  const later = (event) => {
    if (event && event.target && event.target.closest("[data-hints-shown]")) return;
    window.clearTimeout(timer);
    if (event && event.isComposing) return;
    timer = window.setTimeout(ask, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("compositionend", later);
  form.addEventListener("rq:ask", ask);
  if ([...said().values()].some((value) => value.trim())) ask();

  // What is let stand here is kept when the form is saved: a hidden field for each.
  const name = box.dataset.hintsKeep;
  const same = (one, other) => one.rule === other.rule && one.words === other.words;
  const kept = (wanted) => [...form.querySelectorAll(`input[type=hidden][name="${name}"]`)].find((one) => same(JSON.parse(one.value), wanted));
  shown.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hint-keep], [data-hint-drop]");
    if (!button) return;
    const wanted = JSON.parse(button.dataset.hintKeep || button.dataset.hintDrop);
    if (button.dataset.hintDrop) {
      kept(wanted).remove();
    } else {
      const reason = button.closest("[data-hint]").querySelector("[data-hint-reason]");
      if (!reason.value.trim()) return reason.focus();
      box.append(element("input", { type: "hidden", name, value: JSON.stringify({ ...wanted, reason: reason.value.trim() }) }));
    }
    ask();
  });

  // A field among the hints is no field of the form: Enter in it presses the hint's own button.
  shown.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || composing(event) || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const near = event.target.closest("[data-hint]").querySelector("button");
    if (near) near.click();
  });
}

export function enhance(root) {
  const all = [...root.querySelectorAll("[data-hints]")];
  if (root.matches && root.matches("[data-hints]")) all.push(root);
  for (const box of all) {
    if (ready.has(box)) continue;
    ready.add(box);
    build(box);
  }
}
