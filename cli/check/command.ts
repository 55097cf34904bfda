/**
 * `rusm check`, as the table of commands has it.
 *
 * @module
 */

import { type Command, CONFIG_OPTION } from "../command.ts";

/** The command. */
export const CHECK: Command = {
  name: "check",
  operands: [],
  summary: "Find out what is wrong with an app",
  details: [
    "Checks the manifest, whether each component of it was built, and the types of\n" +
    "the components in components/. Nothing is built or run. All that is wrong is\n" +
    "told at once, by file, line and column.",
    "Exit codes: 0 when nothing is wrong, 2 when the manifest is, else 1.",
  ],
  options: [
    CONFIG_OPTION,
    { name: "no-types", summary: "Leave the types unchecked" },
    { name: "json", summary: "Print what is wrong as JSON" },
  ],
  examples: ["rusm check", "rusm check --json --config shop/rusm.toml"],
  needsFlags: true,
  run: async (args, io) => (await import("./app.ts")).runCheck(args, io),
};
