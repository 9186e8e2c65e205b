// The list of messages. What did not change keeps its elements, so nothing flickers and nothing scrolls away.

import { fileOf, isSound, NAMES, sharedWords } from "./attachments.js";
import { dayOf, find, icon, make, sizeOf, timeOf } from "./dom.js";
import { openMenu } from "./menu.js";
import { formatted } from "./text.js";
import { openViewer } from "./viewer.js";

const TOGETHER_S = 300; // messages this close to each other stand together
const PINNED_PX = 70; // this near to the end the list follows new messages
const PHOTO_BOX = { width: 420, height: 460 };
const SMALLEST_PHOTO = 200;
const STICKER_PX = 200;
const SWIPE_PX = 56;

const scroll = find("scroll");
const list = find("messages");

export class Chat {
  /** What a person can do here: onPress(message, button, element), onReply(message), onDelete(messages), onCommand(text). */
  constructor(doings) {
    this.doings = doings;
    this.botName = "";
    this.me = {};
    this.about = { kind: "private", members: [] };
    this.thread = null;
    this.pinned = true;
    scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    find("to-end").onclick = () => this.toEnd("smooth");
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(list);
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(scroll);
    this.clear();
  }

  clear() {
    this.messages = new Map();
    this.views = new Map();
    this.unseen = 0;
    this.pinned = true;
    list.replaceChildren();
  }

  /** Take over changed messages and forget removed ones; all: the list begins anew. chat: which one it is, me: who reads. */
  apply({ messages, removed, all, chat, me }) {
    if (all) this.clear();
    this.about = chat;
    this.me = me;
    const known = new Set(this.messages.keys());
    for (const message of messages) this.messages.set(message.id, message);
    for (const id of removed) this.messages.delete(id);
    const added = messages.filter((message) => !known.has(message.id) && this.isHere(message));
    if (added.some((message) => this.isMine(message))) this.pinned = true;
    else if (!this.pinned) this.unseen += added.length;
    this.render(new Set(all ? [] : added.map((message) => message.id)));
    if (this.pinned) this.toEnd();
    this.scrolled();
  }

  /** Show another topic of a forum; null is the general one. */
  showTopic(thread) {
    this.thread = thread;
    this.unseen = 0;
    this.pinned = true;
    this.render(new Set());
    this.toEnd();
  }

  isMine(message) {
    return message.author?.id === this.me.id;
  }

  isHere(message) {
    return this.about.kind !== "forum" || message.thread === this.thread;
  }

  /** In a group everybody deletes what is theirs, and who made it everything. */
  mayDelete(messages) {
    return this.about.kind === "private" || this.about.members[0]?.id === this.me.id || messages.every((each) => this.isMine(each));
  }

  nameOf(message) {
    return message.author?.first_name ?? this.botName;
  }

  ordered() {
    return [...this.messages.values()].filter((message) => this.isHere(message)).sort((one, other) => one.id - other.id);
  }

  pictures() {
    return filesOf(this.ordered()).filter(shownAsPicture);
  }

  toEnd(behavior = "instant") {
    scroll.scrollTo({ top: scroll.scrollHeight, behavior });
  }

  scrolled() {
    this.pinned = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < PINNED_PX;
    if (this.pinned) this.unseen = 0;
    find("to-end").hidden = this.pinned;
    find("unseen").hidden = this.unseen === 0;
    find("unseen").textContent = this.unseen;
  }

  goTo(id) {
    const view = [...this.views.values()].find((each) => each.ids?.includes(id));
    if (!view) return;
    view.root.scrollIntoView({ block: "center", behavior: "smooth" });
    view.root.classList.remove("found");
    requestAnimationFrame(() => view.root.classList.add("found"));
  }

  render(fresh) {
    const wanted = [];
    const units = unitsOf(this.ordered());
    units.forEach((unit, index) => {
      const before = units[index - 1];
      const after = units[index + 1];
      const newDay = !before || dayOf(before.date) !== dayOf(unit.date);
      if (newDay) wanted.push(this.dayView(dayOf(unit.date)));
      if (unit.messages[0].service) {
        wanted.push(this.serviceView(unit));
        return;
      }
      const first = newDay || !together(before, unit);
      const last = !after || !together(unit, after);
      wanted.push(this.unitView(unit, { first, last, fresh: unit.messages.some((each) => fresh.has(each.id)) }));
    });
    this.views = new Map(wanted.map((view) => [view.key, view]));
    wanted.forEach((view, index) => {
      if (list.children[index] !== view.root) list.insertBefore(view.root, list.children[index] ?? null);
    });
    while (list.children.length > wanted.length) list.lastChild.remove();
    find("welcome").hidden = units.length > 0;
  }

