// offline.js - what is kept of run mode for when the network is gone, and that nobody else on this machine sees it.

import { headers } from "./csrf.js";
import { actor } from "./store.js";

const PAGES = "rq-run-pages";
const FILES = "rq-run-files";
const WHOSE = "rq:kept-for";
const LOCKED = "rq:locked";

function remembered(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name) || "";
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // storage is off: then nothing was kept either
  }
  return value || "";
}

export function able() {
  return window.isSecureContext && "serviceWorker" in navigator && "caches" in window;
}

export async function forget() {
  remembered(WHOSE, "");
  if ("caches" in window) await caches.delete(PAGES);
}

// On every page: another person, or nobody, is here than the one whose pages are kept; or this machine was locked without network.
export function start() {
  const whose = remembered(WHOSE);
  if (whose && whose !== actor) forget();
  if (actor && remembered(LOCKED) === actor) signOut().then((done) => done && location.reload());
  else if (!actor) remembered(LOCKED, "");
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-sign-out], [data-change-person]")) forget();
  });
}

// Keeps this page and the files that it needs. Answers whether it is kept.
export async function keep(worker) {
  if (!able()) return false;
  try {
    await navigator.serviceWorker.register(worker.src, { scope: worker.scope });
    await navigator.serviceWorker.ready;
    const files = await caches.open(FILES);
    const needed = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => name.includes("/static/") && new URL(name).origin === location.origin);
    const known = new Set((await files.keys()).map((one) => one.url));
    await Promise.all([...new Set(needed)].filter((name) => !known.has(name)).map((name) => files.add(name)));
    // Files of before an upgrade are in nobody's way for long.
    const digest = (name) => (/\/static\/([0-9a-f]{12})\//.exec(name) || [])[1];
    for (const name of known) if (digest(name) !== digest(needed[0] || "")) await files.delete(name);
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return false;
    const told = new Headers(answer.headers);
    told.set("X-Kept-At", String(Date.now()));
    const pages = await caches.open(PAGES);
    await pages.put(location.href, new Response(await answer.text(), { headers: told }));
    remembered(WHOSE, actor);
    return true;
  } catch {
    return false;
  }
}

// Answers whether the server could be told.
export async function signOut() {
  try {
    const form = document.querySelector("[data-change-person], [data-sign-out]");
    if (!form) return false;
    const answer = await fetch(form.action, { method: "POST", headers: headers() });
    return answer.ok;
  } catch {
    return false;
  }
}

// Locked without network: nobody reads on, and who was signed in is signed out as soon as the server can be told.
export function lock() {
  remembered(LOCKED, actor);
  return forget();
}
