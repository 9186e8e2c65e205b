// The chat's head: whose it is, what the bot does, the topics of a forum, and what can be done with the chat.

import { face, find, make } from "./dom.js";
import { openMenu } from "./menu.js";

const DOING = {
  typing: "typing",
  upload_photo: "sending a photo",
  upload_document: "sending a file",
  upload_video: "sending a video",
};

// Languages that one's messenger can have; a bot that does not know one falls back to its own.
const LANGUAGES = [
  ["en", "English"],
  ["es", "Español"],
  ["id", "Bahasa Indonesia"],
  ["ru", "Русский"],
  ["de", "Deutsch"],
  [null, "None told"],
];

export class Head {
  /** onBlock(blocked), onMigrate(), onTopic(thread), onLanguage(code) and onDevice() are what a person can do here. */
  constructor(doings) {
    this.doings = doings;
    this.thread = null;
    this.seen = new Map(); // the newest message of each topic that was looked at
    this.forgetAction = 0;
    find("more").onclick = () => this.menu();
    find("unblock").onclick = () => doings.onBlock(false);
  }

  show({ chat, bot, me, action }) {
    this.chat = chat;
    this.bot = bot;
    this.me = me;
    const isPrivate = chat.kind === "private";
    find("bot-name").textContent = isPrivate ? bot.name : chat.title;
    find("bot-face").hidden = !isPrivate;
    find("group-face").replaceChildren(...(isPrivate ? [] : [face({ id: -chat.id, first_name: chat.title })]));
    document.title = `${isPrivate ? bot.name : chat.title} · ${me.first_name}`;
    find("blocked").hidden = !(chat.blocked && isPrivate);
    find("blocked-text").textContent = `You blocked ${bot.name}.`;
    find("composer").hidden = chat.blocked && isPrivate;
    this.showState(action);
  }

  showState(action) {
    clearTimeout(this.forgetAction);
    const state = find("bot-state");
    state.classList.toggle("active", Boolean(action));
    state.textContent = action ? this.doing(action) : this.idle();
    if (action) this.forgetAction = setTimeout(() => this.showState(null), action.seconds * 1000);
  }

  doing(action) {
    const what = DOING[action.name] ?? "busy";
    return this.chat.kind === "private" ? what : `${this.bot.name} is ${what}`;
  }

  idle() {
    if (this.chat.kind === "private") return this.bot.connected ? "online" : "the bot is not connected";
    const names = this.chat.members.map((member) => member.first_name);
    return [...names, ...(this.chat.blocked ? [] : [this.bot.name])].join(", ");
  }

  // Topics

  /** Tabs for a forum's topics, with a mark where something was said since one looked; messages: all of the chat. */
  showTopics(messages) {
    const isForum = this.chat.kind === "forum";
    find("topics").hidden = !isForum;
    if (!isForum) return;
    const newest = new Map();
    for (const { thread, id } of messages) newest.set(thread, Math.max(id, newest.get(thread) ?? 0));
    this.seen.set(this.thread, newest.get(this.thread) ?? 0);
    const topics = [{ id: null, name: "General" }, ...this.chat.topics];
    const signature = JSON.stringify([topics, this.thread, [...newest]]);
    if (signature === this.signature) return;
    this.signature = signature;
    find("topics").replaceChildren(...topics.map((topic) => this.tab(topic, (newest.get(topic.id) ?? 0) > (this.seen.get(topic.id) ?? 0))));
  }

  tab(topic, isNew) {
    const chosen = topic.id === this.thread;
    const mark = isNew ? make("span", { className: "badge", role: "img", "aria-label": "unread" }) : null;
    const tab = make("button", { type: "button", role: "tab", "aria-selected": String(chosen) }, topic.name, mark);
    tab.onclick = () => this.choose(topic.id);
    return tab;
  }

  choose(thread) {
    this.thread = thread;
    this.doings.onTopic(thread);
    find("topics").querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  topicName() {
    return this.chat?.topics.find((topic) => topic.id === this.thread)?.name;
  }

  forget() {
    this.thread = null;
    this.seen.clear();
    this.signature = "";
  }

  // The menu

  menu() {
    const device = { label: "Open a second device", icon: "device", onChoose: () => this.doings.onDevice() };
    this.open([this.speaking(), device, this.blocking(), this.chat.kind === "group" && this.migrating()]);
  }

  open(items) {
    const { right, bottom } = find("more").getBoundingClientRect();
    openMenu(right, bottom + 4, items);
  }

  speaking() {
    const [, name] = LANGUAGES.find(([code]) => code === this.me.language) ?? [null, this.me.language];
    return { label: `Language: ${name}`, icon: "globe", onChoose: () => this.open(LANGUAGES.map((each) => this.language(...each))) };
  }

  language(code, name) {
    return { label: name, icon: code === this.me.language ? "check" : "blank", onChoose: () => this.doings.onLanguage(code) };
  }

  blocking() {
    const { kind, blocked } = this.chat;
    const verb = kind === "private" ? (blocked ? "Unblock" : "Block") : blocked ? "Add" : "Remove";
    return {
      label: `${verb} ${this.bot.name}`,
      icon: blocked ? "plus" : "block",
      danger: !blocked,
      onChoose: () => this.doings.onBlock(!blocked),
    };
  }

  migrating() {
    return { label: "Make it a supergroup", icon: "people", onChoose: () => this.doings.onMigrate() };
  }
}