  dayView(day) {
    return this.views.get(day) ?? { key: day, root: make("div", { className: "day" }, day) };
  }

  serviceView(unit) {
    return this.views.get(unit.key) ?? { key: unit.key, root: make("div", { className: "event" }, unit.messages[0].service) };
  }

  unitView(unit, { first, last, fresh }) {
    const view = this.views.get(unit.key) ?? newView(unit.key);
    const mine = this.isMine(unit.messages[0]);
    view.named = first && !mine && this.about.kind !== "private";
    const names = ["unit", mine && "mine", first && "first", last && "last"].filter(Boolean);
    if (fresh && !view.root.isConnected) view.root.addEventListener("animationend", () => view.root.classList.remove("fresh"), { once: true });
    if (fresh || view.root.classList.contains("fresh")) names.push("fresh");
    view.root.className = names.join(" ");
    view.root.dataset.ids = unit.messages.map((message) => message.id).join(" ");
    view.ids = unit.messages.map((message) => message.id);
    view.message = unit.messages[0];
    view.messages = unit.messages;
    this.fill(view, unit);
    return view;
  }

  fill(view, unit) {
    const [message] = unit.messages;
    const worded = unit.messages.find((each) => (each.caption ?? each.text)) ?? message;
    const text = (worded.caption ?? worded.text ?? "") || sharedWords(message);
    const files = filesOf(unit.messages);
    const quoted = message.reply_to && this.messages.get(message.reply_to);
    const [shown] = files;
    const onePhoto = files.length === 1 && isSeen(shown);
    view.bubble.classList.toggle("has-text", Boolean(text));
    view.body.classList.toggle("has-photo", onePhoto);
    if (onePhoto) view.bubble.style.setProperty("--w", `${shown.kind === "sticker" ? STICKER_PX : shownWidth(shown)}px`);
    part(view, "name", view.named && [message.author, this.botName], () => this.name(message));
    part(view, "via", message.via, () => make("span", { className: "via" }, `via @${message.via}`));
    part(view, "quote", quoted && [quoted.id, summaryOf(quoted)], () => this.quote(quoted));
    this.media(view, unit, files);
    const edited = unit.messages.some((each) => each.edited_at);
    part(view, "text", text && [text, worded.entities, edited], () => this.text(text, worded.entities, edited));
    part(view, "meta", [unit.date, edited, !text && onePhoto], () => meta(unit, edited, !text && files.length > 0 && isSeen(shown)));
    part(view, "keys", message.buttons.length && message.buttons, () => this.keys(view));
    part(view, "actions", [this.mayDelete(unit.messages)], () => this.actions(view, this.mayDelete(unit.messages)));
    view.answers ??= swipeable(view, () => this.doings.onReply(view.message));
    view.root.oncontextmenu = (event) => this.menu(event, view);
  }

  name(message) {
    const name = make("b", { className: "name" }, this.nameOf(message));
    name.style.setProperty("--hue", ((message.author?.id ?? 4) * 67) % 360);
    return name;
  }

  quote(quoted) {
    const who = this.isMine(quoted) ? "You" : this.nameOf(quoted);
    const button = make("button", { type: "button", className: "quote" }, make("b", {}, who), make("span", {}, summaryOf(quoted)));
    button.onclick = () => this.goTo(quoted.id);
    return button;
  }

  text(text, entities, edited) {
    const shown = make("div", { className: "text" }, ...formatted(text, entities, this.doings.onCommand));
    shown.style.setProperty("--meta", edited ? "92px" : "46px");
    return shown;
  }

  media(view, unit, files) {
    const swaps = files.length === 1 && unit.messages[0].photo && view.parts.media?.element.querySelector(":scope.single > button");
    const signature = files.map((file) => [file.message, file.url, file.name]);
    if (swaps && view.parts.media.signature !== JSON.stringify(signature)) {
      view.parts.media.signature = JSON.stringify(signature);
      swapPicture(view.parts.media.element.querySelector("button"), files[0], (file) => this.open(file));
      return;
    }
    part(view, "media", files.length && signature, () => this.mediaOf(unit, files));
  }

