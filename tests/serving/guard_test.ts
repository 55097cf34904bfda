import { match, ok, strictEqual } from "node:assert";
import { EventClient } from "./event_client.ts";
import type { Flood } from "./flooder.ts";
import { withApp } from "./served.ts";

const MANIFEST = `
  [[serve]]
  protocol = "sse"
  listen = "127.0.0.1:0"
  component = "feed"
  [[serve]]
  protocol = "http"
  listen = "127.0.0.1:0"
  component = "slow"
  request_timeout_ms = 600_000
  [components.feed]
  [components.slow]
`;

/** What a client sends, at the most, before it gives up. */
const BYTES_MAX = 400_000_000;

// With a path that is answered late, if ever.
const LISTENERS = [["sse", "/?quiet"], ["http", "/60000"]] as const;

for (const [index, [protocol, path]] of LISTENERS.entries()) {
  Deno.test({
    name: `startApp() cuts a client of ${protocol} that sends while it waits`,
    ignore: Deno.build.os !== "linux",
    fn: () =>
      withApp(MANIFEST, async ({ app, port, logged }) => {
        using neighbour = await EventClient.open(port, "/?quiet");
        const url = new URL(app.endpoints[index]!.url);
        const sentBytes = await flood({
          ...{ port: Number(url.port), path, bytesMax: BYTES_MAX },
        });
        ok(sentBytes < BYTES_MAX, `Sent ${sentBytes}`);
        match(await logged(/on and on/), / warn +Closed a connection/);
        strictEqual(neighbour.status, 200);
      }),
  });
}

/** Sends until the other side closes: how much it was, in bytes. */
async function flood(flood: Flood): Promise<number> {
  const url = new URL("flooder.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(flood);
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}
