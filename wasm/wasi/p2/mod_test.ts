import { checkHostInterfaces } from "../../component/registry.ts";
import { WASI_P2 } from "./mod.ts";

Deno.test("WASI_P2 has a function for each that its WIT declares, and no other", () =>
  checkHostInterfaces(WASI_P2));
