// Who writes: the list of people, with what was said last and how much of it is unread.

import { NAMES } from "./attachments.js";
import { dayOf, face, find, make, timeOf } from "./dom.js";

const SUGGESTED = ["ada", "ben", "cleo", "dan", "eve"];
const drawer = find("people");

export class People {
  /** onChoose(name) hears who shall write from now on. */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.known = [];
    find("open-people").onclick = () => this.open(true);
    find("close-people").onclick = () => this.open(false);
    find("scrim").onclick = () => this.open(false);
    drawer.addEventListener("keydown", (event) => event.key === "Escape" && this.open(false));
    find("add-person").addEventListener("submit", (event) => this.add(event));
  }

  open(open) {
    drawer.classList.toggle("open", open);
    find("open-people").setAttribute("aria-expanded", String(open));
    if (open) (drawer.querySelector("[aria-current=true], .me") ?? find("new-name")).focus();
  }

  add(event) {
    event.preventDefault();
    const name = find("new-name").value.trim().toLowerCase() || find("new-name").placeholder.toLowerCase();
    find("new-name").value = "";
    this.choose(name);
  }

  choose(name) {
    this.open(false);
    this.onChoose(name);
  }

  /** isHere: the person's own chat with the bot is the one that is shown, and not a group. */
  show(people, me, isHere) {
    if (isHere && document.visibilityState === "visible" && me.last) sessionStorage.setItem(`seen-${me.id}`, me.last.id);
    const signature = JSON.stringify([people, me.id, isHere]);
    if (signature === this.signature) return;
    this.signature = signature;
    const focused = document.activeElement?.dataset?.person;
    find("people-list").replaceChildren(...people.map((person) => make("li", {}, this.row(person, person.id === me.id, isHere))));
    if (focused) drawer.querySelector(`[data-person="${focused}"]`)?.focus();
    const free = SUGGESTED.find((name) => !people.some((person) => person.name === name)) ?? "name";
    find("new-name").placeholder = free[0].toUpperCase() + free.slice(1);
    find("writing-as").replaceChildren(make("b", {}, me.first_name), face(me));
    find("writing-as").title = `You write as ${me.first_name}`;
  }

  row(person, isMe, isHere) {
    const { last } = person;
    const when = last && (dayOf(last.date) === "Today" ? timeOf(last.date) : dayOf(last.date));
    const button = make(
      "button",
      { type: "button", className: isMe ? "person me" : "person", "aria-current": String(isMe && isHere), "data-person": person.name },
      face(person),
      make("span", { className: "person-name" }, person.first_name),
      when && make("time", {}, when),
      make("span", { className: "person-last" }, last ? `${last.from === "person" ? "You: " : ""}${said(last)}` : "no messages yet"),
      !(isMe && isHere) && last?.from === "bot" && last.id > seen(person) ? make("span", { className: "badge", role: "img", "aria-label": "unread" }) : null,
    );
    button.onclick = () => this.choose(person.name);
    return button;
  }
}

function seen(person) {
  return Number(sessionStorage.getItem(`seen-${person.id}`) ?? 0);
}

/** What was said last, in a line of a list. */
export function said(last) {
  const kind = NAMES[last.kind];
  return [kind, last.text.replace(/\s+/g, " ")].filter(Boolean).join(", ");
}
