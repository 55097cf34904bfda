import { deepStrictEqual, strictEqual } from "node:assert";

import { defineProfile } from "../capability.ts";
import { environmentGet, environmentNames } from "./environment.ts";

const granted = defineProfile("some", {
  env: ["RUSM_TEST_SET", "RUSM_TEST_UNSET"],
});

Deno.test("environmentGet() and environmentNames() show what is granted and set", () => {
  Deno.env.set("RUSM_TEST_SET", "value");
  Deno.env.set("RUSM_TEST_OTHER", "secret");
  try {
    strictEqual(environmentGet(granted, "RUSM_TEST_SET"), "value");
    strictEqual(environmentGet(granted, "RUSM_TEST_UNSET"), undefined);
    strictEqual(environmentGet(granted, "RUSM_TEST_OTHER"), undefined);
    deepStrictEqual(environmentNames(granted), ["RUSM_TEST_SET"]);
  } finally {
    Deno.env.delete("RUSM_TEST_SET");
    Deno.env.delete("RUSM_TEST_OTHER");
  }
});

Deno.test({
  name: "environmentGet() asks nothing of Deno for what is not granted",
  permissions: { env: false },
  fn() {
    strictEqual(environmentGet(granted, "PATH"), undefined);
    deepStrictEqual(environmentNames(defineProfile("none", {})), []);
  },
});
