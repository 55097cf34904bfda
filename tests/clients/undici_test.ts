import { deepStrictEqual, strictEqual } from "node:assert";
import type { Readable } from "node:stream";
import { Agent, Client, EventSource, request, WebSocket } from "undici";
import { askForEvents, type EventSourceClass } from "./event_source_suite.ts";
import { PEMS, type Site, withSite } from "./site.ts";
import { askForWebSockets, type WebSocketClass } from "./websocket_suite.ts";

// Its timers outlive their use.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "undici: is answered as it asks",
  options,
  (t) =>
    withSite(async (site) => {
      await askForWebSockets(t, WebSocket as unknown as WebSocketClass, site);
      await askForEvents(t, EventSource as unknown as EventSourceClass, site);
      await t.step("gets pipelined answers in order", () => pipeline(site));
      for (const [how, allowH2, urlOf] of WAYS) {
        await t.step(
          `sends by ${how} what depends on what comes`,
          () => converse(allowH2, `${urlOf(site)}/echo`),
        );
      }
      await site.idle();
    }),
);

const WAYS: readonly (readonly [
  how: string,
  allowH2: boolean,
  urlOf: (site: Site) => string,
])[] = [
  ["HTTP/1.1", false, ({ http }) => http],
  ["HTTP/1.1 with TLS", false, localhost],
  ["HTTP/2", true, localhost],
];

function localhost({ https }: Site): string {
  return https.replace("127.0.0.1", "localhost");
}

async function pipeline({ http }: Site): Promise<void> {
  const client = new Client(http, { pipelining: 10 });
  const asked = Array.from({ length: 50 }, async (_, at) => {
    const { body } = await client.request({
      ...{ path: "/seen", method: "PUT", idempotent: true, body: `${at}` },
    });
    return (await body.json() as { text: string }).text;
  });
  const texts = await Promise.all(asked);
  deepStrictEqual(texts, Array.from({ length: 50 }, (_, at) => `${at}`));
  await client.close();
}

const PIECE_BYTES = 1_000;
const PIECES = 20;
const REST_BYTES = 1_000_000;

// Each piece is sent when the one before has come back, and then a lot at once.
async function converse(allowH2: boolean, url: string): Promise<void> {
  const ca = await Deno.readTextFile(`${PEMS}one.cert.pem`);
  const dispatcher = new Agent({ allowH2, connect: { ca } });
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const writer = writable.getWriter();
  // It takes any iterable, which its types do not say.
  const body = readable as unknown as Readable;
  const asked = request(url, { dispatcher, method: "POST", body });
  writer.write(new Uint8Array(PIECE_BYTES));
  let cameBytes = 0;
  for await (const piece of (await asked).body) {
    const before = Math.floor(cameBytes / PIECE_BYTES);
    cameBytes += piece.length;
    if (Math.floor(cameBytes / PIECE_BYTES) === before) continue;
    if (before < PIECES) writer.write(new Uint8Array(PIECE_BYTES));
    if (before !== PIECES) continue;
    writer.write(new Uint8Array(REST_BYTES));
    writer.close();
  }
  strictEqual(cameBytes, (PIECES + 1) * PIECE_BYTES + REST_BYTES);
  await dispatcher.close();
}
