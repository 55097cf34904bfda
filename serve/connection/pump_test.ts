import { deepStrictEqual } from "node:assert";
import { type Pid, Runtime } from "@rusm/otp";
import { Pump } from "./pump.ts";

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

Deno.test("Pump takes no message while it waits, and goes on when it is told to", async () => {
  const runtime = new Runtime();
  const taken: unknown[] = [];
  const pump = new Pump<unknown>((mail) => {
    taken.push(mail);
    return mail !== "wait";
  });
  const { pid } = runtime.spawn(pump);
  for (const mail of ["a", "wait", "b", "c"]) {
    runtime.send(pid as Pid<unknown>, mail);
  }
  await turn();
  deepStrictEqual(taken, ["a", "wait"]);
  pump.resume();
  await turn();
  deepStrictEqual(taken, ["a", "wait", "b", "c"]);
  pump.resume();
  runtime.send(pid as Pid<unknown>, "wait");
  runtime.send(pid as Pid<unknown>, "d");
  await turn();
  runtime.kill(pid);
  await turn();
  pump.resume();
  deepStrictEqual(taken.slice(4), ["wait"]);
});

Deno.test("Pump takes thousands of messages without a stack that grows", async () => {
  const runtime = new Runtime();
  let count = 0;
  const pump = new Pump<number>(() => ++count > 0);
  const { pid } = runtime.spawn(pump);
  for (let sent = 0; sent < 50_000; sent++) runtime.send(pid, sent);
  while (count < 50_000) await turn();
  runtime.kill(pid);
});
