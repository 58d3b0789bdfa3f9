// suggest.js - data-keys-of="kinds" on a field of keys: what is typed is looked for in titles, and what fits is offered below; choosing
// puts the key in its place and says the title. data-keys-many: several, parted by blanks. The search is the palette's: a page
// without one leaves the field as it is.

import { activate, composing, element, word } from "./words.js";

const WAIT = 180;
const KEYS = /^((?:[a-z]{2,4}-\d+[\s,，、;；]+)*)([^]*)$/i;
const ready = new WeakSet();

function build(field) {
  const palette = document.getElementById("rq-palette");
  const source = palette && palette.dataset.paletteUrl;
  if (!source) return;
  const many = field.hasAttribute("data-keys-many");
  const id = `${field.id}-offered`;
  const list = element("div", { class: "rq-suggest", id, role: "listbox", "aria-label": word("items-that-fit"), hidden: "" });
  const said = element("p", { class: "rq-vh", role: "status" });
  const named = element("ul", { class: "rq-links rq-suggest-named", hidden: "" });
  field.after(element("div", { class: "rq-suggest-at" }, list), said, named);
  for (const [name, value] of Object.entries({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) field.setAttribute(name, value);
  const titles = new Map();
  let timer, asking;

  const parts = () => (many ? KEYS.exec(field.value).slice(1) : ["", field.value]);
  const options = () => [...list.children];
  const chosen = () => options().find((one) => one.getAttribute("aria-selected") === "true");

  function select(option) {
    activate(field, options(), option);
  }

  function close() {
    window.clearTimeout(timer);
    if (asking) asking.abort();
    list.hidden = true;
    list.replaceChildren();
    select(null);
    field.setAttribute("aria-expanded", "false");
  }

  async function ask() {
    const words = parts()[1].trim();
    if (!words) return close();
    if (asking) asking.abort();
    asking = new AbortController();
    const url = new URL(source, document.baseURI);
    url.searchParams.set("pick", field.dataset.keysOf);
    url.searchParams.set("q", words);
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text(); // escaped by the server
      options().forEach((one, at) => (one.id = `${id}-${at}`));
      list.hidden = !options().length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      select(null);
      said.textContent = options().length ? String(options().length) : word("nothing-found");
    } catch (problem) {
      if (problem.name !== "AbortError") close(); // it can be typed as ever
    }
  }

  function tell() {
    const keys = field.value.toUpperCase().split(/[\s,，、;；]+/);
    const known = [...new Set(keys)].filter((key) => titles.has(key));
    named.replaceChildren(...known.map((key) => element("li", {}, element("span", { class: "rq-key" }, key), element("span", {}, titles.get(key)))));
    named.hidden = !known.length;
  }

  function take(option) {
    titles.set(option.dataset.key, option.dataset.title);
    field.value = `${parts()[0]}${option.dataset.key}${many ? " " : ""}`;
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
    field.focus();
  }

  const later = () => {
    tell();
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  };
  field.addEventListener("input", (event) => event.isComposing || later());
  field.addEventListener("compositionend", later);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (composing(event) || list.hidden) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(all[event.key === "ArrowDown" ? (at + 1) % all.length : (at < 0 ? all.length : at) - 1] || all[all.length - 1]);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      take(all[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // a dialog around it stays
      close();
    }
  });
  // Pressing must not take the focus away first: the list would be gone.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}

export function enhance(root) {
  const all = [...root.querySelectorAll("input[data-keys-of]")];
  if (root.matches && root.matches("input[data-keys-of]")) all.push(root);
  for (const field of all) {
    if (ready.has(field)) continue;
    ready.add(field);
    build(field);
  }
}
