/**
 * Capability profiles: what a Wasm process may do, and the Deno permissions of
 * the Worker that runs it.
 *
 * @module
 */

import {
  MEBIBYTE,
  SANDBOXED_CPU_MS_MAX,
  SANDBOXED_MEMORY_BYTES_MAX,
  TRUSTED_CPU_MS_MAX,
  TRUSTED_MEMORY_BYTES_MAX,
} from "./limits.ts";

/**
 * What a process may do. Everything absent is denied.
 *
 * A capability is enforced twice: by the host functions, which ask it before
 * they act, and by the Deno permissions of the process's Worker, which
 * {@linkcode permissionsOf} derives from it.
 */
export interface Capability {
  /** Name of the profile, for messages. */
  readonly name: string;
  /**
   * Outgoing network: `true` is any host, a list holds the only hosts, each
   * as `host` or `host:port`.
   */
  readonly network: boolean | readonly string[];
  /** Names of the environment variables that can be read. */
  readonly env: readonly string[];
  /** Directories of the host that the guest can see. */
  readonly preopens: readonly Preopen[];
  /** May start processes of other components. */
  readonly spawn: boolean;
  /** May list, inspect and end processes other than itself. */
  readonly processControl: boolean;
  /** May use the standard streams of the node. Logging does not need it. */
  readonly stdio: boolean;
  /** May use the node's store. */
  readonly storage: boolean;
  /** Memory of one process, in bytes; a multiple of a Wasm page, 65,536. */
  readonly memoryBytesMax: number;
  /** CPU time between two waits of one process, in milliseconds. */
  readonly cpuMsMax: number;
}

/** A directory of the host, and the path under which the guest sees it. */
export interface Preopen {
  /** Absolute path on the host. */
  readonly host: string;
  /** Absolute path in the guest, with `/` between names. */
  readonly guest: string;
  /** Whether writing is denied. */
  readonly readOnly: boolean;
}

/** A custom profile, as an app declares it. What is absent is inherited. */
export interface ProfileTable {
  /** Name of a built-in profile; `sandboxed` when absent. */
  readonly inherits?: string;
  /** See {@linkcode Capability.network}. */
  readonly network?: boolean | readonly string[];
  /** See {@linkcode Capability.env}. Replaces what is inherited. */
  readonly env?: readonly string[];
  /** See {@linkcode Capability.preopens}. Replaces what is inherited. */
  readonly preopens?: readonly Preopen[];
  /** See {@linkcode Capability.spawn}. */
  readonly spawn?: boolean;
  /** See {@linkcode Capability.processControl}. */
  readonly processControl?: boolean;
  /** See {@linkcode Capability.stdio}. */
  readonly stdio?: boolean;
  /** See {@linkcode Capability.storage}. */
  readonly storage?: boolean;
  /** Memory of one process, in MiB; at least 4, at most 4,096. */
  readonly memoryMbMax?: number;
  /** See {@linkcode Capability.cpuMsMax}; at least 1. */
  readonly cpuMsMax?: number;
}

const SANDBOXED: Capability = {
  name: "sandboxed",
  network: false,
  env: [],
  preopens: [],
  spawn: false,
  processControl: false,
  stdio: false,
  storage: false,
  memoryBytesMax: SANDBOXED_MEMORY_BYTES_MAX,
  cpuMsMax: SANDBOXED_CPU_MS_MAX,
};

/**
 * The profiles every app has, by name: `sandboxed` grants nothing,
 * `network-client` grants outgoing network, `trusted` grants network, spawn,
 * process control, stdio and storage. None grants a variable or a directory.
 */
export const BUILT_IN_PROFILES: ReadonlyMap<string, Capability> = new Map([
  SANDBOXED,
  { ...SANDBOXED, name: "network-client", network: true },
  {
    ...SANDBOXED,
    name: "trusted",
    network: true,
    spawn: true,
    processControl: true,
    stdio: true,
    storage: true,
    memoryBytesMax: TRUSTED_MEMORY_BYTES_MAX,
    cpuMsMax: TRUSTED_CPU_MS_MAX,
  },
].map((capability) => [capability.name, capability]));

/**
 * Builds the capability of the custom profile `name`.
 *
 * @throws {RangeError} `inherits` names no built-in profile, or a limit is out
 * of its range.
 *
 * @example A profile that may call one host
 * ```ts
 * import { defineProfile } from "@rusm/wasm";
 * import { strictEqual } from "node:assert";
 *
 * const weather = defineProfile("weather", { network: ["api.example.com"] });
 * strictEqual(weather.spawn, false);
 * ```
 */
export function defineProfile(name: string, table: ProfileTable): Capability {
  const { inherits = "sandboxed", memoryMbMax, ...overrides } = table;
  const base = BUILT_IN_PROFILES.get(inherits);
  if (base === undefined) {
    throw new RangeError(
      `Cannot inherit from an unknown profile, known are ${knownProfiles()}: ${inherits}`,
    );
  }
  const memoryBytesMax = memoryMbMax === undefined
    ? base.memoryBytesMax
    : memoryMbMax * MEBIBYTE;
  return checked({ ...base, ...overrides, memoryBytesMax, name });
}

/** The names of the built-in profiles, for an error message. */
export function knownProfiles(): string {
  return [...BUILT_IN_PROFILES.keys()].join(", ");
}

function checked(capability: Capability): Capability {
  const { memoryBytesMax, cpuMsMax } = capability;
  const memoryMb = memoryBytesMax / MEBIBYTE;
  if (!(Number.isInteger(memoryMb) && memoryMb >= 4 && memoryMb <= 4096)) {
    throw new RangeError(
      `Cannot cap memory outside 4 to 4096 MiB: current value is ${memoryMb}`,
    );
  }
  if (!(Number.isInteger(cpuMsMax) && cpuMsMax >= 1)) {
    throw new RangeError(
      `Cannot cap CPU time below 1 ms: current value is ${cpuMsMax}`,
    );
  }
  return capability;
}

/**
 * The Deno permissions of a Worker that runs processes of `capability`: the
 * grants that reach the operating system, and nothing else.
 *
 * @see Deno `WorkerOptions.deno.permissions`.
 */
export function permissionsOf(
  capability: Capability,
): Deno.PermissionOptionsObject {
  const hosts = capability.preopens.map((preopen) => preopen.host);
  const writable = capability.preopens
    .filter((preopen) => !preopen.readOnly)
    .map((preopen) => preopen.host);
  return {
    net: typeof capability.network === "boolean"
      ? capability.network
      : orNone([...capability.network]),
    env: orNone([...capability.env]),
    read: orNone(hosts),
    write: orNone(writable),
    run: false,
    ffi: false,
    sys: false,
    import: false,
  };
}

// An empty list means "none" to a reader and "all" to some option parsers.
function orNone(values: string[]): string[] | false {
  return values.length === 0 ? false : values;
}
