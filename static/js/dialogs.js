// dialogs.js - native dialogs and the menus made of <details>.

import { composing } from "./words.js";

const MENU = "details[data-menu]";

export function open(dialog) {
  if (!dialog || dialog.open) return;
  for (const menu of document.querySelectorAll(`${MENU}[open]`)) menu.open = false;
  dialog.showModal();
  const first = dialog.querySelector("[autofocus], .is-invalid, input:not([type=hidden]), textarea, select");
  if (first) first.focus();
}

export function enhance(root) {
  const dialog = root.querySelector("dialog[data-dialog-now]");
  if (dialog && dialog.showModal) open(dialog);
}

function clicked(event) {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog && dialog.showModal) {
      event.preventDefault();
      open(dialog);
    }
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer && closer.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
    return;
  }
  // A click beside an open menu closes it; one on a link inside lets the link work first.
  for (const menu of document.querySelectorAll(`${MENU}[open]`)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
}

function pressed(event) {
  if (composing(event)) return;
  const menu = event.target.closest && event.target.closest(`${MENU}[open]`);
  if (event.key === "Escape") {
    const open = menu || document.querySelector(`${MENU}[open]`);
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
    event.preventDefault();
  } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp") && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
    const places = [...menu.querySelectorAll("a[href], button")].filter((one) => one.offsetParent);
    const at = places.indexOf(document.activeElement);
    const next = places[(at + (event.key === "ArrowDown" ? 1 : -1) + places.length) % places.length];
    if (next) next.focus();
    event.preventDefault();
  }
}

export function start() {
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed);
  document.addEventListener("mousedown", (event) => {
    // The veil is the dialog itself: a press outside of its box closes it, unless something was typed.
    const dialog = event.target;
    if (dialog.tagName !== "DIALOG" || !dialog.open) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    const typed = [...dialog.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
    if (!inside && !typed) dialog.close();
  });
}
