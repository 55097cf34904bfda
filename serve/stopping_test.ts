import { deepStrictEqual } from "node:assert";
import { Stopping } from "./stopping.ts";

Deno.test("Stopping.begin() calls each once, and not who has had enough", () => {
  const stopping = new Stopping();
  const calls: string[] = [];
  stopping.when(() => calls.push("first"));
  stopping.when(() => calls.push("second"))();
  stopping.begin();
  stopping.begin();
  stopping.when(() => calls.push("late"))();
  deepStrictEqual(calls, ["first", "late"]);
});
