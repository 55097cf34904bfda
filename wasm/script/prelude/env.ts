/**
 * `process.env`: the environment variables that the capability grants.
 *
 * @module
 */

import { OPS } from "../ops.ts";
import { callHost } from "./host.ts";

/** Reads the host's variables each time; cannot be changed. */
export const env: Record<string, string> = new Proxy({}, {
  get: (target, key) => readVariable(key) ?? Reflect.get(target, key),
  has: (_target, key) => readVariable(key) !== undefined,
  ownKeys: () => JSON.parse(callHost(OPS.envNames) as string),
  getOwnPropertyDescriptor(_target, key) {
    const value = readVariable(key);
    return value === undefined ? undefined : {
      value,
      writable: false,
      enumerable: true,
      configurable: true,
    };
  },
  defineProperty: () => false,
  deleteProperty: () => false,
});

function readVariable(key: string | symbol): string | undefined {
  if (typeof key === "symbol") return undefined;
  return callHost(OPS.envGet, key) as string | undefined;
}
