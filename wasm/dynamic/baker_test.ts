import { match, ok, rejects, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "../capability.ts";
import { countingWorkers } from "../testdata/workers.ts";
import { Baker } from "./baker.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;

function bake(baker: Baker, bundle: string, lines: string[] = []) {
  return baker.bake("x", bundle, SANDBOXED, (_level, text) => {
    lines.push(text);
  });
}

Deno.test("Baker.bake() evaluates one after the other, and tells what each did", () =>
  countingWorkers(async () => {
    const baker = new Baker();
    const lines: string[] = [];
    const [one, other] = await Promise.all([
      bake(baker, "console.log('one')", lines),
      bake(baker, "console.log('other')", lines),
      rejects(bake(baker, "throw new TypeError('no')"), {
        ...{ name: "LoadFailed", message: "TypeError: no" },
      }),
    ]);
    strictEqual(`${lines}`, "one,other");
    ok(one.parts.length > 0 && other.parts.length > 0);
    baker.close();
  }));

Deno.test("Baker.close() ends what is evaluated, and lets nothing begin", () =>
  countingWorkers(async () => {
    const baker = new Baker();
    await bake(baker, "");
    const closed = {
      name: "SchedulerFailed",
      message: "Cannot evaluate a script: the engine is closed",
    };
    const endless = rejects(bake(baker, "for (;;);"), closed);
    baker.close();
    await endless;
    await rejects(bake(baker, ""), closed);
  }));

Deno.test("Baker.bake() has another thread when one was lost", async () => {
  const real = globalThis.Worker;
  const made: Worker[] = [];
  globalThis.Worker = class extends real {
    constructor(...args: ConstructorParameters<typeof real>) {
      super(...args);
      made.push(this);
    }
  };
  const baker = new Baker();
  try {
    await bake(baker, "");
    const waiting = rejects(bake(baker, "for (;;);"), (error: Error) => {
      match(error.message, /^Cannot evaluate a script: it is gone$/);
      return true;
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    made[0]!.dispatchEvent(
      new ErrorEvent("error", { message: "it is gone", cancelable: true }),
    );
    await waiting;
    await bake(baker, "");
    strictEqual(made.length, 2);
  } finally {
    baker.close();
    globalThis.Worker = real;
  }
});
