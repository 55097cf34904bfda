import { type Arguments, parseArguments } from "../../arguments.ts";
import { LOAD } from "../command.ts";

/** What `rusm load` is given, word by word. */
export function argsOf(...words: readonly string[]): Arguments {
  return parseArguments(LOAD, words);
}
