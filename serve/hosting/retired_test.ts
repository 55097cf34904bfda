import { deepStrictEqual, strictEqual } from "node:assert";
import { BUILT_IN_PROFILES, type Component } from "@rusm/wasm";
import { Retired } from "./retired.ts";

const capability = BUILT_IN_PROFILES.get("sandboxed")!;

function componentOf(name: string): Component {
  return { name, capability, isHandler: false };
}

Deno.test("Retired forgets a component when the last of its processes has ended", async () => {
  const alive = new Map([["a", 2], ["b", 0], ["c", 1]]);
  const unloaded: string[] = [];
  const retired = new Retired({
    unload({ name }) {
      if (alive.get(name) !== 0) return false;
      unloaded.push(name);
      return true;
    },
  });
  for (const name of alive.keys()) retired.add(componentOf(name));
  deepStrictEqual(unloaded, ["b"]);
  for (const name of ["a", "c", "a"]) {
    alive.set(name, alive.get(name)! - 1);
    retired.exited();
    await Promise.resolve();
  }
  deepStrictEqual(unloaded, ["b", "c", "a"]);
  strictEqual(retired.count, 0);
});
