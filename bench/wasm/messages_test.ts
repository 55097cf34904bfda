import { ok, strictEqual } from "node:assert";
import { STREAM_WINDOW } from "./counts.ts";
import { LocalScheduler } from "./local.ts";
import {
  guestPingPong,
  withGuestStream,
  withPostedStream,
} from "./messages.ts";

Deno.test("guestPingPong() ends with both guests, each time", async () => {
  using scheduler = new LocalScheduler();
  const play = await guestPingPong(scheduler, 100);
  ok(await play() > 0);
  ok(await play() > 0);
  const { spawned, exited } = scheduler.runtime.counters();
  strictEqual(spawned, 4);
  strictEqual(exited, 4);
});

for (const withStream of [withGuestStream, withPostedStream]) {
  Deno.test(`${withStream.name}() takes all messages, each time`, async () => {
    // More than may be under way at once.
    await withStream(STREAM_WINDOW + 4, async (stream) => {
      ok(await stream() > 0);
      ok(await stream() > 0);
    });
  });
}
