/**
 * A module that hands every function of preview 1 on, so that tests can call
 * them one by one.
 *
 * @module
 */

import { BUILT_IN_PROFILES, type Preopen } from "../../capability.ts";
import { promising, suspending } from "../../fiber.ts";
import { assemble } from "../../testdata/wat.ts";
import {
  WASIP1_MODULE,
  type Wasip1Caller,
  wasip1Imports,
  type Wasip1Options,
  Wasip1State,
} from "../p1.ts";
import { perform } from "./driver.mjs";

/** Parameters of every function: i for i32, l for i64. */
export const SIGNATURES: Readonly<Record<string, string>> = {
  args_get: "ii",
  args_sizes_get: "ii",
  clock_res_get: "ii",
  clock_time_get: "ili",
  environ_get: "ii",
  environ_sizes_get: "ii",
  fd_advise: "illi",
  fd_allocate: "ill",
  fd_close: "i",
  fd_datasync: "i",
  fd_fdstat_get: "ii",
  fd_fdstat_set_flags: "ii",
  fd_fdstat_set_rights: "ill",
  fd_filestat_get: "ii",
  fd_filestat_set_size: "il",
  fd_filestat_set_times: "illi",
  fd_pread: "iiili",
  fd_prestat_dir_name: "iii",
  fd_prestat_get: "ii",
  fd_pwrite: "iiili",
  fd_read: "iiii",
  fd_readdir: "iiili",
  fd_renumber: "ii",
  fd_seek: "ilii",
  fd_sync: "i",
  fd_tell: "ii",
  fd_write: "iiii",
  path_create_directory: "iii",
  path_filestat_get: "iiiii",
  path_filestat_set_times: "iiiilli",
  path_link: "iiiiiii",
  path_open: "iiiiillii",
  path_readlink: "iiiiii",
  path_remove_directory: "iii",
  path_rename: "iiiiii",
  path_symlink: "iiiii",
  path_unlink_file: "iii",
  poll_oneoff: "iiii",
  proc_exit: "i",
  proc_raise: "i",
  random_get: "ii",
  sched_yield: "",
  sock_accept: "iii",
  sock_recv: "iiiiii",
  sock_send: "iiiii",
  sock_shutdown: "ii",
};

/** One call: name, then arguments as `driver.mjs` takes them. */
export type ProbeCall = readonly unknown[];

/** What a call returned, and its outputs in hexadecimal. */
export interface ProbeResult {
  /** Error number. */
  readonly errno: number;
  /** In the order of the arguments. */
  readonly outs: readonly string[];
}

/** The probe's binary. */
export const PROBE: Uint8Array<ArrayBuffer> = await assemble(probeText());

/** The probe in text; `exportedAs` says under which name it exports each function. */
export function probeText(
  exportedAs: (name: string) => string = (name) => name,
): string {
  const names = Object.keys(SIGNATURES);
  return `(module
    ${names.map(importText).join("\n")}
    (memory (export "memory") 4)
    ${names.map((name) => exportText(name, exportedAs(name))).join("\n")})`;
}

function importText(name: string): string {
  return `(import "${WASIP1_MODULE}" "${name}" (func $${name} ${
    typeText(name)
  }))`;
}

function exportText(name: string, exported: string): string {
  const gets = [...SIGNATURES[name]!].map((_, index) => `local.get ${index}`);
  return `(func (export "${exported}") ${typeText(name)} ${gets.join(" ")} call $${name})`;
}

function typeText(name: string): string {
  const params = [...SIGNATURES[name]!]
    .map((letter) => `(param ${letter === "i" ? "i32" : "i64"})`).join(" ");
  return name === "proc_exit" ? params : `${params} (result i32)`;
}

/** Options of a process that sees `preopens`, and whose other parts do nothing. */
export function optionsFor(
  preopens: readonly Preopen[],
  overrides: Partial<Wasip1Options> = {},
): Wasip1Options {
  const trusted = BUILT_IN_PROFILES.get("trusted")!;
  return {
    args: ["probe", "one"],
    env: new Map([["NAME", "value"]]),
    capability: { ...trusted, preopens },
    stdio: {
      stdin: { read: () => Promise.resolve(null) },
      stdout: { write() {} },
      stderr: { write() {} },
    },
    now: Date.now,
    monotonic: () => performance.now(),
    random: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
    signal: new AbortController().signal,
    ...overrides,
  };
}

/** The whole of `host`, as the guest's root. */
export function preopen(host: string, readOnly = false): Preopen {
  return { host, guest: "/", readOnly };
}

/** The probe, linked to our host. Whoever links it closes the state. */
export class Probe {
  /** Its process. */
  readonly state: Wasip1State;
  /** Its functions; those that may suspend return promises. */
  readonly exports: Record<string, (...args: (number | bigint)[]) => unknown>;

  /** Instantiates it for one process. */
  constructor(options: Wasip1Options) {
    this.state = new Wasip1State(options);
    this.exports = link(this.state);
  }

  /** The bytes of its memory. */
  get memory(): ArrayBuffer {
    const { memory } = this.exports as unknown as {
      memory: WebAssembly.Memory;
    };
    return memory.buffer as ArrayBuffer;
  }

  /** Performs calls, one after the other. */
  perform(calls: readonly ProbeCall[]): Promise<ProbeResult[]> {
    return perform(this.exports, calls as unknown[][]);
  }

  /** Performs one call. */
  async call(...call: ProbeCall): Promise<ProbeResult> {
    const [result] = await this.perform([call]);
    return result!;
  }
}

const module = new WebAssembly.Module(PROBE);

function link(state: Wasip1State): Probe["exports"] {
  let memory: WebAssembly.Memory | undefined = undefined;
  const caller: Wasip1Caller = {
    current: state,
    memory: () => memory!.buffer as ArrayBuffer,
  };
  const imports = { [WASIP1_MODULE]: linkable(caller) };
  const { exports } = new WebAssembly.Instance(module, imports);
  memory = exports.memory as WebAssembly.Memory;
  const { suspending } = wasip1Imports(caller);
  return Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      suspending.has(name) ? promising(value as () => unknown) : value,
    ]),
  ) as Probe["exports"];
}

/** The host functions as a module imports them, those that may suspend on fibers. */
export function linkable(caller: Wasip1Caller): WebAssembly.ModuleImports {
  const { functions, suspending: names } = wasip1Imports(caller);
  return Object.fromEntries(
    Object.entries(functions).map(([name, host]) => [
      name,
      names.has(name) ? suspending(host) : host,
    ]),
  );
}

/** The same calls on node:wasi, with `directory` as the root. */
export function performInNode(
  directory: string,
  calls: readonly ProbeCall[],
): ProbeResult[] {
  const input = `${directory}.json`;
  Deno.writeTextFileSync(input, JSON.stringify(calls));
  Deno.writeFileSync(`${directory}.wasm`, PROBE);
  const script = new URL("./node_oracle.mjs", import.meta.url).pathname;
  const { stdout, stderr, success } = new Deno.Command("node", {
    args: ["--no-warnings", script, `${directory}.wasm`, directory, input],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}
