import { ok, strictEqual } from "node:assert";
import { assemble, SMALL } from "../wasm/modules.ts";
import { wrapped } from "./components.ts";
import { glueOf, glueRun, JCO, type JcoVersion } from "./jco.ts";

const VERSIONS: readonly (readonly [JcoVersion, string])[] = [
  ["old", "1.10.2"],
  ["current", "0.15.0"],
];

for (const [version, number] of VERSIONS) {
  Deno.test(`glueRun() runs the ${version} glue when it is installed`, async () => {
    const installed = await JCO[version].prepare("/");
    if (installed === null) return;
    strictEqual(installed, number);
    const component = wrapped(await assemble(SMALL), "run");
    const instantiate = await glueOf(version, component, "run");
    ok(await glueRun(instantiate, "run", { total: 4, batch: 2 }) > 0);
  });
}
