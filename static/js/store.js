// store.js - what is kept in the browser belongs to who typed it: every name carries the login, and nobody else's is read.
// Who is not signed in (a one-time link) is kept for this tab only.

export const actor = document.body.dataset.actor || "";

function place() {
  return actor ? window.localStorage : window.sessionStorage;
}

export function named(kind, key) {
  return `rq:${kind}:${actor || location.pathname}:${key}`;
}

export function read(kind, key) {
  try {
    return JSON.parse(place().getItem(named(kind, key)));
  } catch {
    return null; // storage is off, or holds something that is not ours
  }
}

// Answers whether it was kept: storage may be off or full.
export function write(kind, key, value) {
  try {
    place().setItem(named(kind, key), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(kind, key) {
  forgetNamed(named(kind, key));
}

export function forgetNamed(name) {
  try {
    place().removeItem(name);
  } catch {
    // storage is off: then nothing was kept either
  }
}
