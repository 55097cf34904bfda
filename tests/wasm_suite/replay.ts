/**
 * Carries out a script.
 *
 * @module
 */

import { makeHost } from "./host.ts";
import {
  bitsOf,
  callWithBits,
  isNumberType,
  NUMBER_TYPES,
  type NumberType,
} from "./numbers.ts";
import { binaryOf, type Command, type Script, type Value } from "./script.ts";
import { type Compiled, isRefusal, type Side } from "./sides.ts";
import { snapshot } from "./snapshot.ts";
import {
  argumentOf,
  formatResult,
  HostObjects,
  isExpected,
  type Result,
  resultOf,
} from "./values.ts";

/** What became of a command. */
export interface Outcome {
  /** Whether it did what the script says; `skip` for what no engine can be asked. */
  readonly verdict: "pass" | "fail" | "skip";
  /** What happened, what was printed included. */
  readonly detail: string;
}

/** Carries out all commands of `script`. The last outcome is one more: the state of all instances at the end. */
export function replay(script: Script, side: Side): Outcome[] {
  const run = new Replay(script, side);
  const outcomes = script.commands.map((command) => run.step(command));
  return [...outcomes, { verdict: "pass", detail: run.state() }];
}

/** How something ended. */
type Ending =
  | { readonly type: "returned"; readonly results: readonly Result[] }
  | { readonly type: Failure; readonly message: string };

type Failure =
  | "refused"
  | "unlinkable"
  | "trapped"
  | "exhausted"
  | "threw"
  | "failed";

type Instance = WebAssembly.Exports | undefined;

class Replay {
  readonly #script: Script;
  readonly #side: Side;
  readonly #objects = new HostObjects();
  readonly #imports: WebAssembly.Imports;
  readonly #instances = new Map<string | undefined, Instance>();
  readonly #definitions = new Map<string | undefined, Compiled>();
  // In the order in which they were made.
  readonly #made: WebAssembly.Exports[] = [];
  #log: string[] = [];

  constructor(script: Script, side: Side) {
    this.#script = script;
    this.#side = side;
    const spectest = makeHost((line) => this.#log.push(line));
    this.#imports = { spectest };
  }

  step(command: Command): Outcome {
    const outcome = this.#step(command);
    const log = this.#log.map((line) => `; ${line}`).join("");
    this.#log = [];
    return { ...outcome, detail: outcome.detail + log };
  }

  state(): string {
    return snapshot(this.#made);
  }

  #step(command: Command): Outcome {
    switch (command.type) {
      case "module":
        return this.#module(command);
      case "module_definition":
        return this.#define(command);
      case "module_instance":
        return this.#instantiate(command);
      case "register":
        this.#imports[command.as!] = this.#instances.get(command.name) ?? {};
        return { verdict: "pass", detail: "" };
      case "action":
      case "assert_return":
        return this.#return(command);
      case "assert_trap":
        return this.#failure(this.#act(command), "trapped");
      case "assert_exhaustion":
        return this.#failure(this.#act(command), "exhausted");
      case "assert_exception":
        return this.#failure(this.#act(command), "threw");
      case "assert_malformed":
      case "assert_invalid":
        return this.#failure(this.#make(command), "refused");
      case "assert_unlinkable":
        return this.#failure(this.#make(command), "unlinkable");
      case "assert_uninstantiable":
        return this.#failure(this.#make(command), "trapped");
      default:
        return { verdict: "skip", detail: `no way to ${command.type}` };
    }
  }

  #module(command: Command): Outcome {
    // What a script does next, it does to no other instance.
    this.#keep(command.name, undefined);
    const file = binaryOf(command);
    if (file === undefined) return TEXT_ONLY;
    return insistReturned(attempt(() => {
      const compiled = this.#compile(file);
      this.#definitions.set(command.name, compiled);
      this.#definitions.set(undefined, compiled);
      this.#keep(command.name, this.#link(compiled));
      return [];
    }));
  }

