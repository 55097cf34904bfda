/**
 * Runs components, as they are and changed at random, as processes.
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
import type { ComponentExport } from "../../wasm/component/plan.ts";
import { planComponent } from "../../wasm/component/plan_component.ts";
import { mutate } from "../wasm_suite/mutations.ts";
import type { Binary } from "./mutations.ts";

/** What became of the components and of their functions. */
export interface GuestReport {
  /** How many components were loaded. */
  readonly loaded: number;
  /** How many the engine refused to load. */
  readonly refused: number;
  /** How many processes ended, by what was said of it. */
  readonly endings: ReadonlyMap<string, number>;
}

const WAIT_MS_MAX = 2_000;

/**
 * Spawns a process for each function without parameters that a component
 * exports, or that one of `count` mutations of it does, and waits for its end;
 * one that waits for too long is killed.
 *
 * @throws {Error} A component made the engine fail with anything but
 * `LoadFailed`.
 */
export async function runGuests(
  components: Iterable<Binary>,
  count: number,
): Promise<GuestReport> {
  const runtime = new Runtime();
  const engine = new Engine(runtime, { schedulersPerPool: 1 });
  const capability = defineProfile("suite", { cpuMsMax: 200, memoryMbMax: 8 });
  const endings = new Map<string, number>();
  let loaded = 0, refused = 0;
  try {
    for (const [path, bytes] of mutations(components, count)) {
      const component = await loadOrRefuse(engine, path, bytes, capability);
      if (component === undefined) {
        refused++;
        continue;
      }
      loaded++;
      for (const entry of entriesOf(bytes)) {
        const reason = await endOf(runtime, engine, component, entry);
        const ending = describe(reason);
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
      }
    }
  } finally {
    await engine.close();
  }
  return { loaded, refused, endings };
}

function* mutations(
  components: Iterable<Binary>,
  count: number,
): Generator<Binary> {
  for (const [path, bytes] of components) {
    for (let nth = 0; nth <= count; nth++) {
      yield [`${path} ${nth}`, mutate(path, bytes, nth)];
    }
  }
}

async function loadOrRefuse(
  engine: Engine,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  capability: Capability,
): Promise<Component | undefined> {
  try {
    return await engine.loadComponent(path, bytes, capability);
  } catch (error) {
    // What the engine may say of any component; all else is a mistake of ours.
    if (error instanceof LoadFailed) return undefined;
    throw error;
  }
}

function entriesOf(bytes: Uint8Array): string[] {
  return planComponent(bytes).exports.flatMap(entriesOfExport);
}

function entriesOfExport(one: ComponentExport): string[] {
  if (one.kind === "function") {
    return one.function.type.params.length === 0 ? [one.name] : [];
  }
  if (one.kind !== "interface") return [];
  return [...one.functions]
    .filter(([, { type }]) => type.params.length === 0)
    .map(([name]) => `${one.name}#${name}`);
}

async function endOf(
  runtime: Runtime,
  engine: Engine,
  component: Component,
  entry: string,
): Promise<ExitReason> {
  let reason: ExitReason = "noproc";
  await runtime.spawn<Down>(async (self) => {
    const pid = engine.spawn(component, entry);
    self.monitor(pid);
    // One that waits for what never comes ends only so.
    const timer = setTimeout(() => runtime.kill(pid), WAIT_MS_MAX);
    ({ reason } = await self.receive());
    clearTimeout(timer);
  }).join();
  return reason;
}

function describe(reason: ExitReason): string {
  const [line] = formatReason(reason).split("\n");
  // Not which function, nor what it found, nor where.
  return line!.replace(/(: in function|parameters)\b.*/, "$1")
    .replace(/^(crashed: CanonicalTrap: [^:]*):.*/, "$1")
    .replace(/-?\d+/g, "N");
}
