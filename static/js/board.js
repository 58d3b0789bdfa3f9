// board.js - a card dragged to another column opens what that move means; M opens the menu of the card in focus, which does the
// same. Lines of an agenda are put in order.

import { composing, element } from "./words.js";

const ready = new WeakSet();
let held = null;

function columnOf(target) {
  return target.closest && target.closest("[data-column]");
}

function unmark(board) {
  for (const one of board.querySelectorAll(".rq-col--over")) one.classList.remove("rq-col--over");
}

function begin(event) {
  const card = event.target.closest && event.target.closest("[data-move]");
  if (!card) return;
  held = card;
  card.classList.add("rq-card--grab");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.move);
}

function over(board, event) {
  const column = held && columnOf(event.target);
  if (!column || column.contains(held)) return;
  event.preventDefault();
  unmark(board);
  column.classList.add("rq-col--over");
}

function drop(event) {
  const column = held && columnOf(event.target);
  if (!column || column.contains(held)) return;
  event.preventDefault();
  location.assign(`${held.dataset.move}&to=${encodeURIComponent(column.dataset.column)}`);
}

function end(board) {
  if (held) held.classList.remove("rq-card--grab");
  held = null;
  unmark(board);
}

function pressed(event) {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.key.toLowerCase() !== "m") return;
  const card = event.target.closest("[data-move]");
  const menu = card && card.querySelector("details[data-menu]");
  if (!menu || menu.open) return;
  event.preventDefault();
  menu.open = true;
  menu.querySelector(".rq-menu a").focus();
}

// Lines of an agenda: dropped on another one, a line takes its place. Beside it are buttons that do the same.
function sorted(list) {
  const lines = [...list.children];
  for (const line of lines) line.draggable = true;
  list.addEventListener("dragstart", (event) => {
    held = event.target.closest && event.target.closest("[data-place]");
    if (held) event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const line = held && event.target.closest("[data-place]");
    if (!line || line === held) return;
    event.preventDefault();
    unmark(list);
    line.classList.add("rq-col--over");
  });
  list.addEventListener("drop", (event) => {
    const line = held && event.target.closest("[data-place]");
    if (!line || line === held) return;
    event.preventDefault();
    const form = held.querySelector("form.rq-act");
    form.action = held.dataset.place;
    let field = form.querySelector("[name=place]");
    if (!field) form.append((field = element("input", { type: "hidden", name: "place" })));
    // How many lines of the whole stand above this part of it.
    field.value = Number(list.dataset.sort) + lines.indexOf(line) + 1;
    form.requestSubmit();
  });
  list.addEventListener("dragend", () => {
    held = null;
    unmark(list);
  });
}

export function enhance(root) {
  for (const list of root.querySelectorAll("[data-sort]")) {
    if (!ready.has(list)) sorted(list);
    ready.add(list);
  }
  for (const board of root.querySelectorAll("[data-board]")) {
    if (ready.has(board)) continue;
    ready.add(board);
    for (const card of board.querySelectorAll("[data-move]")) card.draggable = true;
    // A link of the card would be dragged instead of it.
    for (const link of board.querySelectorAll("[data-move] a")) link.draggable = false;
    board.addEventListener("dragstart", begin);
    board.addEventListener("dragover", (event) => over(board, event));
    board.addEventListener("drop", drop);
    board.addEventListener("dragend", () => end(board));
    board.addEventListener("keydown", pressed);
  }
}
