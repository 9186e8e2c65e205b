// Writing: text, replies, the menu of commands, and pictures that are looked at once more before they go.

import { kindOf } from "./attachments.js";
import { summaryOf } from "./chat.js";
import { find, growing, icon, make, sizeOf } from "./dom.js";
import { toast } from "./notices.js";

const ALBUM = 10;
const area = find("text");
const sheet = find("sheet");
const menu = find("commands");

export class Composer {
  /** onText(text, replyTo) and onFiles(files, {caption, replyTo, as}, onProgress) send; both return promises. */
  constructor({ onText, onFiles }) {
    this.onText = onText;
    this.onFiles = onFiles;
    this.replyTo = null;
    this.files = [];
    this.commands = [];
    this.chosen = -1;
    this.fit = growing(area);
    this.fitCaption = growing(find("caption"));
    this.listenToText();
    this.listenToFiles();
    this.listenToSheet();
  }

  // Text

  listenToText() {
    find("write").addEventListener("submit", (event) => this.submit(event));
    find("stop-replying").onclick = () => this.reply(null);
    find("menu").onclick = () => this.toggleMenu();
    area.addEventListener("input", () => this.written());
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => setTimeout(() => menu.contains(document.activeElement) || this.showMenu([]), 150));
  }

  written() {
    find("send").disabled = !area.value.trim();
    const typed = /^\/(\w*)$/.exec(area.value);
    this.showMenu(typed ? this.commands.filter((each) => each.command.startsWith(typed[1].toLowerCase())) : []);
  }

  key(event) {
    if (event.isComposing) return;
    if (!menu.hidden && this.keyInMenu(event)) return;
    if (event.key === "Escape" && this.replyTo) this.reply(null);
    if (event.key === "Enter" && !event.shiftKey) this.submit(event);
  }

  async submit(event) {
    event?.preventDefault();
    const text = area.value.trim();
    if (!text) return;
    const replyTo = this.replyTo?.id;
    this.write("");
    this.reply(null);
    try {
      await this.onText(text, replyTo);
    } catch (error) {
      toast(error.message, { bad: true });
      this.write(text);
    }
  }

  write(text) {
    area.value = text;
    this.fit();
    this.written();
  }

  reply(message, who = "") {
    this.replyTo = message;
    find("replying").hidden = !message;
    if (!message) return;
    find("replying-to").textContent = `Reply to ${who}`;
    find("replying-text").textContent = summaryOf(message);
    area.focus();
  }

  /** Where one writes: the name of a topic, or nothing. */
  setPlace(topic) {
    area.placeholder = topic ? `Message in ${topic}` : "Message";
  }

  // Commands

  setCommands(commands) {
    this.commands = commands;
    find("menu").hidden = commands.length === 0;
  }

  toggleMenu() {
    this.showMenu(menu.hidden ? this.commands : []);
    area.focus();
  }

  showMenu(commands) {
    this.offered = commands;
    this.chosen = -1;
    menu.hidden = commands.length === 0;
    find("menu").setAttribute("aria-expanded", String(!menu.hidden));
    menu.replaceChildren(...commands.map((each) => this.commandRow(each)));
  }

  commandRow({ command, description }) {
    const row = make("button", { type: "button", role: "option" }, make("b", {}, `/${command}`), make("span", {}, description));
    row.onclick = () => this.sendCommand(command);
    return row;
  }

  sendCommand(command) {
    this.write(`/${command}`);
    this.showMenu([]);
    this.submit();
  }

  /** Arrows choose, Enter and Tab take, Escape closes; true where the menu used the key. */
  keyInMenu(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.choose((this.chosen + step + this.offered.length) % this.offered.length);
    else if (event.key === "Escape") this.showMenu([]);
    else if (["Enter", "Tab"].includes(event.key) && this.chosen >= 0) this.sendCommand(this.offered[this.chosen].command);
    else return false;
    event.preventDefault();
    return true;
  }

  choose(index) {
    this.chosen = index;
    [...menu.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    menu.children[index].scrollIntoView({ block: "nearest" });
  }

  // Files: by the button, by dropping, by pasting

  listenToFiles() {
    find("attach").onclick = () => find("files").click();
    find("files").onchange = () => {
      this.attach([...find("files").files]);
      find("files").value = "";
    };
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length) return;
      event.preventDefault();
      this.attach(files);
    });
    this.listenToDrops();
  }

  listenToDrops() {
    const brings = (event) => event.dataTransfer?.types.includes("Files");
    let inside = 0; // enter and leave come for every element under the pointer
    const show = (change) => {
      inside = Math.max(0, inside + change);
      find("drop").hidden = inside === 0;
    };
    document.addEventListener("dragenter", (event) => brings(event) && show(1));
    document.addEventListener("dragleave", (event) => brings(event) && show(-1));
    document.addEventListener("dragover", (event) => brings(event) && event.preventDefault());
    document.addEventListener("drop", (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      show(-inside);
      this.attach([...event.dataTransfer.files]);
    });
  }

  // The sheet in which files are looked at

  listenToSheet() {
    find("sheet-cancel").onclick = () => sheet.close();
    find("sheet-form").addEventListener("submit", (event) => this.sendFiles(event));
    find("caption").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.sendFiles(event);
    });
    sheet.addEventListener("close", () => this.setFiles([]));
  }

  attach(files) {
    if (this.sending) return;
    if (this.files.length + files.length > ALBUM) toast(`${ALBUM} files at once are the most`);
    const opening = !sheet.open;
    this.setFiles([...this.files, ...files].slice(0, ALBUM));
    if (!this.files.length || !opening) return;
    // What was written already becomes the caption.
    find("caption").value = area.value;
    this.write("");
    find("as-file").checked = find("as-file").disabled;
    find("as-sticker").checked = false;
    sheet.showModal();
    this.fitCaption();
    find("caption").focus();
  }

  setFiles(files) {
    for (const url of this.previewUrls ?? []) URL.revokeObjectURL(url);
    this.previewUrls = [];
    this.files = files;
    const kinds = files.map(kindOf);
    const plain = files.length === 1 ? kinds[0] === "document" : kinds.some((kind) => kind !== "photo");
    find("as-file").disabled = plain;
    if (plain) find("as-file").checked = true;
    find("sticker-row").hidden = files.length !== 1 || kinds[0] !== "photo";
    const noun = plain ? "file" : { video: "video", audio: "sound", voice: "voice message" }[kinds[0]] ?? "picture";
    find("sheet-title").textContent = files.length === 1 ? `Send a ${noun}` : `Send ${files.length} ${noun}s`;
    find("previews").classList.toggle("one", files.length === 1);
    find("previews").replaceChildren(...files.map((file, index) => this.preview(file, index)));
  }

  preview(file, index) {
    const plain = () => make("div", { className: "plain" }, icon("file"), make("span", {}, `${file.name} · ${sizeOf(file.size)}`));
    const remove = make("button", { type: "button", className: "icon", "aria-label": `Take ${file.name} out` }, icon("close"));
    remove.onclick = () => this.takeOut(index);
    const number = this.files.length > 1 ? make("span", { className: "number" }, index + 1) : null;
    if (!file.type.startsWith("image/")) return make("div", { className: "preview" }, plain(), number, remove);
    const url = URL.createObjectURL(file);
    this.previewUrls.push(url);
    const image = make("img", { src: url, alt: file.name });
    image.onerror = () => image.replaceWith(plain());
    return make("div", { className: "preview" }, image, number, remove);
  }

  /** What one file becomes in the chat; several are an album, of files or of pictures. */
  sentAs() {
    if (find("as-file").checked) return "document";
    if (!find("sticker-row").hidden && find("as-sticker").checked) return "sticker";
    return kindOf(this.files[0]);
  }

  takeOut(index) {
    this.setFiles(this.files.filter((_, at) => at !== index));
    if (!this.files.length) sheet.close();
  }

  async sendFiles(event) {
    event.preventDefault();
    if (this.sending || !this.files.length) return;
    const settings = { caption: find("caption").value.trim(), replyTo: this.replyTo?.id, as: this.sentAs() };
    this.busy(true);
    try {
      await this.onFiles(this.files, settings, (share) => (find("sheet-progress").value = share));
      find("caption").value = "";
      this.reply(null);
      sheet.close();
    } catch (error) {
      toast(error.message, { bad: true });
    } finally {
      this.busy(false);
    }
  }

  busy(sending) {
    this.sending = sending;
    find("sheet-send").disabled = sending;
    find("sheet-progress").hidden = !sending;
    find("sheet-progress").value = 0;
  }
}
