// markdown.js - the preview of a Markdown field: the server renders, as it will when it is saved.

import { headers } from "./csrf.js";
import { word } from "./words.js";

const ready = new WeakSet();

function build(box) {
  const area = box.querySelector("textarea");
  const shown = box.querySelector("[data-markdown-shown]");
  const [write, preview] = [box.querySelector("[data-markdown-write]"), box.querySelector("[data-markdown-preview]")];
  const turn = (previewing) => {
    area.hidden = previewing;
    shown.hidden = !previewing;
    write.setAttribute("aria-pressed", String(!previewing));
    preview.setAttribute("aria-pressed", String(previewing));
  };
  write.addEventListener("click", () => {
    turn(false);
    area.focus();
  });
  preview.addEventListener("click", async () => {
    try {
      const answer = await fetch(box.dataset.markdown, { method: "POST", headers: headers(), body: new URLSearchParams({ text: area.value }) });
      if (!answer.ok) throw new Error(String(answer.status));
      shown.innerHTML = await answer.text(); // sanitised by the server
    } catch {
      shown.textContent = word("network");
    }
    turn(true);
  });
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-markdown]")) {
    if (!ready.has(box)) build(box);
    ready.add(box);
  }
}
