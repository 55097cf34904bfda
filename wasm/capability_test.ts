import { deepStrictEqual, strictEqual, throws } from "node:assert";

import {
  BUILT_IN_PROFILES,
  type Capability,
  defineProfile,
  knownProfiles,
  permissionsOf,
  type ProfileTable,
} from "./capability.ts";

const NOTHING: Deno.PermissionOptionsObject = {
  net: false,
  env: false,
  read: false,
  write: false,
  run: false,
  ffi: false,
  sys: false,
  import: false,
};

function profile(name: string): Capability {
  return BUILT_IN_PROFILES.get(name)!;
}

Deno.test("knownProfiles() names the built-in profiles", () => {
  strictEqual(knownProfiles(), "sandboxed, network-client, trusted");
});

// deno-fmt-ignore
const GRANTS: [name: string, granted: string[]][] = [
  ["sandboxed", []],
  ["network-client", ["network"]],
  ["trusted", ["network", "spawn", "processControl", "stdio", "storage"]],
];

for (const [name, granted] of GRANTS) {
  Deno.test(`BUILT_IN_PROFILES ${name} grants [${granted}], no variable and no directory`, () => {
    const { env, preopens, ...rest } = profile(name);
    const grants = Object.entries(rest).filter(([, value]) => value === true);
    deepStrictEqual(grants.map(([grant]) => grant), granted);
    deepStrictEqual([env, preopens], [[], []]);
  });
}

const read = { host: "/srv/in", guest: "/in", readOnly: true };
const write = { host: "/srv/out", guest: "/out", readOnly: false };

// deno-fmt-ignore
const PERMISSIONS: [table: ProfileTable, permissions: Deno.PermissionOptionsObject][] = [
  [{}, {}],
  [{ network: true }, { net: true }],
  [{ network: false }, {}],
  [{ network: [] }, {}],
  [{ network: ["a.test", "b.test:81"] }, { net: ["a.test", "b.test:81"] }],
  [{ env: ["A", "B"] }, { env: ["A", "B"] }],
  [{ env: [] }, {}],
  [{ preopens: [read] }, { read: ["/srv/in"] }],
  [{ preopens: [read, write] }, { read: ["/srv/in", "/srv/out"], write: ["/srv/out"] }],
  [{ spawn: true, processControl: true, stdio: true, storage: true }, {}],
  [{ inherits: "network-client" }, { net: true }],
  [{ inherits: "trusted" }, { net: true }],
  [{ inherits: "trusted", network: [] }, {}],
];

for (const [table, permissions] of PERMISSIONS) {
  Deno.test(`permissionsOf() ${JSON.stringify(table)}`, () => {
    deepStrictEqual(permissionsOf(defineProfile("p", table)), {
      ...NOTHING,
      ...permissions,
    });
  });
}

Deno.test("defineProfile() inherits what the table does not say, from sandboxed", () => {
  const custom = defineProfile("custom", { network: ["a.test"], cpuMsMax: 7 });
  deepStrictEqual(custom, {
    ...profile("sandboxed"),
    name: "custom",
    network: ["a.test"],
    cpuMsMax: 7,
  });
});

Deno.test("defineProfile() inherits limits, and counts memory in MiB", () => {
  const { memoryBytesMax, cpuMsMax } = profile("trusted");
  const inherited = defineProfile("t", { inherits: "trusted" });
  deepStrictEqual(
    [inherited.memoryBytesMax, inherited.cpuMsMax],
    [memoryBytesMax, cpuMsMax],
  );
  strictEqual(
    defineProfile("m", { memoryMbMax: 5 }).memoryBytesMax,
    5 * 1024 * 1024,
  );
});

Deno.test("defineProfile() leaves the built-in profiles as they are", () => {
  const before = structuredClone([...BUILT_IN_PROFILES]);
  defineProfile("sandboxed", { inherits: "trusted", env: ["A"] });
  deepStrictEqual([...BUILT_IN_PROFILES], before);
});

// deno-fmt-ignore
const REFUSED: [table: ProfileTable, message: string][] = [
  [{ inherits: "root" }, "Cannot inherit from an unknown profile, known are sandboxed, network-client, trusted: root"],
  [{ inherits: "constructor" }, "Cannot inherit from an unknown profile, known are sandboxed, network-client, trusted: constructor"],
  [{ memoryMbMax: 3 }, "Cannot cap memory outside 4 to 4096 MiB: current value is 3"],
  [{ memoryMbMax: 4097 }, "Cannot cap memory outside 4 to 4096 MiB: current value is 4097"],
  [{ memoryMbMax: 4.5 }, "Cannot cap memory outside 4 to 4096 MiB: current value is 4.5"],
  [{ memoryMbMax: NaN }, "Cannot cap memory outside 4 to 4096 MiB: current value is NaN"],
  [{ cpuMsMax: 0 }, "Cannot cap CPU time below 1 ms: current value is 0"],
  [{ cpuMsMax: 1.5 }, "Cannot cap CPU time below 1 ms: current value is 1.5"],
  [{ cpuMsMax: Infinity }, "Cannot cap CPU time below 1 ms: current value is Infinity"],
];

for (const [table, message] of REFUSED) {
  Deno.test(`defineProfile() refuses ${JSON.stringify(table)}: ${message.slice(-12)}`, () => {
    throws(() => defineProfile("p", table), { name: "RangeError", message });
  });
}
