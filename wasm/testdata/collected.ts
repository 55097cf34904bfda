/**
 * Runs processes into their memory limit, collects garbage, and prints how many
 * of their instances are still there. Needs `--expose-gc`.
 *
 * @module
 */

import { defineProfile } from "../capability.ts";
import type { Vm } from "../script/vm.ts";
import { LocalComponent } from "./local.ts";

const component = await LocalComponent.bake(
  "exports.default = () => { const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1)); }",
  defineProfile("large", { memoryMbMax: 8 }),
);
const instances: WeakRef<Vm>[] = [];
component.pool.beforeGive = (vm) => instances.push(new WeakRef(vm));
for (let count = 0; count < 50; count++) await component.run();

// A WeakRef keeps what it gave until the turn is over.
await new Promise((resolve) => setTimeout(resolve, 0));
(globalThis as unknown as { gc(): void }).gc();
const kept = instances.filter((instance) => instance.deref() !== undefined);
console.log(kept.length, "of", instances.length);
