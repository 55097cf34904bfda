import { deepStrictEqual } from "node:assert";
import { BUILT_IN_PROFILES } from "@rusm/wasm";
import { type Loaded, registerComponents } from "./components.ts";
import { parseManifest } from "./manifest.ts";

const CAPABILITY = BUILT_IN_PROFILES.get("sandboxed")!;

Deno.test("registerComponents() registers what has a beginning, with it", () => {
  const { components } = parseManifest("[components.a]", "rusm.toml");
  const made = { entry: components.get("a")!, digest: "", mapId: undefined };
  const kinds = { made, kind: "module", role: "onDemand" } as const;
  const a = { name: "a", capability: CAPABILITY, isHandler: false };
  const b = { name: "b", capability: CAPABILITY, isHandler: false };
  // It is there for the node alone.
  const hook = { ...a, name: "auth:a" };
  const loaded: Loaded[] = [
    { ...kinds, component: a, start: { entry: "tick", args: ["a"] } },
    { ...kinds, component: b },
    { ...kinds, component: hook, start: { entry: "run" } },
  ];
  const registered: unknown[] = [];
  const engine = {
    register: (...args: unknown[]) => void registered.push(args),
  };
  registerComponents(engine, loaded);
  deepStrictEqual(registered, [["a", a, { entry: "tick" }]]);
});
