import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { componentOf } from "../../wasm/component/testdata/source.ts";
import { LoadFailed } from "../../wasm/errors.ts";
import { loadMutations, type Reading } from "./mutations.ts";

const bytes = await componentOf({ main: `(func (export "run"))` });
const FINE: Reading = {
  plan: () => {},
  describe: () => {},
  load: () => Promise.resolve(),
};

Deno.test("loadMutations() counts components with a plan, and finds no fault", async () => {
  const report = await loadMutations([["a", bytes], ["b", bytes]], 100);
  strictEqual(report.tried, 202);
  ok(report.planned > 2 && report.planned < 202, `${report.planned}`);
  ok(report.loaded >= 2 && report.loaded <= report.planned);
  deepStrictEqual(report.faults, []);
});

Deno.test("loadMutations() tells of errors that are no refusals, wherever they come from", async () => {
  const broken = () => {
    throw new RangeError("oh");
  };
  const message = "Threw RangeError: oh";
  for (const step of ["plan", "describe", "load"] as const) {
    const reading = { ...FINE, [step]: broken };
    const { faults } = await loadMutations([["a", bytes]], 0, reading);
    deepStrictEqual(faults, [{ path: "a", nth: 0, message }]);
  }
});

Deno.test("loadMutations() takes a refusal to load as one", async () => {
  const load = () => Promise.reject(new LoadFailed("a", "no", ""));
  const report = await loadMutations([["a", bytes]], 0, { ...FINE, load });
  deepStrictEqual(report, { tried: 1, planned: 1, loaded: 0, faults: [] });
});
