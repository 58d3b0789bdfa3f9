// picture.js - data-picture: draws the rows of a table (data-picture-of, its id) as a tree from left to right: each row's data-key
// hangs on its data-parent, by data-link. Touched, an item shows the way that led there and, once more, leads to its page. The table
// beside it says the same to who cannot see it; the library is fetched by this page alone.

import cytoscape from "../vendor/cytoscape.min.js";

const WIDE = 262;
const HIGH = 46;
const LONG = 26;
const SMALLEST = 0.9;
const LARGEST = 1.2;
const ready = new WeakSet();

// The library would write a <style> into the page, which its policy refuses; ours is in areas.css. It writes none where this is.
function forbidStyle() {
  const id = "__________cytoscape_stylesheet";
  if (document.getElementById(id)) return;
  const told = document.createElement("meta");
  told.id = id;
  document.head.append(told);
}

function read(table) {
  return [...table.querySelectorAll("tr[data-key]")].map((row) => ({
    key: row.dataset.key,
    parent: row.dataset.parent || "",
    link: row.dataset.link || "",
    start: row.hasAttribute("data-start"),
    title: row.cells[1].firstChild.textContent.trim(),
    href: row.querySelector("a") ? row.querySelector("a").href : "",
  }));
}

// Where each stands: as far to the right as it is away, one below the other.
function place(rows) {
  const known = new Map(rows.map((row) => [row.key, row]));
  const below = new Map();
  for (const row of rows) {
    const above = known.has(row.parent) ? row.parent : "";
    if (!below.has(above)) below.set(above, []);
    below.get(above).push(row);
  }
  const at = new Map();
  let line = 0;
  const walk = (row, depth) => {
    const children = below.get(row.key) || [];
    const first = line;
    for (const child of children) walk(child, depth + 1);
    if (!children.length) line += 1;
    at.set(row.key, { x: depth * WIDE, y: ((first + Math.max(line - 1, first)) / 2) * HIGH });
  };
  for (const row of below.get("") || []) walk(row, row.start ? 0 : 1);
  return at;
}

function look() {
  const styles = getComputedStyle(document.documentElement);
  const tone = (name) => styles.getPropertyValue(name).trim();
  const font = getComputedStyle(document.body).fontFamily;
  const box = {
    shape: "round-rectangle", width: 150, height: 30, "background-color": tone("--rq-paper"), "border-width": 1,
    "border-color": tone("--rq-line-control"), label: "data(label)", color: tone("--rq-ink"), "font-size": 11, "font-family": font,
    "text-valign": "center", "text-halign": "center", "text-wrap": "ellipsis", "text-max-width": 140,
  };
  const line = {
    width: 1, "line-color": tone("--rq-line-control"), "target-arrow-color": tone("--rq-line-control"), "target-arrow-shape": "triangle",
    "arrow-scale": 0.8, "curve-style": "taxi", "taxi-direction": "rightward", "taxi-turn": 22,
    // Beside the item that it leads to, above the line: each has a stretch of its own there.
    "target-label": "data(label)", "target-text-offset": 46, "target-text-margin-y": -7, "font-size": 10, "font-family": font,
    color: tone("--rq-ink-2"), "text-background-color": tone("--rq-paper"), "text-background-opacity": 1, "text-background-padding": 1,
  };
  const accent = tone("--rq-accent");
  return [
    { selector: "node", style: box },
    { selector: "node[?start]", style: { "background-color": tone("--rq-accent-wash"), "border-color": accent, "font-weight": "bold" } },
    { selector: "edge", style: line },
    { selector: "node.on", style: { "border-color": accent, "border-width": 2.5 } },
    { selector: "edge.on", style: { "line-color": accent, "target-arrow-color": accent, width: 2.5 } },
  ];
}

function elements(rows) {
  const at = place(rows);
  const known = new Set(rows.map((row) => row.key));
  const short = (text) => (text.length > LONG ? `${text.slice(0, LONG)}…` : text);
  return [
    ...rows.map((row) => ({
      data: { id: row.key, label: `${row.key} ${short(row.title)}`, start: row.start, href: row.href, title: row.title },
      position: at.get(row.key),
    })),
    ...rows.filter((row) => known.has(row.parent)).map((row) => ({ data: { source: row.parent, target: row.key, label: row.link } })),
  ];
}

function way(picture, node) {
  picture.elements().removeClass("on");
  const led = node.union(node.predecessors());
  led.addClass("on");
  return led.nodes().map((one) => one.id()).reverse();
}

function build(box) {
  const table = document.getElementById(box.dataset.pictureOf);
  const tools = document.querySelector("[data-picture-tools]");
  if (!table) return;
  forbidStyle();
  const picture = cytoscape({
    container: box, elements: elements(read(table)), style: look(), layout: { name: "preset" }, minZoom: 0.1, maxZoom: 2.5,
    autoungrabify: true, boxSelectionEnabled: false, userZoomingEnabled: false,
  });
  const fit = () => {
    picture.fit(undefined, 16);
    if (picture.zoom() > LARGEST) picture.zoom(LARGEST);
    picture.center();
  };
  // Where all of it would be too small to read, what is edited is read first, and the rest a finger's way off.
  const begin = () => {
    fit();
    const lines = picture.elements().boundingBox();
    box.style.height = `${Math.min(Math.max(lines.h * Math.max(picture.zoom(), SMALLEST) + 40, 200), window.innerHeight * 0.62)}px`;
    picture.resize();
    fit();
    if (picture.zoom() >= SMALLEST) return;
    picture.zoom(SMALLEST);
    picture.pan({ x: 12 - lines.x1 * SMALLEST, y: 12 - lines.y1 * SMALLEST });
  };
  begin();
  tools.hidden = false;
  const said = tools.querySelector("[data-picture-said]");
  picture.on("tap", "node", (event) => {
    const node = event.target;
    if (node.hasClass("last") && node.data("href")) {
      window.location.assign(node.data("href"));
      return;
    }
    picture.nodes().removeClass("last");
    node.addClass("last");
    const link = document.createElement("a");
    link.href = node.data("href");
    link.textContent = `${node.id()} ${node.data("title")}`;
    said.replaceChildren(link, ` ${way(picture, node).join(" → ")}`);
  });
  const middle = () => ({ x: box.clientWidth / 2, y: box.clientHeight / 2 });
  const done = {
    in: () => picture.zoom({ level: picture.zoom() * 1.3, renderedPosition: middle() }),
    out: () => picture.zoom({ level: picture.zoom() / 1.3, renderedPosition: middle() }),
    fit,
  };
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picture-do]");
    if (button) done[button.dataset.pictureDo]();
  });
  new MutationObserver(() => picture.style(look())).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => picture.style(look()));
  box.dataset.drawn = String(picture.nodes().length);
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-picture]")) {
    if (ready.has(box)) continue;
    ready.add(box);
    build(box);
  }
}
