// Pictures in full size: step through those of the chat, zoom to real pixels, download.

import { find, sizeOf } from "./dom.js";

const viewer = find("viewer");
const stage = find("viewer-stage");
const picture = find("viewer-picture");
let pictures = [];
let index = 0;

/** Open the picture of one message among {message, url, width, height, bytes, name, caption}. */
export function openViewer(all, message) {
  pictures = all;
  // Not by url: several messages can show the same file.
  index = Math.max(0, all.findIndex((each) => each.message === message));
  show();
  if (!viewer.open) viewer.showModal();
}

function show() {
  const shown = pictures[index];
  stage.classList.remove("zoomed");
  picture.src = shown.url;
  picture.alt = shown.caption || "Picture";
  find("viewer-about").textContent = `${shown.width} × ${shown.height} · ${sizeOf(shown.bytes)}`;
  find("viewer-save").href = `${shown.url}?download`;
  find("viewer-save").download = shown.name;
  find("viewer-caption").textContent = shown.caption ?? "";
  find("viewer-back").hidden = index === 0;
  find("viewer-next").hidden = index === pictures.length - 1;
}

function step(by) {
  const next = index + by;
  if (next < 0 || next >= pictures.length) return;
  index = next;
  show();
}

find("viewer-close").onclick = () => viewer.close();
find("viewer-back").onclick = () => step(-1);
find("viewer-next").onclick = () => step(1);
viewer.addEventListener("close", () => picture.removeAttribute("src"));
viewer.addEventListener("keydown", (event) => {
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});
stage.addEventListener("click", (event) => {
  if (event.target === picture) stage.classList.toggle("zoomed");
  else viewer.close();
});
