/**
 * Messages between two components.
 *
 * @module
 */

import { timeMs } from "../otp/timing.ts";
import { type LocalScheduler, pidBytes } from "../wasm/local.ts";
import { insistNormal } from "../wasm/spawns.ts";
import { guest } from "./components.ts";
import { hostOf } from "./host.ts";
import { loadComponent } from "./local.ts";

/**
 * Makes two components ready that send each other one message at a time, as
 * `guestPingPong` of `wasm` does with core modules.
 */
export async function componentPingPong(
  scheduler: LocalScheduler,
  rounds: number,
): Promise<() => Promise<number>> {
  const { runtime } = scheduler;
  const host = hostOf(rounds);
  const component = await loadComponent(scheduler, guest(), [host]);
  return () =>
    timeMs(async () => {
      const [ping, pong] = [component.spawn("ping"), component.spawn("pong")];
      runtime.send(pong.pid, pidBytes(ping.pid));
      runtime.send(ping.pid, pidBytes(pong.pid));
      insistNormal(await ping.join());
      insistNormal(await pong.join());
    });
}
