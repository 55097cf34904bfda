import { deepStrictEqual, strictEqual } from "node:assert";
import { type Launch, launchEnvironment, takeLaunch } from "./launch.ts";

const LAUNCHES: readonly Launch[] = [
  { hasFlags: true, parentPid: 12, cwd: "/home/me" },
  { hasFlags: true, parentPid: undefined, cwd: undefined },
  { hasFlags: false, parentPid: undefined, cwd: undefined },
];

for (const launch of LAUNCHES) {
  Deno.test(`takeLaunch() takes ${JSON.stringify(launch)} away`, () => {
    const environment = Object.entries(launchEnvironment(launch));
    for (const [name, value] of environment) Deno.env.set(name, value);
    deepStrictEqual(takeLaunch(), launch);
    for (const [name] of environment) {
      strictEqual(Deno.env.get(name), undefined);
    }
  });
}

Deno.test({
  name: "takeLaunch() finds nothing when it may not look",
  permissions: { env: false },
  fn: () => {
    deepStrictEqual(takeLaunch(), {
      hasFlags: false,
      parentPid: undefined,
      cwd: undefined,
    });
  },
});
