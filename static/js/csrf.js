// csrf.js - the form token for requests that no form carries.

export function token() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : "";
}

export function headers(more) {
  return { "X-CSRFToken": token(), "HX-Request": "true", ...more };
}

export function start() {
  document.addEventListener("htmx:config:request", (event) => {
    const request = event.detail.ctx.request;
    const own = new URL(request.action || "", document.baseURI).origin === location.origin;
    if (own && !/^(GET|HEAD)$/i.test(request.method)) request.headers["X-CSRFToken"] = token();
  });
}
