/**
 * `deno task store-kill [ROUNDS] [WRITES]`: kills nodes while their guests
 * write, each after more writes than the one before and the last after WRITES,
 * and says what their store has lost. Exits with 1 when that is anything.
 *
 * @module
 */

import { killedNodes } from "./rounds.ts";

const [rounds = 20, writes = 10_000] = Deno.args.map(Number);
const counts = Array.from(
  { length: rounds },
  (_, nth) => Math.ceil(writes * (nth + 1) / rounds),
);
let nth = 0;
for await (const { acknowledged, missing, soundness } of killedNodes(counts)) {
  nth++;
  console.log(
    `round ${nth}: ${acknowledged} acknowledged, ${missing} missing, the file is ${soundness}`,
  );
  if (missing > 0 || soundness !== "ok") Deno.exitCode = 1;
}
