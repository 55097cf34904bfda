/**
 * WASI 0.3 for components that run as processes, on Deno.
 *
 * @module
 */

import type { HostInterface } from "../../component/host.ts";
import { CLI } from "./cli.ts";
import { CLOCKS } from "./clocks.ts";
import { RANDOM_P3 } from "./random.ts";

/** The interfaces of `wasi:cli`, `wasi:clocks` and `wasi:random`, for any 0.3. */
export const WASI_P3: readonly HostInterface[] = [
  ...CLI,
  ...CLOCKS,
  ...RANDOM_P3,
];