  #define(command: Command): Outcome {
    const file = binaryOf(command);
    if (file === undefined) return TEXT_ONLY;
    return insistReturned(attempt(() => {
      const compiled = this.#compile(file);
      this.#definitions.set(command.name, compiled);
      this.#definitions.set(undefined, compiled);
      return [];
    }));
  }

  #instantiate({ module, instance }: Command): Outcome {
    this.#keep(instance, undefined);
    const compiled = this.#definitions.get(module);
    if (compiled === undefined) {
      return { verdict: "fail", detail: "no such definition" };
    }
    return insistReturned(attempt(() => {
      this.#keep(instance, this.#link(compiled));
      return [];
    }));
  }

  /** Makes an instance that nobody can name. */
  #make(command: Command): Ending | undefined {
    const file = binaryOf(command);
    if (file === undefined) return undefined;
    const isWhole = !/malformed|invalid/.test(command.type);
    return attempt(() => {
      const compiled = this.#compile(file);
      if (isWhole) this.#link(compiled);
      return [];
    });
  }

  #compile(file: string): Compiled {
    return this.#side.compile(this.#script.read(file));
  }

  #link(compiled: Compiled): WebAssembly.Exports {
    const exports = compiled.instantiate(this.#imports);
    this.#made.push(exports);
    return exports;
  }

  #keep(name: string | undefined, instance: Instance): void {
    this.#instances.set(undefined, instance);
    if (name !== undefined) this.#instances.set(name, instance);
  }

  #return(command: Command): Outcome {
    const ending = this.#act(command);
    const { expected } = command;
    if (ending.type !== "returned" || expected === undefined) {
      return insistReturned(ending);
    }
    const { results } = ending;
    const isPass = results.length === expected.length &&
      results.every((result, index) =>
        isExpected(result, expected[index]!, this.#objects)
      );
    return isPass
      ? { verdict: "pass", detail: "" }
      : { verdict: "fail", detail: describe(ending) };
  }

  #failure(ending: Ending | undefined, wanted: Failure): Outcome {
    if (ending === undefined) return TEXT_ONLY;
    const verdict = ending.type === wanted ? "pass" : "fail";
    return { verdict, detail: describe(ending) };
  }

  #act({ action, expected }: Command): Ending {
    const { module, field, type, args } = action!;
    const exported = this.#instances.get(module)?.[field];
    if (exported === undefined) {
      return { type: "failed", message: `no export ${field}` };
    }
    const types = expected?.map(typeOf);
    return attempt(() =>
      type === "get"
        ? read(exported, types?.[0] ?? "i32")
        : this.#invoke(exported as CallableFunction, args ?? [], types)
    );
  }

  #invoke(
    called: CallableFunction,
    args: readonly Value[],
    types: readonly string[] | undefined,
  ): Result[] {
    const params = args.map(typeOf);
    const given = () => args.map((arg) => argumentOf(arg, this.#objects));
    if (!params.every(isNumberType) || !(types ?? []).every(isNumberType)) {
      return resultsOf(called(...given()), types);
    }
    for (const results of types === undefined ? GUESSES : [types]) {
      const signature = { params, results: results as NumberType[] };
      const bits = callWithBits(called, signature, args.map(bitsOf));
      if (bits !== undefined) return bits.map(ofBits);
    }
    return resultsOf(called(...given()), types);
  }
}

// A script does not say what a function that traps would have returned.
const GUESSES = [[], ...NUMBER_TYPES.map((type) => [type])];

function ofBits(bits: bigint): Result {
  return { type: "bits", bits };
}

const TEXT_ONLY: Outcome = { verdict: "skip", detail: "a module in text" };

function typeOf({ type, values }: Value): string {
  return type === "either" ? values![0]!.type : type;
}

function resultsOf(
  value: unknown,
  types: readonly string[] | undefined,
): Result[] {
  if (types === undefined) return [];
  if (types.length === 0) {
    return value === undefined ? [] : [resultOf("reference", value)];
  }
  if (types.length === 1) return [resultOf(types[0]!, value)];
  const values = value as readonly unknown[];
  return types.map((type, index) => resultOf(type, values[index]));
}

function read(exported: unknown, type: string): Result[] {
  return [resultOf(type, (exported as WebAssembly.Global).value)];
}

function attempt(action: () => readonly Result[]): Ending {
  try {
    return { type: "returned", results: action() };
  } catch (error) {
    // What it throws is what is being asked for.
    return { type: failureOf(error), message: messageOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  if (isRefusal(error)) return "refused";
  if (error instanceof WebAssembly.LinkError) return "unlinkable";
  // What the engine says of a module that is not there at all.
  if (error instanceof TypeError && /Import #\d+/.test(error.message)) {
    return "unlinkable";
  }
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return "exhausted";
  }
  if (error instanceof WebAssembly.RuntimeError) return "trapped";
  return isException(error) ? "threw" : "failed";
}

// The types do not know `WebAssembly.Exception`.
function isException(error: unknown): boolean {
  return Object.prototype.toString.call(error) ===
    "[object WebAssembly.Exception]";
}

// Why a module is refused is told in other words by the rewriter.
function messageOf(error: unknown): string {
  if (isRefusal(error)) return "";
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message.replace(/^.*\(\): /, "")}`;
}

function insistReturned(ending: Ending): Outcome {
  const verdict = ending.type === "returned" ? "pass" : "fail";
  return { verdict, detail: describe(ending) };
}

function describe(ending: Ending): string {
  if (ending.type !== "returned") return `${ending.type}: ${ending.message}`;
  return `returned ${ending.results.map(formatResult).join(", ")}`;
}
