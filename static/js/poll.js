// poll.js - data-poll="url": asks for the fragment that takes this element's place, until one comes without the attribute.
// Pauses while the page is hidden, slows down when the server does not answer.

const SECONDS = 2;
const SLOWEST = 60;
const watched = new WeakSet();

async function ask(found, seconds) {
  if (!found.isConnected) return;
  if (document.hidden) {
    document.addEventListener("visibilitychange", () => ask(found, seconds), { once: true });
    return;
  }
  try {
    const answer = await fetch(found.dataset.poll, { headers: { "HX-Request": "true" } });
    if (answer.status === 204 || answer.status === 304) return wait(found, seconds);
    if (!answer.ok) throw new Error(String(answer.status));
    if (answer.headers.get("HX-Redirect")) return location.assign(answer.headers.get("HX-Redirect"));
    const arrived = document.createElement("template");
    arrived.innerHTML = (await answer.text()).trim();
    const next = arrived.content.firstElementChild;
    if (!next) return wait(found, seconds);
    found.replaceWith(arrived.content);
    next.dispatchEvent(new CustomEvent("rq:new", { bubbles: true }));
  } catch {
    wait(found, Math.min(seconds * 2, SLOWEST));
  }
}

function wait(found, seconds) {
  window.setTimeout(() => ask(found, seconds), seconds * 1000);
}

export function enhance(root) {
  const all = [...root.querySelectorAll("[data-poll]")];
  if (root.matches && root.matches("[data-poll]")) all.push(root);
  for (const found of all) {
    if (watched.has(found)) continue;
    watched.add(found);
    wait(found, Number(found.dataset.pollEvery) || SECONDS);
  }
}
