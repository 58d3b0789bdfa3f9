// queue.js - results that wait to be sent: kept per login in this browser, each with its Idempotency-Key, so that sending twice counts once.
//
// An entry: {id, url, fields: [[name, value]], photo: {name, type, data} | null, verdict, title, after (time before which it may still
// be undone), tries, refused ("" or what the server said), status}. Nobody else's entries are read or sent.

import { headers, token } from "./csrf.js";
import * as store from "./store.js";
import { element } from "./words.js";

const MOST = 500;
let sending = false;

export function entries() {
  return store.read("run", "queue") || [];
}

function keep(all) {
  const kept = store.write("run", "queue", all.slice(0, MOST));
  document.dispatchEvent(new CustomEvent("rq:queue"));
  return kept;
}

// How many are not at the server yet.
export function waiting() {
  return entries().length;
}

// Answers whether it could be kept whole.
export function add(entry) {
  return keep([...entries(), entry]);
}

// A picture that came later; answers whether it could be kept, else the entry stays as it was. Not of one that is gone meanwhile.
export function replace(entry) {
  const before = entries();
  if (!before.some((one) => one.id === entry.id)) return true;
  const kept = keep(before.map((one) => (one.id === entry.id ? entry : one)));
  if (!kept) keep(before);
  return kept;
}

export function take(id) {
  keep(entries().filter((entry) => entry.id !== id));
}

function photoOf(entry) {
  const bytes = Uint8Array.from(atob(entry.photo.data), (letter) => letter.charCodeAt(0));
  return new File([bytes], entry.photo.name, { type: entry.photo.type });
}

function body(entry, further) {
  const data = new FormData();
  for (const [name, value] of entry.fields) data.append(name, value);
  if (entry.photo) data.append("photo", photoOf(entry));
  if (further.length) data.append("further", JSON.stringify(further.map(({ id, url, fields }) => ({ id, url, fields }))));
  return data;
}

// Sends an entry as a plain form, so that the server shows its own page about it (what changed, and what can be done).
export function openAtServer(entry) {
  const form = element("form", { method: "post", action: entry.url, enctype: "multipart/form-data", hidden: "" });
  for (const [name, value] of [...entry.fields, ["csrf_token", token()]]) form.append(element("input", { type: "hidden", name, value }));
  if (entry.photo) {
    const carried = new DataTransfer();
    carried.items.add(photoOf(entry));
    const field = element("input", { type: "file", name: "photo" });
    field.files = carried.files;
    form.append(field);
  }
  document.body.append(form);
  take(entry.id);
  form.submit();
}

function post(entry, leaving, further = []) {
  return fetch(entry.url, { method: "POST", headers: headers({ "Idempotency-Key": entry.id }), body: body(entry, further), keepalive: leaving });
}

async function settle(entry, answer) {
  if (answer.ok) {
    take(entry.id);
    const text = await answer.text();
    document.dispatchEvent(new CustomEvent("rq:sent", { detail: { entry, text } }));
    return true;
  }
  // Busy, broken or signed out: it waits. All else is the server's word, which a person must see.
  const later = answer.status >= 500 || answer.status === 429 || answer.status === 401 || (answer.status === 409 && entry.tries < 1);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = [...page.querySelectorAll("[data-problem] li, [data-problem] p, [data-problem] .rq-say > div")].map((one) => one.textContent.trim())[0];
  keep(entries().map((one) => (one.id === entry.id ? { ...one, tries: entry.tries + 1, refused: later ? "" : said || String(answer.status), status: answer.status } : one)));
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("rq:signed-out", { detail: { said } }));
  return !later;
}

// Sends what may go, in order; all: also what could still be undone. Answers false when the network or the server is not there.
export async function send(all) {
  if (sending) return true;
  sending = true;
  let fine = true;
  try {
    for (const entry of entries()) {
      if (entry.refused || (!all && entry.after > Date.now())) continue;
      fine = await settle(entry, await post(entry, false));
      if (!fine) break;
    }
  } catch {
    fine = false;
  } finally {
    sending = false;
    document.dispatchEvent(new CustomEvent("rq:queue", { detail: { offline: !fine } }));
  }
  return fine;
}

// The page goes: what is small enough leaves at once; it stays kept until an answer is seen, the key makes it count once. Those of a
// round go together: requests of their own would overtake each other, and the order tells whether a process was walked.
export function flush() {
  if (!navigator.onLine) return;
  const rounds = new Map();
  for (const entry of entries()) {
    if (entry.photo || entry.refused) continue;
    const place = entry.url.split("?")[0];
    rounds.set(place, [...(rounds.get(place) || []), entry]);
  }
  for (const [first, ...further] of rounds.values()) post(first, true, further).catch(() => {});
}
