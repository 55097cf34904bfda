/**
 * Media types of files, and which of them are worth compressing.
 *
 * @module
 */

// By the end of the name. Text says what it is encoded in.
// deno-fmt-ignore
const TYPES: ReadonlyMap<string, string> = new Map(Object.entries({
  aac: "audio/aac", avif: "image/avif", bmp: "image/bmp",
  css: "text/css;charset=UTF-8", csv: "text/csv;charset=UTF-8",
  flac: "audio/flac", gif: "image/gif", gz: "application/gzip",
  htm: "text/html;charset=UTF-8", html: "text/html;charset=UTF-8",
  ico: "image/x-icon", ics: "text/calendar;charset=UTF-8",
  jpeg: "image/jpeg", jpg: "image/jpeg",
  js: "text/javascript;charset=UTF-8", json: "application/json",
  jsonld: "application/ld+json", map: "application/json",
  md: "text/markdown;charset=UTF-8", mjs: "text/javascript;charset=UTF-8",
  mp3: "audio/mpeg", mp4: "video/mp4", oga: "audio/ogg", ogg: "audio/ogg",
  ogv: "video/ogg", opus: "audio/ogg", otf: "font/otf", pdf: "application/pdf",
  png: "image/png", rss: "application/rss+xml", svg: "image/svg+xml",
  tar: "application/x-tar", ttf: "font/ttf", txt: "text/plain;charset=UTF-8",
  vtt: "text/vtt;charset=UTF-8", wasm: "application/wasm", wav: "audio/wav",
  webm: "video/webm", webmanifest: "application/manifest+json",
  webp: "image/webp", woff: "font/woff", woff2: "font/woff2",
  xhtml: "application/xhtml+xml", xml: "application/xml", zip: "application/zip",
}));

/** The media type of a file by its name; that of any bytes when it is not known. */
export function mediaTypeOf(name: string): string {
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return TYPES.get(end) ?? "application/octet-stream";
}

/** Whether what has this `Content-Type` gets smaller: text, in all its forms. */
export function isCompressible(contentType: string): boolean {
  const [type = ""] = contentType.toLowerCase().split(";", 1);
  return COMPRESSIBLE.test(type.trim());
}

const COMPRESSIBLE =
  /^(?:text\/.+|.+\+(?:json|xml|text)|application\/(?:json|xml|javascript|x-ndjson|wasm|graphql|manifest\+json)|font\/[ot]tf|image\/(?:bmp|x-icon))$/;
