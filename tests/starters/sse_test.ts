import { match, strictEqual } from "node:assert";
import { EventClient } from "../serving/event_client.ts";
import { withStarter } from "./starter.ts";

Deno.test("sse tells each client the time, by a process that ends with it", () =>
  withStarter("sse", async ({ port, logged, idle }) => {
    using one = await EventClient.open(port);
    match(
      await one.next(),
      /^id: 1\nevent: tick\ndata: \d{4}-\d\d-\d\dT[\d:.]+Z$/,
    );
    using other = await EventClient.open(port);
    strictEqual((await other.next()).split("\n")[0], "id: 1");
    one.close();
    other.close();
    for (let count = 0; count < 2; count++) await logged(/exit +clock#/);
    await idle();
  }));
