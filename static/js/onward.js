// onward.js - presses [data-onward] at once: a link to the sign-in provider, or the form that takes its answer on.

export function enhance(root) {
  const next = root.querySelector("[data-onward]");
  if (!next) return;
  if (next.tagName === "FORM") next.submit();
  else location.assign(next.href);
}
