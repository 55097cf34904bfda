import { doesNotThrow } from "node:assert";
import { checkHostInterfaces } from "../../component/registry.ts";
import { WASI_P2 } from "../p2/mod.ts";
import { WASI_P3 } from "./mod.ts";

Deno.test("checkHostInterfaces() finds WASI 0.3 complete, also beside 0.2", () => {
  doesNotThrow(() => checkHostInterfaces(WASI_P3));
  doesNotThrow(() => checkHostInterfaces([...WASI_P3, ...WASI_P2]));
});
