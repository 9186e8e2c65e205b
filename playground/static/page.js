// The page's heart: who writes where, what the server tells, and who on the page has to know.

import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { find } from "./dom.js";
import { Finds } from "./finds.js";
import { Groups } from "./groups.js";
import { Head } from "./head.js";
import { alertBox, toast } from "./notices.js";
import { People } from "./people.js";
import * as server from "./server.js";

const FIRST_PERSON = "ada";
const RETRY_MS = 1000;
const SECOND_DEVICE = "popup,width=390,height=844";

// The address tells who writes and where: "#ada" is her chat with the bot, "#ada/-4117229461" a group.
let person = FIRST_PERSON;
let group = "";
let listening = new AbortController();
let bot = { name: "The bot", connected: false };

const people = new People((name) => goTo(name));
const groups = new Groups({ onChoose: (id) => goTo(person, id), onMake: makeGroup });
const head = new Head({ onBlock: block, onMigrate: migrate, onTopic: showTopic, onLanguage: speak, onDevice: openDevice });
const chat = new Chat({ onPress: press, onReply: (message) => composer.reply(message, authorOf(message)), onDelete: remove, onCommand: say });
const composer = new Composer({
  onText: (text, replyTo) => server.post(person, "text", { text, reply_to: replyTo ?? null, ...place() }),
  onFiles: (files, settings, onProgress) => server.upload(person, files, { ...settings, ...place() }, onProgress),
});

const finds = new Finds({ onAsk: ask, onChoose: choose, onStart: follow });

function goTo(name, chatId = "") {
  people.open(false);
  location.hash = chatId ? `${name}/${chatId}` : name;
}

function place() {
  return { ...(group && { chat: group }), ...(head.thread && { thread: head.thread }) };
}

function authorOf(message) {
  return chat.isMine(message) ? "yourself" : chat.nameOf(message);
}

/** Ask the server for something; what goes wrong is shown. */
async function attempt(asking) {
  try {
    return await asking;
  } catch (error) {
    toast(error.message, { bad: true });
  }
}

function say(text) {
  attempt(server.post(person, "text", { text, ...place() }));
}

function ask(query) {
  return attempt(server.post(person, "inline", { query, ...place() }));
}

function choose(queryId, resultId) {
  const replyTo = composer.replyTo?.id ?? null;
  composer.reply(null);
  attempt(server.post(person, "choose", { query_id: queryId, result_id: resultId, reply_to: replyTo, ...place() }));
}

/** Follow a link to the bot: into the private chat, and there /start with what the link carries. */
async function follow(parameter) {
  goTo(person);
  if (parameter) await attempt(server.post(person, "start", { parameter }));
}

function speak(language) {
  attempt(server.post(person, "language", { language }));
}

function openDevice() {
  window.open(location.href, "_blank", SECOND_DEVICE);
}

/** Links to our own bot stay here; all others leave the page. */
function followLink(event) {
  const link = event.target.closest?.("a[href]");
  const address = link && URL.canParse(link.href) ? new URL(link.href) : null;
  if (address?.host !== "t.me" || address.pathname.toLowerCase() !== `/${bot.username}`.toLowerCase()) return;
  event.preventDefault();
  follow(address.searchParams.get("start") ?? "");
}

function remove(messages) {
  for (const { id } of messages) attempt(server.post(person, "delete", { message: id, ...place() }));
}

function block(blocked) {
  attempt(server.post(person, "block", { blocked, ...place() }));
}

async function migrate() {
  const supergroup = await attempt(server.migrate(group));
  if (supergroup) goTo(person, supergroup.id);
}

async function makeGroup(wish) {
  const made = await server.makeGroup(wish);
  goTo(person, made.id);
}

async function press(message, button, key) {
  if (button.copy) {
    await navigator.clipboard.writeText(button.copy);
    toast("Copied");
    return;
  }
  key.classList.add("waiting");
  const answer = await attempt(server.post(person, "press", { message_id: message.id, data: button.data, ...place() }));
  key.classList.remove("waiting");
  if (answer?.text && answer.alert) alertBox(answer.text);
  else if (answer?.text) toast(answer.text);
  else if (answer && !answer.answered) toast("The bot did not answer", { bad: true });
}

/** Listen for the news of one chat until another one is chosen. */
async function listen(signal) {
  let after = 0;
  let epoch = "";
  while (!signal.aborted) {
    try {
      const heard = await server.news(person, group, after, epoch, signal);
      ({ epoch, revision: after } = heard);
      show(heard);
    } catch (error) {
      if (signal.aborted) return;
      banner(error instanceof server.ServerError ? error.message : "The playground is not running. Waiting for it…");
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      after = 0;
    }
  }
}

function show(heard) {
  bot = heard.bot;
  chat.botName = bot.name;
  finds.botName = bot.username;
  head.show(heard);
  chat.apply(heard);
  head.showTopics(chat.messages.values());
  people.show(heard.people, heard.me, heard.chat.kind === "private");
  groups.show(heard);
  composer.setCommands(heard.commands);
  find("welcome-title").textContent = `Say hello to ${bot.name}`;
  banner(complaint(heard));
}

function complaint({ chat: { kind, blocked, migrated_to: supergroup } }) {
  if (supergroup) return "This group has become a supergroup.";
  if (blocked && kind !== "private") return `${bot.name} is not in this group.`;
  return bot.connected ? "" : "The bot is not connected. What you send waits for it.";
}

function banner(text) {
  find("banner").hidden = !text;
  find("banner").textContent = text;
}

function showTopic(thread) {
  composer.reply(null);
  composer.setPlace(head.topicName());
  chat.showTopic(thread);
  head.showTopics(chat.messages.values());
}

function switchChat() {
  [person, group = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
  person ||= FIRST_PERSON;
  listening.abort();
  listening = new AbortController();
  head.forget();
  composer.reply(null);
  composer.setPlace("");
  chat.clear();
  chat.thread = null;
  listen(listening.signal);
}

document.addEventListener("click", followLink);
window.addEventListener("hashchange", switchChat);
find("start").onclick = () => say("/start");
switchChat();
