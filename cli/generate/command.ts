/**
 * `rusm generate`, as the table of commands has it.
 *
 * @module
 */

import { type Command, CONFIG_OPTION } from "../command.ts";

/** The command. */
export const GENERATE: Command = {
  name: "generate",
  operands: [
    { name: "kind", isOptional: false },
    { name: "name", isOptional: false },
  ],
  summary: "Add a component to an app",
  details: [
    "`rusm generate component <name>` writes components/<name>/index.ts, and puts\n" +
    "[components.<name>] at the end of the manifest. What stands there already is\n" +
    "left as it is; a component that is there already is refused.",
    "`rusm generate authentication <name>` does the same for auth/<name>/index.ts,\n" +
    "which says who may make requests. It denies everything until it is changed.",
  ],
  options: [
    CONFIG_OPTION,
    { name: "lang", value: "LANG", summary: "ts (default)" },
    {
      name: "protocol",
      short: "p",
      value: "PROTOCOL",
      summary: "http (default), ws, sse",
    },
  ],
  examples: [
    "rusm generate component search",
    "rusm generate component chat -p ws --config shop/rusm.toml",
    "rusm generate authentication keys",
  ],
  needsFlags: false,
  run: async (args, io) =>
    (await import("./component.ts")).runGenerate(args, io),
};
