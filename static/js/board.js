// board.js - a card dragged to another column opens what that move means; M opens the menu of the card in focus, which does the same.

import { composing } from "./words.js";

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

export function enhance(root) {
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
