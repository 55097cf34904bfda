/**
 * The app that clients ask: all protocols, with and without TLS.
 *
 * @module
 */

import { withFiles } from "../boundaries/with_files.ts";
import type { LogLevel } from "@rusm/serve";
import { DIRECTORY, type Served, withApp } from "../serving/served.ts";

/** The app, and where it is. */
export interface Site extends Served {
  /** Its directory, without a slash at the end. */
  readonly directory: string;
  /** Of HTTP without TLS, without a slash at the end. */
  readonly http: string;
  /** Of the same with TLS. */
  readonly https: string;
  /** Of the same without it, for pages of {@linkcode ORIGIN} alone. */
  readonly closed: string;
  /** Of WebSockets. */
  readonly ws: string;
  /** Of event streams. */
  readonly sse: string;
}

/** Directory of the certificates: `one` is shown to all but who asks for `two.test`. */
export const PEMS: string =
  new URL("../../serve/testdata/tls/", import.meta.url).pathname;

/** The origin whose pages may read, and send PUT. */
export const ORIGIN = "https://page.test";

const ROUTES = `
  "GET /text" = "answers"
  "GET /large" = "answers"
  "GET /moved" = "answers"
  "GET /teapot" = "answers"
  "GET /:ms" = "slow"
  "POST /seen" = "echo"
  "PUT /seen" = "echo"
  "DELETE /seen" = "echo"
  "POST /echo" = "streams"
  "POST /size" = "streams"
  "PUT /size" = "streams"
  "GET /big" = "streams"
  "GET /slow" = "streams"
  "GET /half" = "streams"
  "POST /trailers" = "streams"
  "GET /files/*" = "dir:public"
`;

/** What a site does differently. */
export interface SiteKeys {
  /** Of the listeners of HTTP. */
  readonly http?: string;
  /** Of that of WebSockets. */
  readonly ws?: string;
  /** Of that of event streams. */
  readonly sse?: string;
  /** Origin that may do what {@linkcode ORIGIN} may. */
  readonly origin?: string;
  /** The least important level that is logged; `debug` by default. */
  readonly level?: LogLevel;
}

function manifestOf(
  { http = "", ws = "", sse = "", origin }: SiteKeys,
): string {
  const origins = origin === undefined ? [ORIGIN] : [ORIGIN, origin];
  return `
    [[serve]]
    ${httpOf(origins, http)}
    [[serve]]
    ${httpOf([ORIGIN], http)}
    [[serve]]
    ${httpOf(origins, http)}
    [serve.tls]
    cert = "${PEMS}one.cert.pem"
    key = "${PEMS}one.key.pem"
    [serve.tls.sni."two.test"]
    cert = "${PEMS}two.cert.pem"
    key = "${PEMS}two.key.pem"

    [[serve]]
    protocol = "ws"
    listen = "127.0.0.1:0"
    component = "socket"
    compression = true
    subprotocols = ["chat.v2", "chat.v1"]
    max_message_size = 100_000
    ${ws}

    [[serve]]
    protocol = "sse"
    listen = "127.0.0.1:0"
    component = "feed"
    ${sse}
    ${corsOf(origins)}

    [components.answers]
    [components.echo]
    [components.feed]
    [components.slow]
    [components.socket]
    [components.streams]
  `;
}

function httpOf(origins: readonly string[], keys: string): string {
  return `
    protocol = "http"
    listen = "127.0.0.1:0"
    max_body_bytes = 4_000_000
    compression = true
    ${keys}
    [serve.routes]
    ${ROUTES}
    ${corsOf(origins)}
  `;
}

function corsOf(origins: readonly string[]): string {
  return `
    [serve.cors]
    origins = ${JSON.stringify(origins)}
    methods = ["GET", "PUT"]
    headers = ["x-asked"]
  `;
}

const STREAMS =
  new URL("../guests/built/handler.wasm", import.meta.url).pathname;

/** Calls `test` with the app, and stops it afterwards. */
export function withSite(
  test: (site: Site) => Promise<void>,
  keys: SiteKeys = {},
): Promise<void> {
  return withFiles(new Map(), async ({ pathname }) => {
    await fill(pathname);
    const directory = pathname.slice(0, -1);
    await withApp(manifestOf(keys), (served) => {
      const urls = served.app.endpoints.map(({ url }) => url);
      const [http = "", closed = "", https = "", ws = "", sse = ""] = urls;
      return test({ ...served, directory, http, closed, https, ws, sse });
    }, { directory, level: keys.level ?? "debug" });
  });
}

async function fill(directory: string): Promise<void> {
  await Deno.mkdir(`${directory}wasm`);
  for (const name of ["answers", "echo", "feed", "slow", "socket"]) {
    const file = `wasm/${name}.js`;
    await Deno.symlink(`${DIRECTORY}/${file}`, `${directory}${file}`);
  }
  await Deno.symlink(STREAMS, `${directory}wasm/streams.wasm`);
  await Deno.mkdir(`${directory}public`);
  const bytes = new Uint8Array(300_000);
  await Deno.writeFile(`${directory}public/large.bin`, bytes);
  const text = "What is said often is said in few bytes.\n".repeat(1_000);
  await Deno.writeTextFile(`${directory}public/text.txt`, text);
}
