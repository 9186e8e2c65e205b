// The groups that one is in, and the sheet in which a new one is made.

import { dayOf, face, find, make, timeOf } from "./dom.js";
import { said } from "./people.js";

const SUGGESTED = ["ada", "ben", "cleo", "dan", "eve"];
const sheet = find("group-sheet");

export class Groups {
  /** onChoose(chat id) hears which group to show; onMake(group) makes one and returns a promise. */
  constructor({ onChoose, onMake }) {
    this.onChoose = onChoose;
    this.onMake = onMake;
    find("new-group").onclick = () => this.openSheet();
    find("group-cancel").onclick = () => sheet.close();
    find("group-form").addEventListener("submit", (event) => this.make(event));
    for (const kind of find("group-form").elements.kind) kind.onchange = () => this.fitKind();
  }

  show({ groups, people, me, chat }) {
    this.people = people;
    this.me = me;
    find("groups-of").textContent = `${me.first_name}’s groups`;
    find("no-groups").hidden = groups.length > 0;
    if (document.visibilityState === "visible" && chat.last) sessionStorage.setItem(seenKey(me, chat), chat.last.id);
    const signature = JSON.stringify([groups, me.id, chat.id]);
    if (signature === this.signature) return;
    this.signature = signature;
    find("groups-list").replaceChildren(...groups.map((group) => make("li", {}, this.row(group, group.id === chat.id))));
  }

  row(group, isHere) {
    const { last } = group;
    const who = last.service ? "" : last.author?.id === this.me.id ? "You: " : last.author ? `${last.author.first_name}: ` : "";
    const isNew = !isHere && last.id > Number(sessionStorage.getItem(seenKey(this.me, group)) ?? 0);
    const button = make(
      "button",
      { type: "button", className: "person", "aria-current": String(isHere), "data-chat": group.id },
      face({ id: -group.id, first_name: group.title }),
      make("span", { className: "person-name" }, group.title),
      make("time", {}, dayOf(last.date) === "Today" ? timeOf(last.date) : dayOf(last.date)),
      make("span", { className: "person-last" }, `${who}${said(last)}`),
      isNew ? make("span", { className: "badge", role: "img", "aria-label": "unread" }) : null,
    );
    button.onclick = () => this.onChoose(group.id);
    return button;
  }

  // A new group

  openSheet() {
    find("group-form").reset();
    const others = this.people.filter((person) => person.id !== this.me.id).map((person) => person.name);
    const names = [...new Set([...others, ...SUGGESTED])].filter((name) => name !== this.me.name);
    find("group-members").replaceChildren(...names.map((name) => this.member(name)));
    this.fitKind();
    this.complain("");
    sheet.showModal();
    find("group-title").focus();
  }

  member(name) {
    const known = this.people.find((person) => person.name === name);
    const box = make("input", { type: "checkbox", name: "member", value: name });
    return make("label", { className: "chip" }, box, make("span", {}, known?.first_name ?? name[0].toUpperCase() + name.slice(1)));
  }

  fitKind() {
    find("group-topics-row").hidden = find("group-form").elements.kind.value !== "forum";
  }

  async make(event) {
    event.preventDefault();
    const form = new FormData(find("group-form"));
    const topics = form.get("topics").split(",").map((name) => name.trim()).filter(Boolean);
    const kind = form.get("kind");
    const members = [this.me.name, ...form.getAll("member")];
    try {
      await this.onMake({ kind, title: form.get("title"), members, ...(kind === "forum" && { topics }) });
      sheet.close();
    } catch (error) {
      this.complain(error.message);
    }
  }

  complain(text) {
    find("group-complaint").hidden = !text;
    find("group-complaint").textContent = text;
  }
}

function seenKey(me, chat) {
  return `seen-${me.id}-${chat.id}`;
}
