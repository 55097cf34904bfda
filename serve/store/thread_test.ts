import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import type { StoreError } from "../errors.ts";
import { StoreThread } from "./thread.ts";
import { ThreadStore } from "./thread_store.ts";

const CRASHES = new URL(
  "data:text/javascript,self.onmessage=()=>{throw new Error('no more')}",
);

Deno.test("ask() says why the thread is gone, again and again", async () => {
  const thread = new StoreThread(CRASHES);
  const why = "Uncaught Error: no more";
  const failed = { type: "failed", code: "failed", why };
  const question = { type: "group", requests: [], now: 0 } as const;
  deepStrictEqual(await thread.ask(question), failed);
  deepStrictEqual(await thread.ask(question), failed);
  await thread.end();
});

Deno.test("a store whose thread is gone tells all who ask, and its owner once", async () => {
  const thread = new StoreThread(CRASHES);
  const told: StoreError[] = [];
  const failed = (error: StoreError) => void told.push(error);
  const store = new ThreadStore({ thread, path: "/nowhere/db", failed });
  const error = {
    code: "failed",
    message: "Cannot use the store /nowhere/db: Uncaught Error: no more",
  };
  const sets = ["a", "b"].map((key) => store.set("b", key, new Uint8Array()));
  for (const set of sets) await rejects(set, error);
  await rejects(store.get("b", "k"), error);
  strictEqual(told.length, 1);
  await store.close();
});
