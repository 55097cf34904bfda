import { deepStrictEqual, throws } from "node:assert";
import { UsageError } from "../errors.ts";
import { logOptionsOf } from "./log_options.ts";

// deno-fmt-ignore
const GIVEN = [
  [{},                                                 {}],
  [{ "log-level": "debug" },                           { logLevel: "debug" }],
  [{ "log-level": "WARNING" },                         { logLevel: "warn" }],
  [{ "log-format": "json" },                           { logFormat: "json" }],
  [{ "log-level": "off", "log-format": "text" },       { logLevel: "off", logFormat: "text" }],
] as const;

for (const [values, expected] of GIVEN) {
  Deno.test(`logOptionsOf() of ${JSON.stringify(values)}`, () => {
    deepStrictEqual(logOptionsOf(argumentsOf(values)), expected);
  });
}

// deno-fmt-ignore
const WRONG = [
  [{ "log-level": "inof" }, 'Unknown log level "inof": did you mean "info"?'],
  [{ "log-level": "x-x-x" }, 'Unknown log level "x-x-x": known log levels are off, error, warn, info, debug'],
  [{ "log-format": "jsn" }, 'Unknown log format "jsn": did you mean "json"?'],
  [{ "log-format": "JSON5!" }, 'Unknown log format "JSON5!": known log formats are text, json'],
] as const;

for (const [values, message] of WRONG) {
  Deno.test(`logOptionsOf() throws: ${message}`, () => {
    throws(
      () => logOptionsOf(argumentsOf(values)),
      new UsageError(message),
    );
  });
}

function argumentsOf(values: Readonly<Record<string, string>>) {
  return { values: new Map(Object.entries(values)) };
}
