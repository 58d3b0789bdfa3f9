// drafts.js - nothing typed is lost: forms with data-draft are kept in the browser, per person, and offered again.
//
// A draft is forgotten when its form was sent and the answer was a redirect to a page that is no error, or when htmx got an answer
// below 400. Restoring also restores the version that was seen (field `seen`), so that a later save by somebody else is found out.

import * as store from "./store.js";
import { toast } from "./toasts.js";
import { element, icon, word } from "./words.js";

const DAYS = 30;
// Per tab: the form that was sent last. The next page in the tab, whatever it is, uses it up.
const SENT = "rq:sent";
const SKIP = new Set(["csrf_token", "password", "idempotency_key"]);
// Form → { record, shown }: the draft of before that is offered beside it, and whether that was done.
const kept = new Map();

function note(sent) {
  try {
    if (sent) sessionStorage.setItem(SENT, JSON.stringify(sent));
    else sessionStorage.removeItem(SENT);
  } catch {
    // storage is off: there are no drafts either
  }
}

function values(form) {
  const found = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !SKIP.has(name) && name !== "seen") found.push([name, value]);
  }
  return found;
}

function filled(pairs) {
  return JSON.stringify(pairs.filter(([, value]) => value !== ""));
}

function save(form, first, offered) {
  const now = values(form);
  if (filled(now) === first) {
    if (!offered.record) store.forget("draft", form.dataset.draft);
    return;
  }
  const seen = form.elements.namedItem("seen");
  const record = { values: now, seen: seen ? seen.value : null, at: Date.now() };
  if (offered.record) record.earlier = { ...offered.record, earlier: undefined };
  tell(form, store.write("draft", form.dataset.draft, record));
}

// Beside the buttons: that what was typed is kept, and since when, or that it is not.
function tell(form, isKept) {
  const rows = form.querySelectorAll(".rq-buttons");
  if (!rows.length) return;
  let note = form.querySelector("[data-draft-note]");
  if (!note) {
    note = element("span", { class: "rq-s rq-3", "data-draft-note": "", role: "status" });
    rows[rows.length - 1].append(note);
  }
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  note.replaceChildren(icon(isKept ? "cloud-check" : "alert-triangle"), isKept ? word("draft-kept", time) : word("draft-not-kept"));
}

// Without network a form would be exchanged for the browser's own page: it stays, and says why. Whether there really is none is
// asked first, since a server on this very machine needs none.
function reach(form, event) {
  if (navigator.onLine || form.dataset.reached) {
    delete form.dataset.reached;
    return;
  }
  event.preventDefault();
  fetch(location.href, { method: "HEAD", cache: "no-store" }).then(() => {
    form.dataset.reached = "1";
    form.requestSubmit(event.submitter);
  }).catch(() => toast(word("network"), { bad: true }));
}

function put(form, record) {
  const byName = new Map();
  for (const [name, value] of record.values) byName.set(name, [...(byName.get(name) || []), value]);
  if (record.seen !== null && form.elements.namedItem("seen")) form.elements.namedItem("seen").value = record.seen;
  for (const [name, wanted] of byName) {
    const rows = form.querySelector(`[data-rows="${CSS.escape(name)}"]`);
    if (rows) rows.dispatchEvent(new CustomEvent("rq:rows", { detail: wanted }));
    // The hidden part of a row (which step it is) goes with the row.
    const fields = [...form.elements].filter((field) => field.name === name && (field.type !== "hidden" || field.closest("[data-row]")));
    let text = 0;
    for (const field of fields) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
      else if (field.type !== "file" && text < wanted.length) {
        // What comes back is seen, in a fold, too.
        const fold = wanted[text] && wanted[text] !== field.value && field.type !== "hidden" && field.closest("details");
        if (fold) fold.open = true;
        field.value = wanted[text++];
      }
    }
  }
  for (const box of form.querySelectorAll("input[type=checkbox]")) if (!byName.has(box.name)) box.checked = false;
  for (const field of form.elements) field.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, record, offered) {
  const when = new Date(record.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const restore = element("button", { type: "button", class: "btn btn-quiet btn-s" }, word("draft-restore"));
  const drop = element("button", { type: "button", class: "btn btn-bare btn-s" }, word("draft-drop"));
  const box = element("div", { class: "rq-say rq-js", role: "status" }, icon("history"),
    element("div", {}, `${word("draft-found")} (${when}) `, element("span", { class: "rq-line" }, restore, drop)));
  const end = () => {
    offered.record = null;
    box.remove();
  };
  restore.addEventListener("click", () => {
    end();
    put(form, record);
    toast(word("draft-restored"));
  });
  drop.addEventListener("click", () => {
    end();
    store.forget("draft", form.dataset.draft);
    if (record.earlier) offer(form, record.earlier, offered);
  });
  form.prepend(box);
  offered.record = record;
}

// What the server wrote into the form, whatever was typed since.
function untouched(form) {
  const copy = form.cloneNode(true);
  copy.reset();
  return filled(values(copy));
}

function watch(form) {
  if (kept.has(form)) return;
  const first = form.hasAttribute("data-draft-keep") ? "" : untouched(form);
  const offered = { record: null };
  let record = store.read("draft", form.dataset.draft);
  if (record && Date.now() - record.at > DAYS * 24 * 3600 * 1000) {
    store.forget("draft", form.dataset.draft);
    record = null;
  }
  if (record && !form.hasAttribute("data-draft-keep") && filled(record.values) !== first) offered.record = record;
  kept.set(form, offered);
  let timer = 0;
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => save(form, first, offered), 300);
  };
  if (first && filled(values(form)) !== first) later();
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.addEventListener("pagehide", () => timer && form.isConnected && save(form, first, offered));
  form.addEventListener("submit", (event) => {
    window.clearTimeout(timer);
    timer = 0;
    save(form, first, offered);
    reach(form, event);
    if (event.defaultPrevented) return;
    note({ name: store.named("draft", form.dataset.draft), actor: store.actor, at: Date.now() });
  });
  form.addEventListener("htmx:after:request", (event) => {
    const response = event.detail.ctx.response;
    if (response && response.status < 400 && event.detail.ctx.sourceElement === form) {
      window.clearTimeout(timer);
      store.forget("draft", form.dataset.draft);
      note(null);
    }
  });
}

// At once, before anything else is loaded: who types, or saves, on a slow line is as safe.
export function listen(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) watch(form);
}

// When all that builds on the form has come: bringing a draft back needs it.
export function enhance(root) {
  listen(root); // what has come in between
  for (const form of root.querySelectorAll("form[data-draft]")) {
    const offered = kept.get(form);
    if (offered.record && !offered.shown) offer(form, offered.record, offered);
    offered.shown = true;
  }
}

// Called before any form is listened to: was the form that this tab sent before accepted? Then its draft goes.
export function settle() {
  let sent = null;
  try {
    sent = JSON.parse(sessionStorage.getItem(SENT));
  } catch {
    return;
  }
  note(null);
  const [page] = performance.getEntriesByType("navigation");
  const redirected = page && page.type === "navigate" && page.redirectCount > 0;
  const fine = Number(document.body.dataset.status) < 400;
  if (!sent || !redirected || !fine || sent.actor !== store.actor || Date.now() - sent.at > 120000) return;
  store.forgetNamed(sent.name);
}
