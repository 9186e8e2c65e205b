// "@bot words" where one writes: what the bot finds is shown above, and a click sends it.

import { find, make } from "./dom.js";

const TYPED_ON_MS = 250; // a pause this long asks; every letter would ask too much

const area = find("text");
const panel = find("finds");

export class Finds {
  /** onAsk(query) asks the bot; onChoose(queryId, resultId) sends a result, onStart(parameter) follows the button. */
  constructor({ onAsk, onChoose, onStart }) {
    this.onAsk = onAsk;
    this.onChoose = onChoose;
    this.onStart = onStart;
    this.botName = "";
    this.asking = 0;
    this.close();
    area.addEventListener("input", () => this.typed());
    // Before the composer, which would send the words.
    area.addEventListener("keydown", (event) => this.key(event), true);
    area.addEventListener("blur", () => setTimeout(() => panel.contains(document.activeElement) || this.close(), 150));
  }

  typed() {
    clearTimeout(this.pause);
    const query = this.queryIn(area.value);
    if (query === null) this.close();
    else this.pause = setTimeout(() => this.ask(query), TYPED_ON_MS);
  }

  /** What is asked of the bot; null where nothing is. */
  queryIn(text) {
    const [first, ...words] = text.split(" ");
    const isAsked = words.length > 0 && first.toLowerCase() === `@${this.botName}`.toLowerCase();
    return isAsked ? words.join(" ").trim() : null;
  }

  async ask(query) {
    const number = (this.asking += 1);
    const answer = await this.onAsk(query);
    // Whoever typed on has asked again: only the latest answer counts.
    if (number === this.asking && answer && this.queryIn(area.value) === query) this.show(answer);
  }

  show(answer) {
    this.chosen = -1;
    this.rows = answer.results.map((result) => this.row(answer.query_id, result));
    const above = answer.button && this.button(answer.button);
    const nothing = answer.answered ? "Nothing found" : "The bot did not answer";
    const rest = this.rows.length ? this.rows : [make("p", {}, nothing)];
    panel.replaceChildren(...[above, ...rest].filter(Boolean));
    panel.hidden = false;
    panel.scrollTop = 0;
  }

  close() {
    this.asking += 1;
    this.rows = [];
    this.chosen = -1;
    panel.hidden = true;
  }

  button({ text, start }) {
    const button = make("button", { type: "button", className: "above" }, text);
    button.onclick = () => this.leave(() => this.onStart(start));
    return button;
  }

  row(queryId, { id, title, description, file }) {
    const picture = file && (file.thumbnail ?? (file.mime.startsWith("image/") ? file.url : null));
    const row = make(
      "button",
      { type: "button", role: "option" },
      picture ? make("img", { src: picture, alt: "", loading: "lazy" }) : make("i", { "aria-hidden": "true" }, title.slice(0, 1)),
      make("b", {}, title),
      make("span", {}, description),
    );
    row.onclick = () => this.leave(() => this.onChoose(queryId, id));
    return row;
  }

  leave(doing) {
    area.value = "";
    area.dispatchEvent(new Event("input"));
    this.close();
    area.focus();
    doing();
  }

  /** Arrows choose, Enter takes the chosen one or the first, Escape closes. */
  key(event) {
    if (panel.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const from = Math.max(this.chosen, step < 0 ? 0 : -1); // up from nowhere is the last one
    if (step && this.rows.length) this.choose((from + step + this.rows.length) % this.rows.length);
    else if (event.key === "Enter" && this.rows.length) this.rows[Math.max(0, this.chosen)].click();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  choose(index) {
    this.chosen = index;
    this.rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    this.rows[index].scrollIntoView({ block: "nearest" });
  }
}
