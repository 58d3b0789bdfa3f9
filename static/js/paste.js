// paste.js - what is pasted into notes ([data-paste]) from Word, WeChat, a mail or a page comes out as clean Markdown.
//
// Plain text stays as it is, but for what chat programs put around it: "name time" lines get a line of their own, pictures and
// emoji their words. A picture alone cannot stand in a text: it is put into the page's file field where there is one, else said.

import { toast } from "./toasts.js";
import { word } from "./words.js";

const ready = new WeakSet();
const BLOCK = new Set(["P", "DIV", "SECTION", "ARTICLE", "HEADER", "FOOTER", "MAIN", "ADDRESS", "FIGURE", "FORM", "DL", "DT", "DD", "CENTER"]);
const GONE = new Set(["STYLE", "SCRIPT", "HEAD", "TITLE", "META", "LINK", "XML", "NOSCRIPT", "TEMPLATE", "OBJECT", "SVG", "BUTTON", "INPUT", "SELECT", "TEXTAREA", "IFRAME"]);
const CLOCK = "(?:上午|下午|晚上|凌晨|中午)?\\s?\\d{1,2}[:：]\\d{2}(?:[:：]\\d{2})?(?:\\s?[AaPp][Mm])?";
const DAY = "(?:\\d{4}\\s?[-/.年]\\s?\\d{1,2}\\s?[-/.月]\\s?\\d{1,2}\\s?日?|\\d{1,2}[-/月]\\d{1,2}日?|昨天|前天|今天|星期.|周.)";
const SAID_AT = new RegExp(`^(\\S[^\\n:：,，。！？!?;；]{0,39}?)[ \\t]+((?:${DAY}\\s?)?${CLOCK})$`);

// -- from HTML ---------------------------------------------------------------------------------------------------------

// Styles are read, never applied: the policy of the page refuses them, so they are put aside under another name.
const STYLE = "data-rq-style";
const style = (node) => `;${(node.getAttribute(STYLE) || "").toLowerCase()}`;
const bold = (node) => /^(B|STRONG)$/.test(node.tagName) ? !/;\s*font-weight:\s*(normal|[1-4]00)/.test(style(node)) : /;\s*font-weight:\s*(bold|[6-9]00)/.test(style(node));
const italic = (node) => /^(I|EM)$/.test(node.tagName) ? !/;\s*font-style:\s*normal/.test(style(node)) : /;\s*font-style:\s*italic/.test(style(node));
const struck = (node) => /^(S|STRIKE|DEL)$/.test(node.tagName) || /line-through/.test(style(node));
const hidden = (node) => /display:\s*none|mso-hide:\s*all/.test(style(node));

// Word says with classes and comments what is a list: <p class="MsoListParagraph" style="mso-list:l0 level2 lfo1">.
function listed(node) {
  const found = /mso-list:\s*l\d+\s+level(\d)/.exec(style(node));
  return found ? Number(found[1]) : /MsoListParagraph/.test(node.className || "") ? 1 : 0;
}

// The sign that Word writes in front of a line of a list ("·", "1.", "a)"), kept apart by a comment or a style.
function sign(node) {
  const held = [...node.querySelectorAll("span")].find((one) => /mso-list:\s*ignore/.test(style(one)));
  const text = held ? held.textContent.trim() : "";
  if (held) held.remove();
  return /^[\dA-Za-z一二三四五六七八九十]+[.)、．]$/.test(text) ? (/^\d/.test(text) ? `${parseInt(text, 10)}.` : "1.") : "-";
}

// The words of what a picture stands for: [微笑], 😀, or the text beside it; "" for a real picture.
function emoji(image) {
  const said = (image.getAttribute("alt") || image.getAttribute("data-emoji") || image.getAttribute("text") || "").trim();
  const small = /emoji|emot|face|qqface/i.test(`${image.className} ${image.getAttribute("src") || ""}`) || (Number(image.getAttribute("width")) || 99) <= 32;
  return said && (small || /^\[[^\]]{1,8}\]$/.test(said) || /^\p{Extended_Pictographic}/u.test(said)) ? said : "";
}

class Reader {
  constructor() {
    this.lines = [];
    this.line = "";
    this.pictures = 0;
  }

  // What is marked must touch its signs: **word**, not ** word **.
  wrapped(text, mark) {
    const [, before, inner, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text);
    return inner && !inner.includes("\n") ? `${before}${mark}${inner}${mark}${after}` : text;
  }

