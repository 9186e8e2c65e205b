// The page's heart: who writes, what the server tells, and who on the page has to know.

import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { find } from "./dom.js";
import { alertBox, toast } from "./notices.js";
import { People } from "./people.js";
import * as server from "./server.js";

const FIRST_PERSON = "ada";
const RETRY_MS = 1000;
const DOING = {
  typing: "typing",
  upload_photo: "sending a photo",
  upload_document: "sending a file",
  upload_video: "sending a video",
};

let person = decodeURIComponent(location.hash.slice(1)) || FIRST_PERSON;
let listening = new AbortController();
let bot = { name: "The bot", connected: false };
let forgetAction = 0;

const people = new People((name) => (location.hash = name));
const chat = new Chat({ onPress: press, onReply: (message) => composer.reply(message, authorOf(message)), onCommand: say });
const composer = new Composer({
  onText: (text, replyTo) => server.post(person, "text", { text, reply_to: replyTo ?? null }),
  onFiles: (files, settings, onProgress) => server.upload(person, files, settings, onProgress),
});

function authorOf(message) {
  return message.from === "person" ? "yourself" : bot.name;
}

function say(text) {
  server.post(person, "text", { text }).catch((error) => toast(error.message, { bad: true }));
}

async function press(message, button, key) {
  if (button.copy) {
    await navigator.clipboard.writeText(button.copy);
    toast("Copied");
    return;
  }
  key.classList.add("waiting");
  try {
    const answer = await server.post(person, "press", { message_id: message.id, data: button.data });
    if (answer.text && answer.alert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
    else if (!answer.answered) toast("The bot did not answer", { bad: true });
  } catch (error) {
    toast(error.message, { bad: true });
  } finally {
    key.classList.remove("waiting");
  }
}

/** Listen for one person's news until another one is chosen. */
async function listen(signal) {
  let after = 0;
  let epoch = "";
  while (!signal.aborted) {
    try {
      const heard = await server.news(person, after, epoch, signal);
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
  chat.apply(heard);
  people.show(heard.people, heard.me);
  composer.setCommands(heard.commands);
  find("bot-name").textContent = bot.name;
  find("welcome-title").textContent = `Say hello to ${bot.name}`;
  document.title = `${bot.name} · ${heard.me.first_name}`;
  banner(bot.connected ? "" : "The bot is not connected. What you send waits for it.");
  showState(heard.action);
}

function showState(action) {
  clearTimeout(forgetAction);
  const state = find("bot-state");
  state.classList.toggle("active", Boolean(action));
  state.textContent = action ? (DOING[action.name] ?? "busy") : bot.connected ? "online" : "the bot is not connected";
  if (action) forgetAction = setTimeout(() => showState(null), action.seconds * 1000);
}

function banner(text) {
  find("banner").hidden = !text;
  find("banner").textContent = text;
}

function switchPerson() {
  person = decodeURIComponent(location.hash.slice(1)) || FIRST_PERSON;
  listening.abort();
  listening = new AbortController();
  composer.reply(null);
  chat.clear();
  listen(listening.signal);
}

window.addEventListener("hashchange", switchPerson);
find("start").onclick = () => say("/start");
switchPerson();
