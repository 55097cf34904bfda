/**
 * A node that says what it is told to, and remembers what it was asked.
 *
 * @module
 */

import { ComponentError } from "../../../wasm/component/canonical/mod.ts";
import type { HostFunction, HostInterface } from "../../../wasm/component/host.ts";
import { parseWit } from "../../../wasm/component/wit_syntax.ts";
import { bodyOf, INTERFACES, readWit } from "./wit.ts";

/** What a process called, and with what; bytes as text. */
export type Call = readonly [name: string, ...values: unknown[]];

/** All that `rusm:runtime` has, for one process. */
export class FakeNode {
  /** What the process called, but `receive`, in order. */
  readonly calls: Call[] = [];
  /** What it receives, in order; then it is stopped by an error. */
  readonly messages: string[];
  /** What each function answers, by name; an error is thrown. */
  readonly answers: ReadonlyMap<string, unknown>;

  /** A node for a process that receives `messages`. */
  constructor(
    messages: readonly string[],
    answers: Readonly<Record<string, unknown>> = {},
  ) {
    this.messages = [...messages];
    this.answers = new Map(Object.entries(answers));
  }

  /** Its interfaces, one each. */
  async divided(): Promise<HostInterface[]> {
    const texts = await Promise.all(["types", ...INTERFACES].map(async (name) => {
      const wit = bodyOf(await readWit(`../../wit/${name}.wit`));
      return this.#interfaceOf(name, wit, name === "kv" ? "kv-" : "");
    }));
    return texts;
  }

  /** The same, with all in `actor`. */
  async whole(): Promise<HostInterface[]> {
    const wit = bodyOf(await readWit("wit/all_in_actor.wit"));
    return [this.#interfaceOf("actor", wit, "")];
  }

  #interfaceOf(name: string, text: string, prefix: string): HostInterface {
    const wit = text.replace("use types.", "use rusm:runtime/types.");
    const functions = [...parseWit(wit).functions.keys()].map((each) =>
      [each, this.#functionOf(`${prefix}${each}`)] as const
    );
    return {
      name: `rusm:runtime/${name}@0.1.0`,
      wit,
      functions: Object.fromEntries(functions),
    };
  }

  #functionOf(name: string): HostFunction {
    if (name === "receive") return () => this.#receive();
    return (_guest, ...values) => {
      this.calls.push([name, ...values.map(readable)]);
      const answer = this.answers.get(name);
      if (answer instanceof ComponentError) throw answer;
      return answer;
    };
  }

  #receive(): Uint8Array {
    const message = this.messages.shift();
    if (message === undefined) throw new RangeError("Cannot receive any more");
    return new TextEncoder().encode(message);
  }
}

function readable(value: unknown): unknown {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}
