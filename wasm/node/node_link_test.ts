import { deepStrictEqual } from "node:assert";
import { Pid } from "@rusm/otp";
import { NodeLink } from "./node_link.ts";

const ASKER = new Pid(0, 1, 2);

Deno.test("NodeLink gives each ask its answer, once", async () => {
  const ids: number[] = [];
  const link = new NodeLink((id) => {
    ids.push(id);
    return true;
  });
  const asks = [1, 2].map(() => link.ask(ASKER, { type: "list" }));
  link.heed(ids[1]!, { value: "second" });
  link.heed(ids[0]!, { value: "first" });
  link.heed(ids[0]!, { value: "again" });
  link.heed(99, { value: "nobody" });
  deepStrictEqual(await Promise.all(asks), [
    { value: "first" },
    { value: "second" },
  ]);
});

Deno.test("NodeLink answers itself when too much is on the way", async () => {
  const link = new NodeLink(() => false);
  deepStrictEqual(await link.ask(ASKER, { type: "list" }), {
    error: "too much is on its way to the node",
  });
});
