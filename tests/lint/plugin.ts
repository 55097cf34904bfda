/**
 * The rules of the house that a linter can see, one file each.
 *
 * @module
 */

import { boundaries } from "./boundaries.ts";
import { noConsole } from "./no_console.ts";
import { noLiteralAccessor } from "./no_literal_accessor.ts";
import { noPrivateKeyword } from "./no_private_keyword.ts";
import { noTopLevelArrow } from "./no_top_level_arrow.ts";
import { otpGlobals } from "./otp_globals.ts";

/** All of them; `deno.json` names this file. */
const plugin: Deno.lint.Plugin = {
  name: "rusm",
  rules: {
    "boundaries": boundaries,
    "no-console": noConsole,
    "no-literal-accessor": noLiteralAccessor,
    "no-private-keyword": noPrivateKeyword,
    "no-top-level-arrow": noTopLevelArrow,
    "otp-globals": otpGlobals,
  },
};

export default plugin;