  mediaOf(unit, files) {
    const [first] = files;
    if (first.kind === "document") return make("div", {}, ...files.map((file) => this.document(file)));
    if (isSound(first)) return make("audio", { controls: true, preload: "none", src: first.url, "aria-label": NAMES[first.kind] });
    if (first.kind !== "photo") return make("div", { className: `media single ${first.kind}` }, first.kind === "sticker" ? sticker(first) : film(first));
    const box = make("div", { className: files.length === 1 ? "media single" : "media mosaic" });
    files.forEach((file, index) => {
      const button = pictureButton(file, (shown) => this.open(shown));
      if (files.length > 1) button.className = placeIn(files.length, index);
      else button.style.aspectRatio = shownRatio(file);
      box.append(button);
    });
    return box;
  }

  document(file) {
    const sign = make("span", { className: "sign" }, file.thumbnail ? make("img", { src: file.thumbnail, alt: "" }) : icon("file"));
    const size = [file.width && `${file.width} × ${file.height}`, sizeOf(file.bytes)].filter(Boolean).join(" · ");
    const link = make("a", { className: "document", href: `${file.url}?download`, download: file.name, title: file.name }, sign, make("b", {}, file.name), make("small", {}, size));
    if (shownAsPicture(file)) {
      link.onclick = (event) => {
        if (!sign.contains(event.target)) return;
        event.preventDefault();
        this.open(file);
      };
    }
    return link;
  }

  open(file) {
    openViewer(this.pictures(), file.message);
  }

  keys(view) {
    const rows = view.message.buttons.map((row) => make("div", {}, ...row.map((button) => this.key(view, button))));
    return make("div", { className: "keys" }, ...rows);
  }

  key(view, button) {
    const className = button.style ? `key ${button.style}` : "key";
    if (button.url) {
      const safe = /^https?:\/\//i.test(button.url) ? { href: button.url, target: "_blank", rel: "noopener noreferrer" } : {};
      return make("a", { className, ...safe }, button.label, icon("link"));
    }
    const key = make("button", { type: "button", className }, button.label);
    key.onclick = () => this.doings.onPress(view.message, button, key);
    return key;
  }

  actions(view, mayDelete) {
    const reply = make("button", { type: "button", className: "icon answer", "aria-label": "Reply", title: "Reply" }, icon("reply"));
    reply.onclick = () => this.doings.onReply(view.message);
    const remove = make("button", { type: "button", className: "icon delete", "aria-label": "Delete", title: "Delete for everybody" }, icon("bin"));
    remove.onclick = () => this.doings.onDelete(view.messages);
    return make("div", { className: "actions" }, reply, mayDelete ? remove : null);
  }

  /** By the right button or a long touch; links and selected words keep the browser's own menu. */
  menu(event, view) {
    if (event.target.closest("a") || !getSelection().isCollapsed) return;
    event.preventDefault();
    openMenu(event.clientX, event.clientY, [
      { label: "Reply", icon: "reply", onChoose: () => this.doings.onReply(view.message) },
      this.mayDelete(view.messages) && { label: "Delete", icon: "bin", danger: true, onChoose: () => this.doings.onDelete(view.messages) },
    ]);
  }
}

/** What a message says in one line. */
export function summaryOf(message) {
  const text = message.service ?? message.caption ?? message.text ?? "";
  const file = fileOf(message);
  const kind = file?.kind === "document" ? file.name : file ? NAMES[file.kind] : sharedWords(message);
  return [kind, text.replace(/\s+/g, " ")].filter(Boolean).join(", ").slice(0, 120);
}

/** The files of messages, each with the id of its message: a message has one at most, but many can have the same. */
function filesOf(messages) {
  return messages.flatMap((message) => {
    const file = fileOf(message);
    return file ? [{ ...file, message: message.id, caption: message.caption }] : [];
  });
}

/** Messages as they stand on the page: each alone, an album as one. */
function unitsOf(messages) {
  const units = [];
  for (const message of messages) {
    const last = units.at(-1);
    if (message.album && last?.album === message.album) last.messages.push(message);
    else units.push({ key: `m${message.id}`, album: message.album, who: message.author?.id ?? 0, date: message.date, messages: [message] });
  }
  return units;
}

function together(one, other) {
  const events = one.messages[0].service || other.messages[0].service;
  return !events && one.who === other.who && other.date - one.date < TOGETHER_S;
}

function newView(key) {
  const bubble = make("div", { className: "bubble" });
  const body = make("div", { className: "body" }, bubble);
  return { key, bubble, body, root: make("article", {}, body), parts: {} };
}

const INSIDE = ["name", "via", "quote", "media", "text", "meta"];

