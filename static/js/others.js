// others.js - two testers in one round see each other's verdicts: asked for every few seconds, which costs the server next to nothing.

const SECONDS = 12;
const SLOWEST = 120;

// tell(place, verdict, words) is called for what somebody else recorded.
export function watch(url, after, tell) {
  let newest = after;
  let tag = "";
  let seconds = SECONDS;
  async function ask() {
    if (document.hidden || !navigator.onLine) return;
    try {
      const answer = await fetch(`${url}?after=${newest}`, { headers: tag ? { "If-None-Match": tag } : {} });
      seconds = answer.ok || answer.status === 304 ? SECONDS : Math.min(seconds * 2, SLOWEST);
      if (!answer.ok) return;
      tag = answer.headers.get("ETag") || "";
      const told = await answer.json();
      newest = told.after;
      for (const row of told.rows) tell(row.place, row.verdict, row.words);
    } catch {
      seconds = Math.min(seconds * 2, SLOWEST); // no network: later
    }
  }
  async function again() {
    await ask();
    window.setTimeout(again, seconds * 1000);
  }
  window.setTimeout(again, seconds * 1000);
  document.addEventListener("visibilitychange", ask);
}
