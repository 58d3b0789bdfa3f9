// words.js - what scripts say, in the reader’s language: written into the page as <template id="rq-words">; and what several of them do alike.

const template = document.getElementById("rq-words");

export function word(name, ...values) {
  const found = template && template.content.querySelector(`[data-word="${name}"]`);
  return (found ? found.textContent : name).replace(/\{(\d)\}/g, (_, place) => values[place]);
}

export function icon(name) {
  const use = document.querySelector("svg.rq-i use");
  const sprite = use ? use.getAttribute("href").split("#")[0] : "/static/icons.svg";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "rq-i rq-i--s");
  svg.setAttribute("aria-hidden", "true");
  const link = document.createElementNS("http://www.w3.org/2000/svg", "use");
  link.setAttribute("href", `${sprite}#${name}`);
  svg.append(link);
  return svg;
}

export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// True while an input method composes: no key may act then.
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

// Of the options of a field's list, the one that Enter would take; null for none.
export function activate(field, options, option) {
  for (const one of options) one.setAttribute("aria-selected", String(one === option));
  if (option) {
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
}
