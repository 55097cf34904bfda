/**
 * Calls of the host by one guest, and by the same module without anything
 * around it.
 *
 * @module
 */

import { promising } from "../../wasm/fiber.ts";
import { timeMs } from "../otp/timing.ts";
import { LocalScheduler } from "../wasm/local.ts";
import { assemble } from "../wasm/modules.ts";
import { insistNormal } from "../wasm/spawns.ts";
import { guest, guestCore } from "./components.ts";
import { bareImports, hostOf } from "./host.ts";
import { loadComponent } from "./local.ts";

/** Runs `play` with what runs the export `entry` of the guest in a process, which makes `rounds` calls. */
export async function withGuestCalls<Result>(
  entry: string,
  rounds: number,
  play: (run: () => Promise<number>) => Promise<Result>,
): Promise<Result> {
  using scheduler = new LocalScheduler();
  const component = await loadComponent(scheduler, guest(), [hostOf(rounds)]);
  return await play(() =>
    timeMs(async () => insistNormal(await component.spawn(entry).join()))
  );
}

/** Makes ready what runs the same export of the same core module, in one instance and on a fiber as guests are. */
export async function bareCalls(
  entry: string,
  rounds: number,
): Promise<() => Promise<number>> {
  const module = new WebAssembly.Module(await assemble(guestCore()));
  const imports = bareImports(rounds, () => bytes);
  const { exports } = new WebAssembly.Instance(module, imports);
  const { buffer } = exports["memory"] as WebAssembly.Memory;
  const bytes = new Uint8Array(buffer);
  const run = promising(exports[entry] as () => void);
  return () => timeMs(() => run());
}
