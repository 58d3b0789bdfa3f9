// run.js - run mode: one scenario at a time, one tap to pass, ten seconds to undo, and no need of a network.

import { element, icon, word } from "./words.js";
import * as offline from "./offline.js";
import { watch } from "./others.js";
import * as queue from "./queue.js";
import { actor } from "./store.js";
import { toast } from "./toasts.js";

const UNDO = 10000;
// A picture that is drawn small holds its result back for so long at most.
const DRAWING = 60000;
const WIDEST = 1600;
// On a shared machine: locked after so long without a touch.
const IDLE = 3 * 60 * 1000;
const SHARED = "rq:shared-machine";
let cards = [];
let beat = 0;
let idle = 0;

function id() {
  return window.crypto && crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(16).slice(2)}-${actor}`;
}

function show(card, quietly) {
  for (const other of cards) other.hidden = other !== card;
  const done = document.querySelector("[data-run-done]");
  if (done) done.hidden = Boolean(card);
  const target = card ? card.querySelector(".rq-run-title") : done;
  const position = document.querySelector("[data-run-position]");
  if (card && position && card.dataset.runPosition) position.textContent = card.dataset.runPosition;
  if (quietly) return;
  window.scrollTo(0, 0);
  if (target) target.focus();
}

// What somebody else has tested meanwhile is not asked for again.
function next(card) {
  const open = (other) => !other.dataset.recorded && !other.dataset.other;
  show(cards.slice(cards.indexOf(card) + 1).find(open) || cards.find(open));
}

function mark(step, verdict) {
  const tick = step.querySelector("[data-run-tick]");
  step.querySelector("[data-run-mark]").value = verdict;
  if (verdict) tick.dataset.verdict = verdict;
  else delete tick.dataset.verdict;
  tick.setAttribute("aria-label", tick.dataset[verdict === "passed" ? "labelPassed" : verdict ? "labelFailed" : "labelNone"]);
  current(step.closest("[data-run-card]"));
}

// The step at hand is the first without a mark.
function current(card) {
  const steps = [...card.querySelectorAll("[data-run-step]")];
  const now = steps.find((step) => !step.querySelector("[data-run-mark]").value);
  for (const step of steps) {
    step.classList.toggle("rq-step--now", step === now);
    if (step === now) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
}

// First tap: passed. Second: this one is wrong, and the failure opens there. Third: blank again.
function tap(step) {
  const now = step.querySelector("[data-run-mark]").value;
  mark(step, now === "" ? "passed" : now === "passed" ? "failed" : "");
  if (now === "passed") tell(step.closest("[data-run-card]"), "");
}

function tell(card, sentence) {
  const note = card.querySelector("[data-run-note]");
  note.open = true;
  const error = note.querySelector("[data-run-error]");
  error.hidden = !sentence;
  error.querySelector("span").textContent = sentence;
  note.querySelector("textarea").focus({ preventScroll: true });
  // All of it above the buttons, which stand over the foot of the page.
  note.scrollIntoView({ block: "start" });
}

// A photo small enough to be kept: at most 1600 px, as JPEG.
async function photo(file) {
  if (!file || !file.size) return null;
  let data = file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
    const canvas = element("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    data = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.8));
  } catch {
    // no picture that this browser can draw: sent as it is
  }
  const bytes = new Uint8Array(await data.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return { name: file.name.replace(/\.\w+$/, data === file ? "$&" : ".jpg"), type: data.type || file.type, data: btoa(text) };
}

function recorded(card, entry) {
  if (entry) card.dataset.recorded = entry;
  else delete card.dataset.recorded;
}

async function record(card, verdict) {
  const note = card.elements.namedItem("note").value.trim();
  const whom = card.querySelector("[data-run-whom]");
  // Blocked asks once what is missing and from whom, also where a note was written before.
  if (verdict === "blocked" ? !note || whom.hidden : verdict !== "passed" && !note) {
    whom.hidden = verdict !== "blocked";
    tell(card, verdict === "blocked" ? word("blocked-needs") : word("note-needed"));
    return;
  }
  const before = [...card.querySelectorAll("[data-run-step]")].map((step) => step.querySelector("[data-run-mark]").value);
  if (verdict === "passed") for (const step of card.querySelectorAll("[data-run-step]")) mark(step, "passed");
  const picture = card.elements.namedItem("photo").files[0];
  const fields = [...new FormData(card)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  const entry = { id: id(), url: card.getAttribute("action"), fields: [...fields, ["verdict", verdict]], photo: null, verdict,
    title: card.querySelector(".rq-run-title").textContent, after: Date.now() + UNDO + (picture ? DRAWING : 0), tries: 0, refused: "" };
  // Kept before the photo is drawn small: whoever leaves meanwhile loses the picture at most. Where nothing can be kept, it is sent as
  // any form is.
  if (!queue.add(entry)) {
    card.append(element("input", { type: "hidden", name: "verdict", value: verdict }));
    card.submit();
    return;
  }
  recorded(card, entry.id);
  next(card);
  if (picture) {
    entry.photo = await photo(picture);
    entry.after = Date.now() + UNDO;
    if (!queue.replace(entry)) toast(word("photo-too-large"), { bad: true });
  }
  toast(word(verdict === "passed" ? "passed" : "recorded", card.dataset.runAs), {
    undo: () => {
      if (!queue.entries().some((one) => one.id === entry.id)) return;
      queue.take(entry.id);
      recorded(card, "");
      [...card.querySelectorAll("[data-run-step]")].forEach((step, at) => mark(step, before[at]));
      show(card);
    },
  });
  schedule(UNDO + 100);
}

function schedule(wait) {
  window.clearTimeout(beat);
  beat = window.setTimeout(async () => {
    const fine = await queue.send();
    const left = queue.entries().filter((entry) => !entry.refused);
    if (left.length) schedule(fine ? Math.max(500, Math.min(...left.map((entry) => entry.after - Date.now())) + 100) : 15000);
  }, wait);
}

function drawQueue(offline) {
  const flag = document.querySelector("[data-run-queue]");
  const all = queue.entries();
  const open = all.filter((entry) => !entry.refused).length;
  if (flag) {
    flag.hidden = !open;
    flag.querySelector("[data-run-queue-text]").textContent = word(offline || !navigator.onLine ? "offline" : "sending", open);
  }
  const list = document.querySelector("[data-run-unsent]");
  if (!list) return;
  for (const old of list.querySelectorAll("[data-refused]")) old.remove();
  for (const entry of all.filter((one) => one.refused)) {
    const again = element("button", { type: "button", class: "btn btn-quiet btn-s" }, word("look-again"));
    again.addEventListener("click", () => {
      const card = cards.find((one) => one.dataset.recorded === entry.id);
      // A text that moved under the tester: the server shows what changed. Else the card, as it was filled in.
      if (!card || entry.status === 409) {
        queue.openAtServer(entry);
        return;
      }
      queue.take(entry.id);
      recorded(card, "");
      show(card);
    });
    list.append(element("div", { class: "rq-say rq-say--bad", role: "alert", "data-refused": "" }, icon("alert-circle"), element("div", {}, `${entry.title}: ${entry.refused} `, again)));
  }
}

// A screenshot that is pasted goes where the camera's picture goes.
function pasted(event) {
  const card = cards.find((one) => !one.hidden);
  const picture = [...((event.clipboardData && event.clipboardData.files) || [])].find((file) => file.type.startsWith("image/"));
  if (!card || !picture) return;
  event.preventDefault();
  const carried = new DataTransfer();
  carried.items.add(new File([picture], picture.name || "screenshot.png", { type: picture.type }));
  card.elements.namedItem("photo").files = carried.files;
  card.querySelector("[data-run-note]").open = true;
  toast(word("screenshot-attached"));
}

function other(place, verdict, words) {
  const card = cards.find((one) => one.dataset.runPlace === place);
  if (!card) return;
  const told = card.querySelector("[data-run-other]");
  told.hidden = false;
  told.querySelector("span").textContent = words;
  card.dataset.other = verdict;
  if (!card.hidden) toast(words);
}

function shared(on) {
  try {
    if (on === undefined) return localStorage.getItem(SHARED) === "1";
    localStorage.setItem(SHARED, on ? "1" : "0");
  } catch {
    // storage is off: asked anew on each page
  }
  return Boolean(on);
}

// What is not sent stays its author's. With the server at hand the next person signs in; without it nobody reads on here.
async function lock() {
  await queue.send(true);
  await offline.forget();
  if (await offline.signOut()) {
    location.assign(document.querySelector("[data-run-sign-in]").dataset.runSignIn);
    return;
  }
  await offline.lock();
  const panel = document.getElementById("rq-run-locked").content.cloneNode(true);
  panel.querySelector("[data-run-left]").textContent = queue.waiting() ? word("sending", queue.waiting()) : "";
  document.querySelector("main").replaceChildren(document.getElementById("rq-change-person"), panel);
  cards = [];
  document.querySelector("[data-run-unlock]").addEventListener("click", async () => {
    if (await offline.signOut()) location.reload();
    else toast(word("network"), { bad: true });
  });
}

function touched() {
  window.clearTimeout(idle);
  if (cards.length && shared()) idle = window.setTimeout(lock, IDLE);
}

function device() {
  const box = document.querySelector("[data-run-shared]");
  box.checked = shared();
  box.addEventListener("change", () => {
    shared(box.checked);
    touched();
  });
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, touched);
  document.querySelector("[data-run-lock]").addEventListener("click", lock);
  const place = document.querySelector("[data-run-worker]");
  const say = (name) => {
    place.dataset.kept = name;
    for (const one of document.querySelectorAll("[data-run-kept]")) one.hidden = one.dataset.runKept !== name;
  };
  if (!offline.able()) say(window.isSecureContext ? "no" : "http");
  else offline.keep({ src: place.dataset.runWorker, scope: place.dataset.runScope }).then((kept) => say(kept ? "yes" : "no"));
  touched();
}

function start() {
  document.addEventListener("paste", pasted);
  const verdicts = document.querySelector("[data-run-verdicts]");
  if (verdicts) watch(verdicts.dataset.runVerdicts, Number(verdicts.dataset.runNewest), other);
  if (document.querySelector("[data-run-worker]")) device();
  document.addEventListener("submit", async (event) => {
    // First what is this person's goes out under their name, then the next one comes.
    if (event.target.matches("[data-change-person]")) {
      event.preventDefault();
      await queue.send(true);
      event.target.submit();
      return;
    }
    const card = event.target.closest("[data-run-card]");
    if (!card || !event.submitter) return;
    event.preventDefault();
    record(card, event.submitter.value);
  });
  document.addEventListener("click", (event) => {
    const tick = event.target.closest("[data-run-tick]");
    if (tick) tap(tick.closest("[data-run-step]"));
    const note = event.target.closest("[data-run-note-now]");
    if (note) tell(note.closest("[data-run-card]"), "");
  });
  document.addEventListener("rq:queue", (event) => drawQueue(event.detail && event.detail.offline));
  document.addEventListener("rq:signed-out", (event) => toast((event.detail && event.detail.said) || word("sign-in-again"), { bad: true, seconds: 30 }));
  document.addEventListener("rq:sent", (event) => {
    // After a failure the server may offer what to do with it.
    const { entry, text } = event.detail;
    const list = document.querySelector("[data-run-unsent]");
    if (entry.verdict !== "failed" || !text.trim() || !list) return;
    // Only the newest stands over the row at hand; the round lists all that failed.
    for (const old of list.querySelectorAll("[data-failed]")) old.parentElement.remove();
    const box = element("div", {});
    box.innerHTML = text;
    list.append(box);
    box.dispatchEvent(new CustomEvent("rq:new", { bubbles: true }));
  });
  window.addEventListener("online", () => schedule(0));
  window.addEventListener("offline", () => drawQueue(true));
  window.addEventListener("pagehide", queue.flush);
}

export function enhance() {
  const first = !cards.length;
  cards = [...document.querySelectorAll("[data-run-card]")];
  if (!first || !cards.length) return;
  start();
  for (const card of cards) {
    current(card);
    card.querySelector("[data-run-whom]").hidden = true;
  }
  show(cards[0], true);
  drawQueue(false);
  if (queue.waiting()) schedule(500);
}
