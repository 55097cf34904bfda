import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { Gate } from "./gate.ts";

const { signal } = new AbortController();

Deno.test("enter() lets in as many as fit, and the others in order when these leave", async () => {
  const gate = new Gate(2);
  const inside: number[] = [];
  const enter = async (index: number) => {
    await gate.enter(signal);
    inside.push(index);
  };
  const all = [0, 1, 2, 3].map(enter);
  await Promise.all(all.slice(0, 2));
  deepStrictEqual(inside, [0, 1]);
  gate.leave();
  await all[2];
  deepStrictEqual(inside, [0, 1, 2]);
  gate.leave();
  await all[3];
  deepStrictEqual(inside, [0, 1, 2, 3]);
});

Deno.test("enter() rejects when it is aborted, and takes no place", async () => {
  const gate = new Gate(1);
  const controller = new AbortController();
  await gate.enter(signal);
  const given = gate.enter(controller.signal);
  const next = gate.enter(signal);
  controller.abort(new Error("too late"));
  await rejects(given, { message: "too late" });
  gate.leave();
  await next;
  gate.leave();
  strictEqual(await gate.enter(signal), undefined);
});

Deno.test("enter() rejects when it was aborted before", async () => {
  const gate = new Gate(1);
  await rejects(gate.enter(AbortSignal.abort(new Error("no"))), {
    message: "no",
  });
  strictEqual(await gate.enter(signal), undefined);
});
