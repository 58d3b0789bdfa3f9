// options.js - a field whose options hang on another: when that one changes, the field is asked for anew.

const ready = new WeakSet();

async function renew(box, by) {
  const asked = new URLSearchParams({ [by.name]: by.value });
  for (const field of box.querySelectorAll("input, select")) {
    if (field.type !== "checkbox" || field.checked) asked.append(field.name, field.value);
  }
  const response = await fetch(`${box.dataset.optionsFrom}?${asked}`);
  if (!response.ok) return;
  const holder = document.createElement("div");
  holder.innerHTML = await response.text();
  const fresh = holder.querySelector("[data-options-from]");
  if (fresh) box.replaceChildren(...fresh.childNodes);
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-options-from]")) {
    const form = box.closest("form");
    const by = form && form.elements.namedItem(box.dataset.optionsBy);
    if (!by || ready.has(box)) continue;
    ready.add(box);
    by.addEventListener("change", () => renew(box, by));
  }
}
