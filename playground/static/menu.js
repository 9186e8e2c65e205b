// A small menu of things to do, at the place where it was asked for.

import { find, icon, make } from "./dom.js";

const EDGE_PX = 8;
const menu = find("menu-box");

/** Open it with items {label, icon, onChoose, danger?}; falsy ones are left out. */
export function openMenu(x, y, items) {
  menu.replaceChildren(...items.filter(Boolean).map(row));
  menu.showPopover();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(EDGE_PX, Math.min(x, innerWidth - width - EDGE_PX))}px`;
  menu.style.top = `${Math.max(EDGE_PX, Math.min(y, innerHeight - height - EDGE_PX))}px`;
  menu.querySelector("button")?.focus({ preventScroll: true });
}

function row({ label, icon: sign, onChoose, danger }) {
  const button = make("button", { type: "button", role: "menuitem", className: danger ? "danger" : "" }, icon(sign), label);
  button.onclick = () => {
    menu.hidePopover();
    onChoose();
  };
  return button;
}

menu.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const rows = [...menu.children];
  rows[(rows.indexOf(document.activeElement) + step + rows.length) % rows.length].focus();
});
