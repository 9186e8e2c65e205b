// A message's text with its entities, as nested elements. Offsets count UTF-16 units, as JavaScript strings do.

import { make } from "./dom.js";

const PLAIN_TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/** Elements and text nodes for text; onCommand hears commands that are clicked. */
export function formatted(text, entities, onCommand) {
  return between(text, 0, text.length, entities ?? [], onCommand);
}

function between(text, start, end, entities, onCommand) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const begin = Math.max(entity.offset, at);
    const finish = Math.min(entity.offset + entity.length, end);
    if (begin >= finish) continue;
    if (begin > at) nodes.push(text.slice(at, begin));
    const inner = entities.slice(index + 1).filter((other) => other.offset < finish);
    nodes.push(marked(entity, text.slice(begin, finish), between(text, begin, finish, inner, onCommand), onCommand));
    at = finish;
    // A block ends its line by itself: the line break after it would show as an empty line.
    if (BLOCKS.has(entity.type) && text[at] === "\n" && at < end) at += 1;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function marked(entity, shown, children, onCommand) {
  if (entity.type in PLAIN_TAGS) return make(PLAIN_TAGS[entity.type], {}, ...children);
  if (entity.type === "url") return link(shown, children);
  if (entity.type === "text_link") return link(entity.url, children);
  if (entity.type === "spoiler") return spoiler(children);
  if (entity.type === "bot_command") {
    return make("button", { type: "button", className: "command", onclick: () => onCommand(shown) }, ...children);
  }
  return make("span", {}, ...children);
}

function link(address, children) {
  // Only addresses that open a page: a "javascript:" link would run here, with the page's rights.
  if (!/^https?:\/\//i.test(address)) return make("span", {}, ...children);
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function spoiler(children) {
  const button = make("button", { type: "button", className: "spoiler", "aria-pressed": "false" }, ...children);
  button.onclick = () => button.setAttribute("aria-pressed", "true");
  return button;
}
