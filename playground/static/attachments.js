// What a message can bring beside words: files by their kind, and what has no file but is told in words.

export const NAMES = {
  photo: "Photo", animation: "GIF", document: "File", sticker: "Sticker", voice: "Voice message", audio: "Audio",
  video: "Video", video_note: "Video message", contact: "Contact", location: "Location", poll: "Poll",
};
const KINDS = ["photo", "animation", "document", "sticker", "voice", "audio", "video", "video_note"];
const SOUNDS = ["voice", "audio"];

/** The file of a message with its kind, or nothing. */
export function fileOf(message) {
  const kind = KINDS.find((each) => message[each]);
  return kind && { ...message[kind], kind };
}

export function isSound(file) {
  return SOUNDS.includes(file.kind);
}

/** What was shared without a file, in words; "" where nothing was. */
export function sharedWords({ shared }) {
  const { contact, location, poll } = shared ?? {};
  if (contact) return `👤 ${contact.first_name}, ${contact.phone_number}`;
  if (location) return `📍 ${location.latitude}, ${location.longitude}`;
  if (poll) return [`📊 ${poll.question}`, ...poll.options.map(({ text }) => `• ${text}`)].join("\n");
  return "";
}

/** As what a messenger sends a file, unless it is told to send it as a file. */
export function kindOf(file) {
  const family = file.type.split("/")[0];
  if (family === "image") return "photo";
  if (family === "audio") return file.type === "audio/ogg" ? "voice" : "audio";
  return file.type === "video/mp4" ? "video" : "document";
}
