/**
 * Runs modules of the suite as processes.
 *
 * @module
 */

import { type Down, type ExitReason, formatReason, Runtime } from "@rusm/otp";
import {
  type Capability,
  type Component,
  defineProfile,
  Engine,
  LoadFailed,
} from "@rusm/wasm";

/** What became of the modules and of their functions. */
export interface GuestReport {
  /** How many modules were loaded. */
  readonly loaded: number;
  /** How many the engine refused to load. */
  readonly refused: number;
  /** How many processes ended, by what was said of it. */
  readonly endings: ReadonlyMap<string, number>;
}

/**
 * Spawns a process for each exported function of each module, and waits for
 * all of them to end.
 *
 * @throws {Error} A module made the engine fail with anything but `LoadFailed`,
 * or a process did not end.
 */
export async function runGuests(
  modules: Iterable<readonly [path: string, bytes: Uint8Array<ArrayBuffer>]>,
): Promise<GuestReport> {
  const runtime = new Runtime();
  const engine = new Engine(runtime, { schedulersPerPool: 1 });
  const capability = defineProfile("suite", { cpuMsMax: 200 });
  const endings = new Map<string, number>();
  let loaded = 0;
  let refused = 0;
  try {
    for (const [path, bytes] of modules) {
      const component = await loadOrRefuse(engine, path, bytes, capability);
      if (component === undefined) {
        refused++;
        continue;
      }
      loaded++;
      for (const start of functionsOf(bytes)) {
        const reason = await endOf(runtime, engine, component, start);
        const ending = describe(reason);
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
    }
  } finally {
    await engine.close();
  }
  return { loaded, refused, endings };
}

async function loadOrRefuse(
  engine: Engine,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  capability: Capability,
): Promise<Component | undefined> {
  try {
    return await engine.loadModule(path, bytes, capability);
  } catch (error) {
    // What the engine may say of any module; all else is a mistake of ours.
    if (error instanceof LoadFailed) return undefined;
    throw error;
  }
}

function functionsOf(bytes: Uint8Array<ArrayBuffer>): string[] {
  return WebAssembly.Module.exports(new WebAssembly.Module(bytes))
    .filter(({ kind }) => kind === "function").map(({ name }) => name);
}

async function endOf(
  runtime: Runtime,
  engine: Engine,
  component: Component,
  start: string,
): Promise<ExitReason> {
  let reason: ExitReason = "noproc";
  await runtime.spawn<Down>(async (self) => {
    self.monitor(engine.spawn(component, start));
    ({ reason } = await self.receive());
  }).join();
  return reason;
}

function describe(reason: ExitReason): string {
  const [line] = formatReason(reason).split("\n");
  // Not which function, nor how often, nor where.
  return line!.replace(/(parameters|function)\b.*/, "$1").replace(/\d+/g, "N");
}
