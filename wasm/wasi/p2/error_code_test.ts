import { deepStrictEqual, strictEqual } from "node:assert";

import { ERRNO, type ErrnoName } from "../errno.ts";
import { ERROR_CODES, errorCodeOf } from "./error_code.ts";

Deno.test("errorCodeOf() has a code of WASI for every error, and uses each code", () => {
  const names = Object.keys(ERRNO) as ErrnoName[];
  const codes = new Set(names.map(errorCodeOf));
  deepStrictEqual([...codes].sort(), [...ERROR_CODES].sort());
  strictEqual(errorCodeOf("ENOTCAPABLE"), "not-permitted");
  strictEqual(errorCodeOf("EDOM"), "io");
});
