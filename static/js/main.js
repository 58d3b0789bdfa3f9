// main.js - starts what a page needs. Everything here is an addition: each page works without it.
// Modules that act by delegation are started once; those that build on elements have enhance(root), called again for what arrives later.

import * as copy from "./copy.js";
import * as csrf from "./csrf.js";
import * as dialogs from "./dialogs.js";
import * as drafts from "./drafts.js";
import * as forms from "./forms.js";
import * as keys from "./keys.js";
import * as offline from "./offline.js";
import * as palette from "./palette.js";
import * as theme from "./theme.js";
import * as toasts from "./toasts.js";
import { waiting } from "./queue.js";
import { word } from "./words.js";

const BY_NEED = [
  ["[data-rows]", "./rows.js"],
  ["[data-examples]", "./examples.js"],
  ["[data-options-from]", "./options.js"],
  ["[data-drop-file]", "./files.js"],
  ["[data-markdown]", "./markdown.js"],
  ["[data-paste]", "./paste.js"],
  ["[data-notes]", "./quotes.js"],
  ["[data-poll]", "./poll.js"],
  ["[data-bulk]", "./bulk.js"],
  ["[data-hints]", "./hints.js"],
  ["[data-look]", "./look.js"],
  ["[data-keys-of]", "./suggest.js"],
  ["[data-steps-from]", "./steps.js"],
  ["[data-run-card]", "./run.js"],
  ["[data-onward], [data-prove-at]", "./onward.js"],
  ["[data-passkey-form], [data-passkey-proof]", "./passkeys.js"],
  ["[data-picture]", "./picture.js"],
  ["[data-board], [data-sort]", "./board.js"],
];

async function enhance(root) {
  drafts.listen(root);
  const wanted = BY_NEED.filter(([selector]) => (root.matches && root.matches(selector)) || root.querySelector(selector));
  const modules = await Promise.all(wanted.map(([, path]) => import(path)));
  for (const module of modules) module.enhance(root);
  dialogs.enhance(root);
  drafts.enhance(root);
}

// What an address leads to may stand twice, once for each width: go to the one that is shown.
function land() {
  const named = location.hash.slice(1);
  const hidden = named && document.getElementById(named);
  const shown = hidden && !hidden.getClientRects().length && document.getElementById(`${named}-phone`);
  if (shown) shown.scrollIntoView();
}
land();
addEventListener("hashchange", land);

for (const module of [csrf, theme, dialogs, forms, toasts, keys, palette, copy, offline]) module.start();
drafts.settle();
// For those who drive a page by script: what it builds on is there.
enhance(document).finally(() => (document.documentElement.dataset.enhanced = ""));
// What run mode recorded while the network was gone is sent from any page its author opens.
if (waiting() && !document.querySelector("[data-run-card]")) import("./queue.js").then((queue) => queue.send(true).then(() => queue.waiting() && toasts.toast(word("sending", queue.waiting()))));
document.addEventListener("rq:new", (event) => enhance(event.target));
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail && event.detail.ctx && event.detail.ctx.target;
  enhance(target && target.isConnected ? target : document);
});
