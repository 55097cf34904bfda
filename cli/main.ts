/**
 * The `rusm` program: `deno run -A main.ts serve`.
 *
 * @module
 */

import { main } from "./command_line.ts";
import { processIo } from "./process/process_io.ts";

Deno.exit(await main(Deno.args, processIo()));
