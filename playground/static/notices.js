// What the bot answers to a press, and what went wrong: a toast that goes by itself, or an alert to be closed.

import { find, make } from "./dom.js";

const TOAST_MS = 3500;

export function toast(text, { bad = false } = {}) {
  const shown = make("div", { className: bad ? "toast bad" : "toast" }, text);
  find("toasts").append(shown);
  setTimeout(() => shown.remove(), TOAST_MS);
}

export function alertBox(text) {
  find("alert-text").textContent = text;
  find("alert").showModal();
}

find("alert-close").onclick = () => find("alert").close();
