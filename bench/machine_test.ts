import { ok, strictEqual } from "node:assert";
import { thisMachine } from "./machine.ts";

Deno.test("thisMachine() names everything", () => {
  const { cpu, cores, memory, os } = thisMachine();
  ok(cpu.length > 0);
  ok(Number.isInteger(cores) && cores >= 1);
  ok(memory > 2 ** 26);
  strictEqual(os.startsWith(Deno.build.os), true);
});
