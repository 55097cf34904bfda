/**
 * `deno task soak [--minutes N] [--seed N] [--rate N]`: a node under load by
 * clients that ask for faults. Prints what came of it as JSON, and exits with 1
 * when that is not as it should be.
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  Interruption,
  listenForInterruption,
} from "../../bench/interruption.ts";
import { withNode } from "./node.ts";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    rate: { type: "string" },
  },
});
Deno.exitCode = await main();

async function main(): Promise<number> {
  using interruption = listenForInterruption();
  try {
    const result = await withNode((node) =>
      soak(node, {
        seconds: Number(values.minutes) * 60,
        seed: BigInt(values.seed),
        ...values.rate === undefined ? {} : { rate: Number(values.rate) },
        signal: interruption.signal,
      })
    );
    console.log(JSON.stringify(result));
    return result.holds ? 0 : 1;
  } catch (thrown) {
    // The end of the command line: being interrupted is an exit code.
    if (!(thrown instanceof Interruption)) throw thrown;
    return thrown.exitCode;
  }
}
