// Text and elements. Everything that comes from the data goes through textContent, never through markup.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]/gu;
const plain = (text) => String(text).replace(HIDDEN, "\ufffd");
const lines = (text) => String(text).split(/\r\n|\r|\n/).map(plain).join("\n");
const byId = (id) => document.getElementById(id);
const count = (number) => number.toLocaleString("en");
const numberOf = (number, noun, plural = `${noun}s`) => `${count(number)} ${number === 1 ? noun : plural}`;
const clip = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

// A name keeps its direction to itself.
const name = (text) => el("bdi", null, text);

function severityTag(word) {
  const letter = el("b", { "aria-hidden": "true" }, word[0].toUpperCase());
  return el("span", { class: `tag ${word}` }, letter, word[0].toUpperCase() + word.slice(1));
}

const verdictTag = (word) => el("span", { class: `verdict ${word}` }, word);

let saying = 0;
function say(text) {
  clearTimeout(saying);
  saying = setTimeout(() => { byId("said").textContent = text; }, 150);
}
