import { strictEqual } from "node:assert";
import { once } from "node:events";
import { WebSocket } from "ws";
import { type Site, withSite } from "./site.ts";
import { askForWebSockets, type WebSocketClass } from "./websocket_suite.ts";

Deno.test("ws: talks by WebSockets", (t) =>
  withSite(async (site) => {
    await askForWebSockets(t, WebSocket as unknown as WebSocketClass, site);
    await t.step("is answered when it pings", () => ping(site));
    await t.step("agrees on compression", () => compress(site));
    await site.idle();
  }));

async function ping({ ws }: Site): Promise<void> {
  const client = new WebSocket(ws);
  await once(client, "open");
  client.ping("are you there");
  const [data] = await once(client, "pong");
  strictEqual(String(data), "are you there");
  client.close();
  await once(client, "close");
}

async function compress({ ws }: Site): Promise<void> {
  const client = new WebSocket(ws);
  await once(client, "open");
  strictEqual(client.extensions.split(";")[0], "permessage-deflate");
  client.send("long ".repeat(10_000));
  const [data] = await once(client, "message");
  strictEqual(String(data), "long ".repeat(10_000));
  client.close();
  await once(client, "close");
}
