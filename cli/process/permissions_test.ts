import { deepStrictEqual } from "node:assert";
import { type Grants, queryGrants, toFlags } from "./permissions.ts";

const ALL: Grants = {
  read: "full",
  write: "full",
  net: "full",
  env: "full",
  run: "full",
  sys: "full",
  ffi: "full",
  import: "full",
};

const NEEDED: Grants = {
  ...ALL,
  write: "none",
  net: "none",
  sys: "none",
  ffi: "none",
  import: "none",
};

Deno.test("toFlags() grants all when all is granted", () => {
  deepStrictEqual(toFlags(ALL), { type: "flags", flags: ["--allow-all"] });
});

Deno.test("toFlags() names each grant when some are missing", () => {
  deepStrictEqual(toFlags({ ...NEEDED, net: "full" }), {
    type: "flags",
    flags: ["--allow-read", "--allow-net", "--allow-env", "--allow-run"],
  });
});

Deno.test("toFlags() does not know when a grant has exceptions", () => {
  deepStrictEqual(toFlags({ ...ALL, net: "partial", write: "partial" }), {
    type: "unknown",
    names: ["write", "net"],
  });
});

for (const name of ["run", "env", "read"] as const) {
  Deno.test(`toFlags() does not know when ${name} is missing`, () => {
    deepStrictEqual(toFlags({ ...ALL, [name]: "none" }), {
      type: "unknown",
      names: [name],
    });
  });
}

Deno.test({
  name: "queryGrants() tells full, limited and missing grants apart",
  permissions: { read: true, env: ["HOME"], net: "inherit" },
  fn: () => {
    deepStrictEqual(queryGrants(), {
      read: "full",
      write: "none",
      net: "full",
      env: "none",
      run: "none",
      sys: "none",
      ffi: "none",
      import: "none",
    });
  },
});
