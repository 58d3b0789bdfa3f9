// files.js - a file field that also takes what is dropped on it, or a picture pasted anywhere in its form.

const ready = new WeakSet();

function put(field, files) {
  if (!files.length) return;
  const carried = new DataTransfer();
  for (const file of field.multiple ? files : [files[0]]) carried.items.add(file);
  field.files = carried.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
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
  if (field.form) field.form.addEventListener("paste", (event) => put(field, [...event.clipboardData.files]));
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-drop-file]")) {
    if (!ready.has(box)) build(box);
    ready.add(box);
  }
}
