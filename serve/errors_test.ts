import { deepStrictEqual, strictEqual } from "node:assert";
import { EnvFileError, formatPlace, ManifestError } from "./errors.ts";

const AT = { line: 12, column: 3 };
const UNKNOWN = { at: AT, message: "Unknown key", hint: "remove it" };
const WHOLE = { at: undefined, message: "Cannot read", hint: "it is missing" };

Deno.test("ManifestError tells every problem on a line of its own", () => {
  const error = new ManifestError("a/rusm.toml", [UNKNOWN, WHOLE]);
  strictEqual(error.name, "ManifestError");
  strictEqual(
    error.message,
    "a/rusm.toml:12:3: Unknown key: remove it\n" +
      "a/rusm.toml: Cannot read: it is missing",
  );
  deepStrictEqual(error.problems, [UNKNOWN, WHOLE]);
});

Deno.test("ManifestError has the place and hint of the first problem", () => {
  const error = new ManifestError("rusm.toml", [UNKNOWN, WHOLE]);
  const { path, line, column, hint } = error;
  deepStrictEqual([path, line, column, hint], [
    "rusm.toml",
    12,
    3,
    "remove it",
  ]);
  strictEqual(new ManifestError("rusm.toml", [WHOLE]).line, undefined);
  strictEqual(new ManifestError("rusm.toml", [WHOLE]).column, undefined);
});

Deno.test("EnvFileError tells every problem on a line of its own", () => {
  const error = new EnvFileError(".env", [UNKNOWN, UNKNOWN]);
  strictEqual(error.name, "EnvFileError");
  strictEqual(
    error.message,
    ".env:12:3: Unknown key: remove it\n.env:12:3: Unknown key: remove it",
  );
});

Deno.test("formatPlace() leaves out a place that is not known", () => {
  strictEqual(formatPlace("a.toml", AT), "a.toml:12:3");
  strictEqual(formatPlace("a.toml", undefined), "a.toml");
});
