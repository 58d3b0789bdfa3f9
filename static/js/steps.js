// steps.js - data-steps-from="url" in the form of an acceptance scenario: while a line of Given, When or Then is typed, steps that the
// project's other scenarios use are offered below it, the most used first. Lines come and go, so it acts by delegation.

import { activate, composing, element, word } from "./words.js";

const WAIT = 200;
const FIELDS = "input[name=given], input[name=when], input[name=then]";
const ready = new WeakSet();

function build(box) {
  const form = box.closest("form");
  const list = element("div", { class: "rq-suggest", id: "steps-offered", role: "listbox", "aria-label": word("items-that-fit"), hidden: "" });
  const at = element("div", { class: "rq-suggest-at" }, list);
  let field = null;
  let timer, asking;

  const options = () => [...list.children];
  const chosen = () => options().find((one) => one.getAttribute("aria-selected") === "true");

  function close() {
    window.clearTimeout(timer);
    if (asking) asking.abort();
    list.hidden = true;
    list.replaceChildren();
    if (field) {
      activate(field, [], null);
      field.setAttribute("aria-expanded", "false");
    }
  }

  function begin(input) {
    if (field === input) return;
    close();
    field = input;
    for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) field.setAttribute(name, value);
    field.after(at);
  }

  async function ask() {
    const words = field.value.trim();
    if (!words) return close();
    if (asking) asking.abort();
    asking = new AbortController();
    const url = new URL(box.dataset.stepsFrom, document.baseURI);
    url.searchParams.set("part", field.name);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text(); // escaped by the server
      options().forEach((one, number) => (one.id = `steps-offered-${number}`));
      list.hidden = !options().length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      activate(field, options(), null);
    } catch (problem) {
      if (problem.name !== "AbortError") close(); // it can be typed as ever
    }
  }

  function take(option) {
    const input = field;
    input.value = option.dataset.text;
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    input.focus();
  }

  form.addEventListener("input", (event) => {
    if (!event.target.matches(FIELDS)) return;
    begin(event.target);
    window.clearTimeout(timer);
    if (!event.isComposing) timer = window.setTimeout(ask, WAIT);
  });
  form.addEventListener("compositionend", (event) => {
    if (!event.target.matches(FIELDS)) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  });
  form.addEventListener("focusout", (event) => event.target === field && close());
  // Before the rows of the form hear of Enter and of the arrows.
  form.addEventListener("keydown", (event) => {
    if (event.target !== field || composing(event) || list.hidden) return;
    const all = options();
    const now = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      event.stopPropagation();
      activate(field, all, all[event.key === "ArrowDown" ? (now + 1) % all.length : (now < 0 ? all.length : now) - 1] || all[all.length - 1]);
    } else if (event.key === "Enter" && now >= 0) {
      event.preventDefault();
      event.stopPropagation();
      take(all[now]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  }, true);
  // Pressing must not take the focus away first: the list would be gone.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-steps-from]")) {
    if (ready.has(box)) continue;
    ready.add(box);
    build(box);
  }
}
