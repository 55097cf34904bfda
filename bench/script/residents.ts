/**
 * What services weigh that wait to be called.
 *
 * @module
 */

import { DONE } from "@rusm/otp";
import type { Figures } from "../noun.ts";
import type { Spawner } from "../wasm/local.ts";
import { insistNormal } from "../wasm/spawns.ts";
import { bundleWith } from "./bundle.ts";
import { RESIDENT_BYTES_MAX } from "./counts.ts";
import { ScriptScheduler } from "./local.ts";

const SERVICE = "exports.echo = (value) => value;";

/** By how many bytes a service makes this program grow that has answered once. */
export async function measureResidents(count: number): Promise<Figures> {
  const scheduler = new ScriptScheduler();
  const service = await scheduler.load("service", bundleWith(SERVICE));
  await settle(scheduler, service, count / 10);
  const beforeBytes = Deno.memoryUsage().rss;
  await settle(scheduler, service, count);
  const grownBytes = Deno.memoryUsage().rss - beforeBytes;
  return {
    residentBytes: grownBytes / count,
    allowedBytes: RESIDENT_BYTES_MAX,
  };
}

/** Starts `count` services, and calls each of them. */
async function settle(
  { runtime }: ScriptScheduler,
  service: Spawner,
  count: number,
): Promise<void> {
  const asker = runtime.spawn<Uint8Array>(async (self) => {
    const from = `${self.pid.toBigInt()}`;
    const call = JSON.stringify({ op: "echo", args: [1], from, ref: 1 });
    const message = new TextEncoder().encode(call);
    for (let left = count; left > 0; left--) {
      runtime.send(service.spawn("run").pid, message);
    }
    let left = count;
    await self.receiveEach(() => --left === 0 ? DONE : undefined);
  });
  insistNormal(await asker.join());
}