  inline(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data.split(` ${STYLE}=`).join(" style=").replace(/[\u200b\ufeff]/g, "").replace(/[ \t\r\n\f\u00a0]+/g, " ");
    if (node.nodeType !== Node.ELEMENT_NODE || GONE.has(node.tagName.toUpperCase()) || node.tagName.includes(":") || hidden(node)) return "";
    if (node.tagName === "BR") return "\n";
    if (node.tagName === "IMG") {
      const said = emoji(node);
      if (!said) this.pictures += 1;
      return said;
    }
    let text = [...node.childNodes].map((child) => this.inline(child)).join("");
    if (node.tagName === "CODE" && text.trim()) return `\`${text.trim()}\``;
    if (node.tagName === "A") return this.link(node, text);
    if (bold(node)) text = this.wrapped(text, "**");
    if (italic(node)) text = this.wrapped(text, "*");
    if (struck(node)) text = this.wrapped(text, "~~");
    return text;
  }

  link(node, text) {
    const address = node.getAttribute("href") || "";
    const shown = text.trim();
    if (!/^https?:\/\//.test(address) || !shown) return text;
    return shown === address || shown === address.replace(/\/$/, "") ? address : `[${shown}](${address.replace(/[()\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)})`;
  }

  end(gap = false) {
    const text = this.line.split("\n").map((one) => one.replace(/[ \t]+/g, " ").trim()).join("\n").replace(/\*\*\*\*|~~~~/g, "").trim();
    if (text) this.lines.push(text);
    this.line = "";
    if (gap && this.lines.length && this.lines[this.lines.length - 1] !== "") this.lines.push("");
  }

  block(node, depth = 0) {
    for (const child of node.childNodes) this.child(child, depth);
  }

  child(node, depth) {
    if (node.nodeType !== Node.ELEMENT_NODE) {
      this.line += this.inline(node);
      return;
    }
    const name = node.tagName.toUpperCase();
    if (GONE.has(name) || hidden(node)) return;
    if (/^H[1-6]$/.test(name)) this.apart(`${"#".repeat(Number(name[1]))} ${this.inline(node).trim().replace(/\*\*/g, "")}`);
    else if (name === "UL" || name === "OL") this.list(node, depth);
    else if (name === "TABLE") this.table(node);
    else if (name === "PRE") this.apart(`\`\`\`\n${node.textContent.replace(/\n$/, "")}\n\`\`\``);
    else if (name === "BLOCKQUOTE") this.quote(node);
    else if (name === "HR") this.apart("---");
    else if (name === "LI") this.item(node, depth, "-");
    else if (listed(node)) this.word(node);
    else if (BLOCK.has(name) || [...node.children].some((one) => BLOCK.has(one.tagName) || /^(UL|OL|TABLE|H[1-6])$/.test(one.tagName))) this.paragraph(node, depth, name);
    else this.line += this.inline(node);
  }

  apart(text) {
    this.end(true);
    if (text.replace(/[#\s`]/g, "")) this.lines.push(text, "");
  }

  paragraph(node, depth, name) {
    this.end();
    this.block(node, depth);
    this.end(name === "P" && !depth);
  }

  list(node, depth) {
    this.end(!depth);
    let number = Number(node.getAttribute("start")) || 1;
    for (const child of node.children) {
      if (child.tagName === "LI") this.item(child, depth, node.tagName === "OL" ? `${number++}.` : "-");
      else this.child(child, depth + 1);
    }
    this.end(!depth);
  }

  item(node, depth, mark) {
    const inner = new Reader();
    inner.block(node, depth + 1);
    inner.end();
    this.pictures += inner.pictures;
    const lines = inner.lines.filter((one) => one !== "");
    if (!lines.length) return;
    const [first, ...more] = lines.join("\n").split("\n");
    this.lines.push(`${"  ".repeat(depth)}${mark} ${first}`, ...more.map((one) => (/^\s*(?:- |\d+\. )/.test(one) ? one : `${"  ".repeat(depth + 1)}${one}`)));
  }

  word(node) {
    const depth = listed(node) - 1;
    const mark = sign(node);
    const before = this.lines[this.lines.length - 1];
    this.end(before !== undefined && !/^\s*(?:- |\d+\. )/.test(before));
    const text = this.inline(node).replace(/\s+/g, " ").trim();
    if (text) this.lines.push(`${"  ".repeat(depth)}${mark} ${text}`);
    const next = node.nextElementSibling;
    if (!next || !listed(next)) this.lines.push("");
  }

  quote(node) {
    const inner = new Reader();
    inner.block(node);
    inner.end();
    this.pictures += inner.pictures;
    this.end(true);
    const text = tidy(inner.lines.join("\n"));
    if (text) this.lines.push(...text.split("\n").map((one) => `> ${one}`.trimEnd()), "");
  }

  table(node) {
    const rows = [...node.rows].map((row) => [...row.cells].map((cell) => this.cell(cell))).filter((row) => row.some(Boolean));
    this.end(true);
    if (!rows.length) return;
    const width = Math.max(...rows.map((row) => row.length));
    if (width === 1) {
      // A frame around paragraphs, as mails and chats have it.
      for (const [cell] of rows) this.lines.push(cell.replace(/ <br> /g, "\n"), "");
      return;
    }
    const line = (row) => `| ${Array.from({ length: width }, (_, at) => row[at] || " ").join(" | ")} |`;
    this.lines.push(line(rows[0]), `|${" --- |".repeat(width)}`, ...rows.slice(1).map(line), "");
  }

  cell(node) {
    const inner = new Reader();
    inner.block(node);
    inner.end();
    this.pictures += inner.pictures;
    return inner.lines.filter((one) => one !== "").join(" ").replace(/\n/g, " ").replace(/\|/g, "\\|");
  }
}

function tidy(text) {
  return text.replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
}

// A chat as its program copies it: "王芳 10:05" and below it what she said; one blank line before each.
export function turns(text) {
  const out = [];
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    if (SAID_AT.test(trimmed) && out.length && out[out.length - 1] !== "") out.push("");
    out.push(SAID_AT.test(trimmed) ? trimmed : line);
  }
  return out.join("\n");
}

// Clean Markdown of pasted HTML, and how many pictures it left out.
export function fromHtml(html) {
  // Only what was copied; Word's conditional comments hold the rest of its world.
  const copied = /<!--StartFragment-->([\s\S]*?)<!--EndFragment-->/i.exec(html);
  const source = (copied ? copied[1] : html).replace(/<!--\[if !supportLists\]-->([\s\S]*?)<!--\[endif\]-->/gi, '<span style="mso-list:Ignore">$1</span>')
    .replace(/<!\[if !supportLists\]>([\s\S]*?)<!\[endif\]>/gi, '<span style="mso-list:Ignore">$1</span>')
    .replace(/<style[\s\S]*?<\/style>/gi, "").replace(/\sstyle\s*=/gi, ` ${STYLE}=`)
    .replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, "").replace(/<o:p>\s*(?:&nbsp;|\s)*<\/o:p>/gi, "");
  const page = new DOMParser().parseFromString(source, "text/html"); // inert: nothing in it is loaded or run
  const reader = new Reader();
  reader.block(page.body);
  reader.end();
  return { text: turns(tidy(reader.lines.join("\n"))), pictures: reader.pictures };
}

// Whether HTML says more than the plain text beside it: a browser's copy of plain text is a few spans.
function tells(html) {
  return /<(?:table|ul|ol|li|h[1-6]|b|strong|em|i|img|a|blockquote|pre)\b|mso-|MsoNormal|font-weight/i.test(html);
}

export function cleaned(html, plain) {
  const text = plain.replace(/\r\n?/g, "\n").replace(/[\u200b\ufeff]/g, "");
  if (!html || !tells(html)) return { text: turns(text), pictures: 0, changed: turns(text) !== plain };
  const made = fromHtml(html);
  return made.text ? { ...made, changed: true } : { text: turns(text), pictures: made.pictures, changed: turns(text) !== plain };
}

// -- into the field ----------------------------------------------------------------------------------------------------

function insert(area, text) {
  area.focus();
  // Keeps the field's own undo, where the browser still does that.
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function keep(files) {
  const field = document.querySelector("[data-drop-file] input[type=file]");
  const pictures = files.filter((file) => /^(image|audio)\//.test(file.type));
  if (!pictures.length) return false;
  if (!field) return toast(word("paste-picture"));
  const carried = new DataTransfer();
  carried.items.add(pictures[0]);
  field.files = carried.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.closest("details")?.setAttribute("open", "");
  return toast(word("paste-attached"));
}

function pasted(event) {
  const board = event.clipboardData;
  if (!board) return;
  const [html, plain] = [board.getData("text/html"), board.getData("text/plain")];
  if (!html && !plain) {
    if (board.files.length) {
      event.preventDefault();
      keep([...board.files]);
    }
    return;
  }
  const { text, pictures, changed } = cleaned(html, plain);
  if (pictures) toast(word("paste-left-out", pictures));
  if (!changed) return; // as the browser does it
  event.preventDefault();
  insert(event.target, text);
}

export function enhance(root) {
  for (const area of root.querySelectorAll("textarea[data-paste]")) {
    if (!ready.has(area)) area.addEventListener("paste", pasted);
    ready.add(area);
  }
}
