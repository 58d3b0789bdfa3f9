// examples.js - a grid over the textarea of an example table. Only the textarea is sent: tab-parted lines, the first the header.

import { composing, element, icon, word } from "./words.js";

const ready = new WeakSet();

function parse(text) {
  const lines = text.replace(/\r/g, "").split("\n").filter((line) => line.trim() !== "");
  const cells = lines.map((line) => line.split("\t"));
  const width = Math.max(2, ...cells.map((line) => line.length));
  while (cells.length < 3) cells.push([]);
  return cells.map((line) => Array.from({ length: width }, (_, at) => line[at] || ""));
}

function text(cells) {
  return cells.some((line) => line.some(Boolean)) ? cells.map((line) => line.join("\t")).filter((line, at) => at === 0 || line.trim()).join("\n") : "";
}

class Grid {
  constructor(box) {
    this.area = box.querySelector("textarea");
    this.frame = element("div", { class: "rq-grid", role: "group", "aria-label": box.querySelector("label").textContent.trim() });
    this.toggle = element("button", { type: "button", class: "btn btn-bare btn-s" }, word("as-text"));
    this.area.before(this.frame);
    this.area.after(this.toggle);
    this.toggle.addEventListener("click", () => this.show(this.area.hidden));
    this.frame.addEventListener("input", (event) => this.typed(event));
    this.frame.addEventListener("paste", (event) => this.pasted(event));
    this.frame.addEventListener("keydown", (event) => this.pressed(event));
    this.frame.addEventListener("click", (event) => this.clicked(event));
    this.area.addEventListener("input", () => this.drawing || this.read());
    this.read();
    this.show(false);
  }

  show(asText) {
    this.area.hidden = !asText;
    this.frame.hidden = asText;
    this.toggle.textContent = word(asText ? "as-grid" : "as-text");
    if (!asText) this.read();
  }

  read() {
    this.cells = parse(this.area.value);
    this.draw();
  }

  write() {
    this.drawing = true;
    this.area.value = text(this.cells);
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.drawing = false;
  }

  cell(row, column) {
    const name = row ? word("cell", row, this.cells[0][column] || column + 1) : word("column-name", column + 1);
    const field = element("input", { "data-row-at": row, "data-column-at": column, "aria-label": name, autocomplete: "off" });
    if (!row) field.placeholder = `${word("column")} ${column + 1}`;
    field.value = this.cells[row][column];
    return element(row ? "td" : "th", row ? {} : { scope: "col" }, field);
  }

  tool(name, act, at, picture) {
    return element("button", { type: "button", class: "btn btn-bare btn-s btn-icon", "data-act": act, "data-at": at, "aria-label": word(name, at + (act === "drop-column" ? 1 : 0)) }, icon(picture));
  }

  draw() {
    const width = this.cells[0].length;
    const lines = this.cells.map((line, row) => {
      const tools = element("td", {}, row ? this.tool("remove-row", "drop-row", row, "x") : this.tool("add-column", "add-column", width, "plus"));
      return element("tr", {}, ...line.map((_, column) => this.cell(row, column)), tools);
    });
    const foot = element("tr", { class: "rq-grid-tools" }, ...this.cells[0].map((_, column) => element("td", {}, this.tool("remove-column", "drop-column", column, "x"))), element("td"));
    const add = element("button", { type: "button", class: "btn btn-bare btn-s", "data-act": "add-row" }, icon("plus"), word("add-row"));
    this.frame.replaceChildren(element("table", {}, element("thead", {}, lines[0]), element("tbody", {}, ...lines.slice(1)), element("tfoot", {}, foot)), add);
  }

  focus(row, column) {
    const field = this.frame.querySelector(`[data-row-at="${row}"][data-column-at="${column}"]`);
    if (field) field.focus();
  }

  typed(event) {
    const { rowAt, columnAt } = event.target.dataset;
    event.stopPropagation();
    this.cells[rowAt][columnAt] = event.target.value.replace(/[\t\n\r]/g, " ");
    this.write();
  }

  clicked(event) {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const at = Number(button.dataset.at);
    const act = button.dataset.act;
    if (act === "add-row") this.cells.push(this.cells[0].map(() => ""));
    if (act === "add-column") for (const line of this.cells) line.push("");
    if (act === "drop-row" && this.cells.length > 2) this.cells.splice(at, 1);
    if (act === "drop-column" && this.cells[0].length > 1) for (const line of this.cells) line.splice(at, 1);
    this.draw();
    this.write();
    this.focus(act === "add-column" ? 0 : this.cells.length - 1, act === "add-column" ? this.cells[0].length - 1 : 0);
  }

  // A block copied from a sheet spreads from the cell it is pasted into.
  pasted(event) {
    const block = (event.clipboardData.getData("text/plain") || "").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\t\n]/.test(block)) return;
    event.preventDefault();
    const row = Number(event.target.dataset.rowAt);
    const column = Number(event.target.dataset.columnAt);
    const lines = block.split("\n").map((line) => line.split("\t"));
    const width = Math.max(this.cells[0].length, column + Math.max(...lines.map((line) => line.length)));
    while (this.cells.length < row + lines.length) this.cells.push([]);
    for (const line of this.cells) while (line.length < width) line.push("");
    lines.forEach((line, down) => line.forEach((value, right) => (this.cells[row + down][column + right] = value)));
    this.draw();
    this.write();
    this.focus(row, column);
  }

  pressed(event) {
    if (event.key !== "Enter" || composing(event) || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const row = Number(event.target.dataset.rowAt) + 1;
    if (row === this.cells.length) {
      this.cells.push(this.cells[0].map(() => ""));
      this.draw();
    }
    this.focus(row, event.target.dataset.columnAt);
  }
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-examples]")) {
    if (!ready.has(box)) new Grid(box);
    ready.add(box);
  }
}
