import { strictEqual } from "node:assert";
import { DroppedCount } from "./garbage.ts";

Deno.test("DroppedCount.add() collects garbage for every so many", async () => {
  const dropped = new DroppedCount(3);
  const refs = Array.from({ length: 100 }, () => new WeakRef({}));
  for (let round = 0; round < 3; round++) {
    // A WeakRef keeps what it was made of until the turn is over.
    await new Promise((resolve) => setTimeout(resolve, 0));
    dropped.add();
  }
  strictEqual(refs.filter((ref) => ref.deref() !== undefined).length, 0);
});
