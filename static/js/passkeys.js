// passkeys.js - asks the device for a passkey. [data-passkey-form=url of the question]: its answer goes into the form's field
// "credential", and the form is sent. [data-passkey-proof]: shows that it is me, beside a password field that is then not needed.

import { headers } from "./csrf.js";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function question(url) {
  const answer = await fetch(url, { method: "POST", headers: headers() });
  if (!answer.ok) throw new Error(String(answer.status));
  const options = await answer.json();
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const one of [...(options.allowCredentials || []), ...(options.excludeCredentials || [])]) one.id = toBytes(one.id);
  return options;
}

// What the server reads of a credential, base64url as in the standard's own JSON form.
function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response });
}

async function ask(url) {
  const publicKey = await question(url);
  const made = publicKey.user ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
  return told(await made);
}

async function send(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    form.elements.credential.value = await ask(form.dataset.passkeyForm);
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

async function prove(box) {
  const failed = box.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const body = new URLSearchParams({ credential: await ask(box.dataset.passkeyAsk) });
    const answer = await fetch(box.dataset.passkeyProof, { method: "POST", headers: headers(), body });
    if (!answer.ok) throw new Error(String(answer.status));
    const field = box.previousElementSibling;
    if (field && field.querySelector("input[name=password]")) field.hidden = true;
    box.querySelector("button").hidden = true;
    box.querySelector("[data-passkey-done]").hidden = false;
  } catch {
    failed.hidden = false;
  }
}

export function enhance(root) {
  for (const form of root.querySelectorAll("[data-passkey-form]")) {
    if (!window.PublicKeyCredential) form.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  }
  for (const box of root.querySelectorAll("[data-passkey-proof]")) {
    if (!window.PublicKeyCredential) box.hidden = true;
    box.querySelector("button").addEventListener("click", () => prove(box));
  }
}
