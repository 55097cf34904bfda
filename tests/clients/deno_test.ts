import { deepStrictEqual } from "node:assert";
import { PEMS, withSite } from "./site.ts";
import { askForWebSockets, type WebSocketClass } from "./websocket_suite.ts";

Deno.test("Deno: is answered as it asks", (t) =>
  withSite(async (site) => {
    await askForWebSockets(t, WebSocket as WebSocketClass, site);
    const caCerts = [await Deno.readTextFile(`${PEMS}one.cert.pem`)];
    using byAlpn = Deno.createHttpClient({ caCerts });
    using byHttp1 = Deno.createHttpClient({ caCerts, http2: false });
    const https = site.https.replace("127.0.0.1", "localhost");
    // deno-fmt-ignore
    const rows = [
      ["by HTTP/1.1",             site.http, byAlpn],
      ["by HTTP/1.1 with TLS",    https,     byHttp1],
      ["by HTTP/2",               https,     byAlpn],
    ] as const;
    for (const [how, url, client] of rows) {
      await t.step(`sends a stream, and gets one, ${how}`, () =>
        echo(`${url}/echo`, client));
    }
    await site.idle();
  }));

async function echo(url: string, client: Deno.HttpClient): Promise<void> {
  const sent = Array.from({ length: 50 }, (_, at) => byPiece(at));
  const body = ReadableStream.from(sent);
  const response = await fetch(url, { method: "POST", body, client });
  deepStrictEqual(await response.bytes(), await new Blob(sent).bytes());
}

function byPiece(at: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(1_000 * at).fill(at);
}
