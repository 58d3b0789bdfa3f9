// bulk.js - choosing rows of a list: all, some, none; the bar with what can be done shows once one is chosen.

import { word } from "./words.js";

const ready = new WeakSet();

function build(table) {
  const form = table.closest("form") || document;
  const all = table.querySelector("[data-bulk-all]");
  const bar = form.querySelector("[data-bulk-bar]");
  const boxes = () => [...table.querySelectorAll("[data-bulk-one]")];
  let last = null;
  const count = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    for (const box of boxes()) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    if (all) {
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && !all.checked;
    }
    if (bar) {
      bar.toggleAttribute("data-off", chosen === 0);
      bar.querySelector("[data-bulk-count]").textContent = word("selected", chosen);
    }
  };
  const set = (value) => {
    for (const box of boxes()) box.checked = value;
    count();
  };
  table.addEventListener("change", (event) => {
    if (event.target === all) set(all.checked);
    else count();
  });
  // Shift takes all between two.
  table.addEventListener("click", (event) => {
    if (!event.target.matches("[data-bulk-one]")) return;
    const places = boxes();
    if (event.shiftKey && last) {
      const [from, to] = [places.indexOf(last), places.indexOf(event.target)].sort((a, b) => a - b);
      for (const box of places.slice(from, to + 1)) box.checked = event.target.checked;
      count();
    }
    last = event.target;
  });
  if (bar) bar.addEventListener("click", (event) => event.target.closest("[data-bulk-clear]") && set(false));
  count();
}

export function enhance(root) {
  for (const table of root.querySelectorAll("[data-bulk]")) {
    if (!ready.has(table)) build(table);
    ready.add(table);
  }
}
