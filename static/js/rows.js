// rows.js - rows that repeat: add, remove, move up and down. What is sent stays plain repeated fields in their order; a row may
// have one field or several.

import { toast } from "./toasts.js";
import { composing, word } from "./words.js";

const ready = new WeakSet();

function fieldsOf(row) {
  return [...row.querySelectorAll("input, textarea, select")];
}

function fieldOf(row) {
  return row.querySelector("input:not([type=hidden]), textarea");
}

function blank(row) {
  return fieldsOf(row).every((field) => field.type === "hidden" || field.value === "");
}

function rowsOf(box) {
  return [...box.querySelectorAll("[data-row]")];
}

function empty(row) {
  for (const field of fieldsOf(row)) {
    field.value = "";
    field.removeAttribute("value");
    if (field.tagName === "TEXTAREA") field.textContent = "";
  }
  return row;
}

function grow(box, after) {
  const list = box.querySelector("[data-rows-list]");
  const row = empty(list.querySelector("[data-row]").cloneNode(true));
  if (after) after.after(row);
  else list.append(row);
  return fieldOf(row);
}

function typed(row) {
  fieldOf(row).dispatchEvent(new Event("input", { bubbles: true }));
}

// A draft comes back: as many rows as it has.
function fit(box, wanted) {
  while (rowsOf(box).length < wanted.length) grow(box);
  for (const row of rowsOf(box).slice(Math.max(wanted.length, 1))) row.remove();
}

function move(row, up) {
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (up) other.before(row);
  else other.after(row);
  row.querySelector(up ? "[data-row-up]" : "[data-row-down]").focus();
  toast(word("moved-up", [...row.parentElement.children].indexOf(row) + 1), { seconds: 2 });
  typed(row);
}

function remove(box, row) {
  const list = row.parentElement;
  const at = rowsOf(box).indexOf(row);
  const held = !blank(row);
  if (rowsOf(box).length === 1) grow(box);
  row.remove();
  const next = rowsOf(box)[Math.max(at - 1, 0)];
  fieldOf(next).focus();
  typed(next);
  if (!held) return;
  toast(fieldOf(row).value.slice(0, 40), {
    undo: () => {
      const there = rowsOf(box);
      if (there.length === 1 && blank(there[0])) there[0].replaceWith(row);
      else if (there[at]) there[at].before(row);
      else list.append(row);
      typed(row);
      fieldOf(row).focus();
    },
  });
}

// Lines pasted into a row go on in rows of their own; in rows of several fields tabs part these.
function pasted(box, event) {
  const lines = (event.clipboardData.getData("text/plain") || "").split(/\r?\n/).filter((line) => line.trim());
  if (event.target.tagName !== "INPUT" || lines.length < 2) return;
  event.preventDefault();
  let row = event.target.closest("[data-row]");
  const visible = fieldsOf(row).filter((field) => field.type !== "hidden");
  const first = visible.indexOf(event.target);
  for (const [at, line] of lines.entries()) {
    if (at) row = grow(box, row).closest("[data-row]");
    const fields = fieldsOf(row).filter((field) => field.type !== "hidden");
    if (fields.length === 1) {
      if (at) fields[0].value = line;
      else event.target.setRangeText(line, event.target.selectionStart, event.target.selectionEnd, "end");
      continue;
    }
    for (const [right, cell] of line.split("\t").entries()) {
      if (fields[first + right]) fields[first + right].value = cell.trim();
    }
  }
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
}

function build(box) {
  if (ready.has(box)) return;
  ready.add(box);
  // What stands in for a script is not needed beside one; nor are the blank rows but one.
  for (const place of box.querySelectorAll("[data-row-place]")) place.remove();
  const bare = rowsOf(box).filter(blank);
  const all = rowsOf(box).length;
  for (const row of bare.slice(all === bare.length ? 1 : 0)) row.remove();
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
  box.addEventListener("paste", (event) => pasted(box, event));
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-rows]")) build(box);
}
