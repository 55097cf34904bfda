import { strictEqual } from "node:assert";
import { withStarter } from "./starter.ts";
import { Talker } from "./talker.ts";

Deno.test("ws welcomes each client, and counts what each says", () =>
  withStarter("ws", async ({ url }) => {
    const [one, other] = [new Talker(url), new Talker(url)];
    for (const talker of [one, other]) {
      strictEqual(await talker.hears(), "welcome");
    }
    one.says("a");
    one.says("b");
    other.says("c");
    strictEqual(await one.hears(), "1: a");
    strictEqual(await one.hears(), "2: b");
    strictEqual(await other.hears(), "1: c");
    await Promise.all([one.leaves(), other.leaves()]);
  }));
