import { deepStrictEqual } from "node:assert";
import { EXPECTED, runProgram } from "./program.ts";

Deno.test("runProgram() sees in Deno what it is to see everywhere", async () => {
  deepStrictEqual(await runProgram(), EXPECTED);
});
