// The messages of a chat: {role, content, thoughts, notes, model, stream}, as they are kept on the
// phone. content is a text, or the parts of the OpenAI dialect when photos come along. No DOM in here.

/** question makes a person's message of a text and photos, which are data URLs. */
export function question(text, photos) {
  if (photos.length === 0) return { role: "user", content: text };
  const parts = photos.map((url) => ({ type: "image_url", image_url: { url } }));
  return { role: "user", content: text ? [{ type: "text", text }, ...parts] : parts };
}

/** textOf returns the words of a message. */
export function textOf({ content }) {
  if (typeof content === "string") return content;
  return content.filter((part) => part.type === "text").map((part) => part.text).join("\n");
}

/** photosOf returns the photos of a message as data URLs. */
export function photosOf({ content }) {
  return typeof content === "string" ? [] : content.filter((part) => part.type === "image_url").map((part) => part.image_url.url);
}

/** hasPhotos reports whether there is a photo in a chat. */
export function hasPhotos(messages) {
  return messages.some((message) => photosOf(message).length > 0);
}

/** extend adds to an answer what a piece brought, {text, thoughts, retract}, as Thoughts tells it. */
export function extend(message, { text, thoughts, retract }) {
  if (retract) Object.assign(message, { thoughts: (message.thoughts ?? "") + message.content, content: "" });
  message.content += text;
  if (thoughts) message.thoughts = (message.thoughts ?? "") + thoughts;
}

/**
 * forModel turns a chat into what is sent: only roles and contents, without answers that never came. A
 * model that cannot see gets only the words; a photo without words is sent as the word for it.
 */
export function forModel(messages, sees, photo) {
  const content = (message) => (sees || photosOf(message).length === 0 ? message.content : textOf(message) || photo);
  return messages.filter((message) => message.content).map((message) => ({ role: message.role, content: content(message) }));
}
