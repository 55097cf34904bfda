/**
 * The `rusm` command, as a program and as a function.
 *
 * Run this module to run the program: `deno run -A jsr:@rusm/cli serve`.
 *
 * @module
 */

export { main } from "./command_line.ts";
export type { Io, Output } from "./io.ts";
export type { StopRequests, StopSignal } from "./process/stop.ts";

if (import.meta.main) await import("./main.ts");