/** Build a part of a bubble again only if what it shows has changed; a falsy signature takes it away. */
function part(view, name, shown, build) {
  const old = view.parts[name];
  const signature = shown ? JSON.stringify(shown) : undefined;
  if (old?.signature === signature) return;
  const element = signature === undefined ? null : build();
  if (old && element) old.element.replaceWith(element);
  else if (old) old.element.remove();
  else if (!INSIDE.includes(name)) view.body.append(element);
  else view.bubble.insertBefore(element, following(view, name));
  if (element) view.parts[name] = { signature, element };
  else delete view.parts[name];
}

function following(view, name) {
  const later = INSIDE.slice(INSIDE.indexOf(name) + 1).find((other) => view.parts[other]);
  return later ? view.parts[later].element : null;
}

function meta(unit, edited, over) {
  return make("span", { className: over ? "meta over" : "meta" }, `${edited ? "edited " : ""}${timeOf(unit.date)}`);
}

/** Whether a file stands in the chat to be looked at: neither one to keep nor one to hear. */
function isSeen(file) {
  return file.kind !== "document" && !isSound(file);
}

function shownAsPicture(file) {
  return Boolean(file.width) && /^image\/(jpeg|png|webp|gif|avif)$/.test(file.mime);
}

function shownWidth({ width, height }) {
  const scale = Math.min(PHOTO_BOX.width / width, PHOTO_BOX.height / height, Math.max(1, SMALLEST_PHOTO / width));
  return Math.max(Math.round(width * scale), SMALLEST_PHOTO);
}

function shownRatio(file) {
  return Math.max(file.width / file.height, shownWidth(file) / (1.5 * PHOTO_BOX.height));
}

/** In an album of an odd number the first picture is wide; from five on the later ones stand in threes. */
function placeIn(count, index) {
  const wide = count % 2 === 1 && count < 5 && index === 0;
  const twos = { 5: 2, 6: 0, 7: 4, 8: 2, 9: 0, 10: 4 }[count] ?? count;
  if (wide) return "wide";
  return index >= twos ? "third" : "";
}

function pictureButton(file, open) {
  const image = make("img", { src: file.url, alt: "Photo", width: file.width, height: file.height, decoding: "async" });
  const button = make("button", { type: "button", "aria-label": "Open the picture" }, image);
  button.onclick = () => open(file);
  return button;
}

function sticker(file) {
  return make("img", { src: file.url, alt: "Sticker", width: file.width, height: file.height });
}

/** An animation plays by itself, again and again and without a sound, as messengers do; a click holds it. */
function film(file) {
  if (file.kind !== "animation") {
    const video = make("video", { controls: true, playsInline: true, preload: "metadata", src: file.url, "aria-label": NAMES[file.kind] });
    video.style.aspectRatio = shownRatio(file);
    return video;
  }
  const autoplay = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const video = make("video", { muted: true, loop: true, playsInline: true, autoplay, src: file.url, "aria-label": "Animation" });
  video.style.aspectRatio = shownRatio(file);
  video.onclick = () => (video.paused ? video.play() : video.pause());
  return video;
}

/** Show another picture in the same place, once it is ready to be painted. */
function swapPicture(button, file, open) {
  button.dataset.next = file.url;
  button.onclick = () => open(file);
  const image = make("img", { src: file.url, alt: "Photo", width: file.width, height: file.height });
  const swap = () => {
    if (button.dataset.next !== file.url) return; // a newer one has come in the meantime
    button.style.aspectRatio = shownRatio(file);
    button.replaceChildren(image);
  };
  image.decode().then(swap, swap);
}

/** On a touch screen a message is answered by pulling it to the left. */
function swipeable(view, onSwipe) {
  let from = null;
  view.body.addEventListener("pointerdown", (event) => {
    from = event.pointerType === "touch" ? { x: event.clientX, y: event.clientY } : null;
  });
  view.body.addEventListener("pointermove", (event) => {
    if (!from) return;
    const pulled = Math.min(0, event.clientX - from.x);
    if (Math.abs(event.clientY - from.y) < Math.abs(pulled)) view.body.style.transform = `translateX(${Math.max(pulled, -80)}px)`;
  });
  const letGo = (event) => {
    if (from && event.type === "pointerup" && event.clientX - from.x < -SWIPE_PX) onSwipe();
    from = null;
    view.body.classList.add("swipe");
    view.body.style.transform = "";
  };
  view.body.addEventListener("pointerup", letGo);
  view.body.addEventListener("pointercancel", letGo);
  return true;
}
