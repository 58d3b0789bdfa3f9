// rows.js - fields that repeat: add, remove, move up and down. What is sent stays plain repeated fields in their order.

import { toast } from "./toasts.js";
import { composing, word } from "./words.js";

const ready = new WeakSet();

function fieldOf(row) {
  return row.querySelector("input, textarea");
}

function grow(box, after) {
  const list = box.querySelector("[data-rows-list]");
  const row = list.querySelector("[data-row]").cloneNode(true);
  const field = fieldOf(row);
  field.value = "";
  field.removeAttribute("value");
  if (field.tagName === "TEXTAREA") field.textContent = "";
  if (after) after.after(row);
  else list.append(row);
  return field;
}

// A draft comes back: as many rows as it has lines.
function fit(box, wanted) {
  while (box.querySelectorAll("[data-row]").length < wanted.length) grow(box);
}

function move(row, up) {
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  row.querySelector(up ? "[data-row-up]" : "[data-row-down]").focus();
  toast(word("moved-up", [...row.parentElement.children].indexOf(row) + 1), { seconds: 2 });
  fieldOf(row).dispatchEvent(new Event("input", { bubbles: true }));
}

function remove(box, row) {
  const rows = [...box.querySelectorAll("[data-row]")];
  const at = rows.indexOf(row);
  const field = fieldOf(row);
  if (rows.length === 1) field.value = "";
  else row.remove();
  const next = box.querySelectorAll("[data-row]")[Math.max(at - 1, 0)];
  fieldOf(next).focus();
  fieldOf(next).dispatchEvent(new Event("input", { bubbles: true }));
  if (!field.value && rows.length > 1) return;
  const gone = field.value;
  if (gone) {
    toast(gone.slice(0, 40), {
      undo: () => {
        const back = grow(box, box.querySelectorAll("[data-row]")[Math.max(at - 1, 0)]);
        const put = back.closest("[data-row]");
        if (at === 0) put.previousElementSibling.before(put);
        back.value = gone;
        back.dispatchEvent(new Event("input", { bubbles: true }));
        back.focus();
      },
    });
  }
}

function build(box) {
  if (ready.has(box)) return;
  ready.add(box);
  // The blank rows are for readers without scripts; one is enough here.
  const blank = [...box.querySelectorAll("[data-row]")].filter((row) => fieldOf(row).value === "");
  const all = box.querySelectorAll("[data-row]").length;
  for (const row of blank.slice(all === blank.length ? 1 : 0)) row.remove();
  box.addEventListener("rq:rows", (event) => fit(box, event.detail));
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (event.target.closest("[data-row-add]")) grow(box).focus();
    else if (event.target.closest("[data-row-up]")) move(row, true);
    else if (event.target.closest("[data-row-down]")) move(row, false);
    else if (event.target.closest("[data-row-remove]")) remove(box, row);
  });
  box.addEventListener("keydown", (event) => {
    if (event.target.tagName !== "INPUT" || event.key !== "Enter" || composing(event)) return;
    event.preventDefault();
    grow(box, event.target.closest("[data-row]")).focus();
  });
  box.addEventListener("paste", (event) => {
    const lines = (event.clipboardData.getData("text/plain") || "").split(/\r?\n/).filter((line) => line.trim());
    if (event.target.tagName !== "INPUT" || lines.length < 2) return;
    event.preventDefault();
    let row = event.target.closest("[data-row]");
    event.target.setRangeText(lines[0], event.target.selectionStart, event.target.selectionEnd, "end");
    for (const line of lines.slice(1)) {
      const field = grow(box, row);
      field.value = line;
      row = field.closest("[data-row]");
    }
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-rows]")) build(box);
}
