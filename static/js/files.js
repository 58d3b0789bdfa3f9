// files.js - a file field that also takes what is dropped on it, or a picture pasted anywhere in its form.

const ready = new WeakSet();

function put(field, files) {
  if (!files.length) return;
  const carried = new DataTransfer();
  for (const file of field.multiple ? files : [files[0]]) carried.items.add(file);
  field.files = carried.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// A file that would be refused anyway is not sent: what else was typed stays on the page.
function limit(field) {
  const most = Number(field.dataset.largest) * 1024 * 1024;
  field.addEventListener("change", () => {
    const large = [...field.files].some((file) => file.size > most);
    field.setCustomValidity(large ? field.dataset.tooLarge : "");
    if (large) field.reportValidity();
  });
}

function build(box) {
  const field = box.querySelector("input[type=file]");
  const over = (on) => box.classList.toggle("rq-file--over", on);
  for (const name of ["dragenter", "dragover"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      over(true);
    });
  }
  box.addEventListener("dragleave", () => over(false));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    put(field, [...event.dataTransfer.files]);
  });
  if (field.dataset.largest) limit(field);
  if (field.form) field.form.addEventListener("paste", (event) => put(field, [...event.clipboardData.files]));
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-drop-file]")) {
    if (!ready.has(box)) build(box);
    ready.add(box);
  }
}
