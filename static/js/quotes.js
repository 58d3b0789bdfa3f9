// quotes.js - marking words in notes: select a passage by mouse, touch or keyboard, choose what it becomes, and the form for it opens
// with the words in its field `quote`, and in those marked [data-quote-fill] as others may read them. What is marked
// [data-quote-skip], and small numbers, are not part of the words.

import { composing } from "./words.js";

const SENTENCE = /[^。！？!?.…\n]+[。！？!?.…]*[”"』」’）)]*\s*/g;
const BLOCKS = "p, li, td, dd, blockquote, pre, h2, h3, h4";
const SIGNS = /[\s*_`~>#[\]()!|\\\-+=]/g;
let notes, bar, words = "", occurrence = 0;

function textOf(range) {
  const piece = range.cloneContents();
  let led = false;
  // Who speaks, and when, is no part of what was said, where the selection begins with it.
  for (const lead of [...piece.querySelectorAll("[data-quote-lead]")]) {
    const before = document.createRange();
    before.setStart(piece, 0);
    before.setEndBefore(lead);
    if (before.toString().replace(/[\s:：\[\]()（）【】*]/g, "")) break;
    lead.remove();
    led = true;
  }
  for (const extra of piece.querySelectorAll("sup, svg, [data-quote-skip], [aria-hidden=true]")) extra.remove();
  for (const block of piece.querySelectorAll(BLOCKS)) block.append(" "); // two paragraphs do not run into one word
  const text = piece.textContent.replace(/\s+/g, " ").trim();
  return led ? text.replace(/^[\s:：\])）】]+/, "") : text;
}

// Which of several occurrences of the words the selection is, counted as the server counts: without blanks and signs.
function count(inside, range, text) {
  const before = document.createRange();
  before.selectNodeContents(inside);
  before.setEnd(range.endContainer, range.endOffset);
  const piece = before.cloneContents();
  for (const extra of piece.querySelectorAll("sup, svg, [data-quote-skip], [aria-hidden=true]")) extra.remove();
  const plain = piece.textContent.replace(SIGNS, "");
  const wanted = text.replace(SIGNS, "");
  let found = 0;
  for (let at = plain.indexOf(wanted); wanted && at >= 0; at = plain.indexOf(wanted, at + 1)) found += 1;
  return Math.max(found - 1, 0);
}

function chosen() {
  const selection = window.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const inside = [...document.querySelectorAll("[data-notes]")].find((one) => one.contains(range.commonAncestorContainer));
  return inside ? { range, inside } : null;
}

function place(range) {
  const boxes = range.getClientRects();
  const last = boxes[boxes.length - 1] || range.getBoundingClientRect();
  const width = bar.offsetWidth;
  const left = Math.min(Math.max(last.left, 8), document.documentElement.clientWidth - width - 8);
  const origin = (bar.offsetParent || document.documentElement).getBoundingClientRect();
  bar.style.left = `${left - origin.left}px`;
  bar.style.top = `${last.bottom + 8 - origin.top}px`;
}

function look() {
  const found = chosen();
  const text = found ? textOf(found.range) : "";
  if (!text) {
    if (!bar.contains(document.activeElement)) bar.hidden = true;
    return;
  }
  words = text;
  notes = found.inside;
  occurrence = count(notes, found.range, text);
  bar.hidden = false;
  place(found.range);
}

// The words without the names that only some may read ([data-masks] of the notes: pairs of a name and what others read).
function masked(text) {
  const pairs = new Map(JSON.parse(notes.dataset.masks || "[]"));
  if (!pairs.size) return text;
  const spelled = [...pairs.keys()].map((name) => {
    const word = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return /^[\x20-\x7e]+$/.test(name) ? `\\b${word}\\b` : word;
  });
  return text.replace(new RegExp(spelled.join("|"), "g"), (name) => pairs.get(name));
}

function fill(form) {
  const said = masked(words);
  for (const field of form.querySelectorAll("[data-quote-fill]")) {
    if (field.value && field.value !== field.dataset.filled) continue; // somebody wrote this
    field.value = field.dataset.filled = said.slice(0, Number(field.dataset.quoteFill) || said.length);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const note = form.querySelector("[data-quote-masked]");
  if (note) note.hidden = said === words;
}

function show(section) {
  for (const other of document.querySelectorAll("[data-quote-section]")) other.hidden = other !== section;
}

function make(button) {
  const form = document.getElementById(button.dataset.quoteTo);
  const quote = form.elements.namedItem("quote");
  quote.value = words;
  const which = form.elements.namedItem("occurrence");
  if (which) which.value = occurrence;
  quote.dispatchEvent(new Event("input", { bubbles: true }));
  bar.hidden = true;
  if (form.hasAttribute("data-quote-send")) {
    form.requestSubmit();
    return;
  }
  fill(form);
  const section = form.closest("[data-quote-section]");
  if (section) show(section);
  const dialog = form.closest("dialog");
  if (dialog && dialog.showModal && !dialog.open) dialog.showModal();
  const empty = (field) => field.name && field.type !== "hidden" && field !== quote && !field.value;
  const first = [...form.elements].find((field) => empty(field) && !field.closest("details:not([open])")) || quote;
  first.focus();
  first.scrollIntoView({ block: "center" });
}

// Sentences as pairs of (node, offset), block by block, for walking by keyboard.
function sentences(root) {
  const found = [];
  for (const block of root.querySelectorAll(BLOCKS)) {
    if (block.querySelector(BLOCKS)) continue;
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let length = 0;
    while (walker.nextNode()) {
      nodes.push([walker.currentNode, length]);
      length += walker.currentNode.length;
    }
    const at = (offset) => {
      const [node, start] = [...nodes].reverse().find((one) => one[1] <= offset) || nodes[0];
      return [node, Math.min(offset - start, node.length)];
    };
    for (const match of block.textContent.matchAll(SENTENCE)) {
      const end = match.index + match[0].trimEnd().length;
      if (match[0].trim()) found.push([at(match.index), at(end)]);
    }
  }
  return found;
}

function walk(event, root) {
  const all = sentences(root);
  if (!all.length) return;
  const selection = window.getSelection();
  const now = Number(root.dataset.sentence);
  const next = Number.isNaN(now) ? 0 : Math.min(Math.max(now + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1);
  const [start, end] = all[next];
  if (event.shiftKey && !selection.isCollapsed) selection.extend(...(event.key === "ArrowDown" ? end : start));
  else selection.setBaseAndExtent(...start, ...end);
  root.dataset.sentence = next;
  start[0].parentElement.scrollIntoView({ block: "nearest" });
  look(); // not only when the selection has come to rest: the next key may make something of these words
}

function pressed(event) {
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const root = event.target.closest("[data-notes]");
  if (root && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    walk(event, root);
    return;
  }
  if (bar.hidden) return;
  const typing = event.target.closest("input, textarea, select");
  const button = !typing && bar.querySelector(`[data-quote-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (button) {
    event.preventDefault();
    make(button);
  } else if (event.key === "Escape") {
    window.getSelection().removeAllRanges();
    bar.hidden = true;
    if (notes) notes.focus();
  } else if (event.key === "Enter" && root) {
    event.preventDefault();
    bar.querySelector("button").focus();
  }
}

export function enhance() {
  const found = document.querySelector("[data-quote-bar]");
  if (!found || found === bar) return;
  const first = !bar;
  bar = found;
  bar.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-quote-to]");
    if (button) make(button);
  });
  const refused = document.querySelector("[data-quote-section] .is-invalid");
  show(refused ? refused.closest("[data-quote-section]") : null);
  if (!first) return;
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, 150);
  });
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-quote-cancel]")) show(null);
  });
  look(); // words selected before this script came
}
