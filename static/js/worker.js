// worker.js - the service worker of run mode: when the network is gone, a round that was opened goes on, reloaded as often as one likes.
// It keeps the pages of run mode of whoever is signed in, and the files of the frame that these need; nothing else. They go when
// that person signs out or another signs in, and after twelve hours. What testers record is no business of its (queue.js).

const PAGES = "rq-run-pages";
const FILES = "rq-run-files";
const HOURS = 12;
const RUN = /\/p\/[^/]+\/rounds\/\d+\/run$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function forget() {
  return caches.delete(PAGES);
}

// A page as it is kept: with the hour, which says how long it may be shown.
async function keep(request, answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  const kept = await caches.open(PAGES);
  await kept.put(request.url, new Response(await answer.text(), { status: 200, headers }));
}

// Behind the question mark stands where one was: any page of the round will do, but one of the same walk.
async function found(url) {
  const kept = await caches.open(PAGES);
  const exact = await kept.match(url.href);
  const walk = url.searchParams.get("walk");
  const others = (await kept.keys()).filter((one) => {
    const other = new URL(one.url);
    return other.pathname === url.pathname && other.searchParams.get("walk") === walk;
  });
  const answer = exact || (others.length ? await kept.match(others[others.length - 1]) : null);
  const at = answer ? Number(answer.headers.get("X-Kept-At")) : 0;
  return Date.now() - at < HOURS * 3600 * 1000 ? answer : null;
}

async function page(event, url) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch {
    return (await found(url)) || Response.error();
  }
  // Sent elsewhere, or told that one is signed out: who this is now may not see what was kept.
  if (answer.redirected || answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) event.waitUntil(forget());
  else if (answer.ok) event.waitUntil(keep(event.request, answer.clone()));
  return answer;
}

async function file(request) {
  const kept = await caches.open(FILES);
  return (await kept.match(request)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.method === "POST" && /\/sign-(in|out)$/.test(url.pathname)) event.waitUntil(forget());
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && RUN.test(url.pathname)) event.respondWith(page(event, url));
  else if (url.pathname.startsWith(new URL("static/", self.registration.scope).pathname)) event.respondWith(file(event.request));
});
