// The only place that talks to the playground's server.

const OURS = { "X-Playground": "1" };

/** What went wrong, in a sentence that can be shown. */
export class ServerError extends Error {}

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ServerError(body.error || `The playground answered ${response.status}.`);
  return body;
}

/** Wait for news of a person's chat after a revision; resolves at once where there are some. chat: "" is the private one. */
export async function news(person, chat, after, epoch, signal) {
  const query = new URLSearchParams({ after, epoch, ...(chat && { chat }) });
  return answerOf(await fetch(`/person/${encodeURIComponent(person)}/events?${query}`, { signal, cache: "no-store" }));
}

/** Post JSON to the person's side: "text", "press", "inline", "start" and so on. */
export function post(person, action, body) {
  return send(`/person/${encodeURIComponent(person)}/${action}`, body);
}

/** Make a group; resolves with it. */
export function makeGroup(group) {
  return send("/chat", group);
}

/** Let a group become a supergroup; resolves with that. */
export function migrate(chat) {
  return send(`/chat/${chat}/migrate`, {});
}

async function send(path, body) {
  const headers = { ...OURS, "Content-Type": "application/json" };
  return answerOf(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Send one file as "photo", "document", "sticker" and so on, or several as an album; onProgress hears the share that has gone, 0 to 1. */
export function upload(person, files, { caption, replyTo, as, chat, thread }, onProgress) {
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name || "picture.png");
  if (caption) form.append("caption", caption);
  if (replyTo) form.append("reply_to", replyTo);
  if (chat) form.append("chat", chat);
  if (thread) form.append("thread", thread);
  if (as === "document" && files.length > 1) form.append("as_file", "1");
  const action = files.length > 1 ? "album" : as;
  return new Promise((resolve, reject) => {
    // fetch cannot tell how much of an upload has gone.
    const request = new XMLHttpRequest();
    request.open("POST", `/person/${encodeURIComponent(person)}/${action}`);
    request.setRequestHeader("X-Playground", "1");
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onerror = () => reject(new ServerError("The playground does not answer."));
    request.onload = () => {
      if (request.status < 300) resolve(request.response);
      else reject(new ServerError(request.response?.error || `The playground answered ${request.status}.`));
    };
    request.send(form);
  });
}
