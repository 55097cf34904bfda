/**
 * Headers as one text, as they cross from thread to thread: as a list of pairs,
 * each is an object and two texts, which takes several times as long.
 *
 * Shape: each name and each value, a character for each byte, with a line feed
 * behind it. Neither can hold one; see RFC 9110, 5.5.
 *
 * @module
 */

/** A header: its name, and its value as a character for each byte. */
export type Header = readonly [name: string, value: string];

/**
 * The text of `headers`.
 *
 * @throws {TypeError} A name or a value has a line feed.
 */
export function headerText(headers: Iterable<Header>): string {
  let text = "";
  for (const [name, value] of headers) text += line(name) + line(value);
  return text;
}

function line(part: string): string {
  if (part.includes("\n")) {
    throw new TypeError(
      `Cannot pass on a header with a line feed: ${JSON.stringify(part)}`,
    );
  }
  return part + "\n";
}

/** Calls `take` for each of the headers in `text`, in order. */
export function eachHeader(
  text: string,
  take: (name: string, value: string) => void,
): void {
  for (let at = 0; at < text.length;) {
    const nameEnd = text.indexOf("\n", at);
    const valueEnd = text.indexOf("\n", nameEnd + 1);
    take(text.slice(at, nameEnd), text.slice(nameEnd + 1, valueEnd));
    at = valueEnd + 1;
  }
}
