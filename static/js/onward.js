// onward.js - presses [data-onward] at once: a link to the sign-in provider, or the form that takes its answer on.
// a[data-prove-at]: goes to the provider by one press; without script it leads to a page with that button. It is no button of the form
// that it stands in: that one is sent by Enter.

import { token } from "./csrf.js";
import { element } from "./words.js";

function prove(event) {
  const link = event.currentTarget;
  event.preventDefault();
  const here = new URL(link.href).searchParams.get("next");
  // A form that did not fit is shown where it was sent to; one goes back to where it was filled in.
  const before = document.referrer.startsWith(`${location.origin}/`) ? document.referrer.slice(location.origin.length) : "";
  const sent = { csrf_token: token(), next: here ? here + location.hash : before };
  const fields = Object.entries(sent).map(([name, value]) => element("input", { type: "hidden", name, value }));
  const form = element("form", { method: "post", action: link.dataset.proveAt, hidden: "" }, ...fields);
  document.body.append(form);
  form.submit();
}

export function enhance(root) {
  for (const link of root.querySelectorAll("a[data-prove-at]")) link.addEventListener("click", prove);
  const next = root.querySelector("[data-onward]");
  if (!next) return;
  if (next.tagName === "FORM") next.submit();
  else location.assign(next.href);
}
