/** The core dump of a program that was compiled from C. */

import { deepStrictEqual, strictEqual } from "node:assert";
import { Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES } from "./capability.ts";
import { Engine } from "./engine.ts";
import { functionNames } from "./trap/function_names.ts";
import { compileC, hasClang } from "./trap/testdata/clang.ts";
import { functionBody, readDump } from "./trap/testdata/read_dump.ts";

const PROGRAM = `
  char name[] = "C was here";
  int counts[4];
  __attribute__((noinline)) static int divide(int by) {
    counts[2] = 0x01020304;
    return counts[2] / by;
  }
  __attribute__((noinline)) static int middle(int by) { return divide(by) + name[by]; }
  __attribute__((export_name("run"))) void run(void) { counts[0] = middle(counts[3]); }`;

Deno.test({
  name: "A C program that traps leaves its variables and its stack",
  ignore: !hasClang,
  fn: async () => {
    const bytes = await compileC(PROGRAM);
    const dumped = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
    const engine = new Engine(new Runtime(), {
      schedulersPerPool: 1,
      coreDumpsMax: 1,
      observer: { dumped: (_pid, _name, dump) => dumped.resolve(dump) },
    });
    try {
      const sandboxed = BUILT_IN_PROFILES.get("sandboxed")!;
      engine.spawn(await engine.loadModule("c", bytes, sandboxed), "run");
      const { frames, memories } = readDump(await dumped.promise);
      const nameOf = functionNames(bytes);
      deepStrictEqual(
        frames.map(({ functionIndex }) => nameOf(functionIndex)),
        ["divide", "middle", "run"],
      );
      const { functionIndex, codeOffset } = frames[0]!;
      const I32_DIV_S = 0x6d;
      strictEqual(functionBody(bytes, functionIndex)[codeOffset], I32_DIV_S);
      const text = new TextDecoder("latin1").decode(memories[0]);
      strictEqual(text.includes("C was here"), true);
      strictEqual(text.includes("\x04\x03\x02\x01"), true);
    } finally {
      await engine.close();
    }
  },
});
