// theme.js - light, dark or as the system, and the height of rows: kept in cookies, so that the server writes the page right at once.

const YEAR = 365 * 24 * 3600;

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

function press(attribute, value) {
  for (const button of document.querySelectorAll(`[data-set-${attribute}]`)) {
    button.setAttribute("aria-pressed", String(button.getAttribute(`data-set-${attribute}`) === value));
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set-theme], [data-set-density]");
    if (!button) return;
    const { setTheme, setDensity } = button.dataset;
    if (setTheme) {
      document.documentElement.setAttribute("data-bs-theme", setTheme);
      remember("theme", setTheme);
      press("theme", setTheme);
    } else {
      document.documentElement.setAttribute("data-density", setDensity);
      remember("density", setDensity);
      press("density", setDensity);
    }
  });
}
