/**
 * Carries out a script of components.
 *
 * @module
 */

import {
  CanonicalTrap,
  ComponentError,
} from "../../wasm/component/canonical/mod.ts";
import { type Capability, defineProfile } from "../../wasm/capability.ts";
import { isComponent } from "../../wasm/component/decode.ts";
import { NeedsPreview3 } from "../../wasm/component/errors.ts";
import { ImportRefused } from "../../wasm/component/imports.ts";
import type { ComponentInstance } from "../../wasm/component/instance.ts";
import { LocalComponent } from "../../wasm/component/testdata/run.ts";
import type { FunctionType } from "../../wasm/component/value_type.ts";
import { LoadFailed } from "../../wasm/errors.ts";
import {
  type Action,
  binaryOf,
  type Command,
  type Script,
} from "../wasm_suite/script.ts";
import { makeHosts } from "./hosts.ts";
import { textOf, valueOf } from "./values.ts";

/**
 * What became of a command.
 *
 * - `pass`: what the script says.
 * - `planned`: a valid component, which imports what the host does not give.
 * - `unsupported`: refused by the name of a feature that is not there, or done
 *   with what was.
 * - `accepted`: loaded, although the script says that it is invalid.
 * - `skip`: nothing that can be asked here.
 */
export type Verdict =
  | "pass"
  | "planned"
  | "unsupported"
  | "accepted"
  | "skip"
  | "fail";

/** What became of a command, and why. */
export interface Outcome {
  /** What it comes to. */
  readonly verdict: Verdict;
  /** What happened. */
  readonly detail: string;
}

/** Carries out all commands of `script`, one after the other. */
export async function replay(script: Script): Promise<Outcome[]> {
  const run = new Replay(script);
  const outcomes: Outcome[] = [];
  for (const command of script.commands) outcomes.push(await run.step(command));
  return outcomes;
}

/** How something ended. */
interface Ending {
  readonly type: "returned" | "refused" | "trapped" | "failed";
  readonly detail: string;
  readonly error?: unknown;
}

/** An instance of a component, or why there is none. */
type Named =
  | { readonly component: LocalComponent; readonly instance: ComponentInstance }
  | Outcome;

const NO_INSTANCE: Outcome = { verdict: "fail", detail: "no such instance" };
const NOT_ASKED: Outcome = { verdict: "skip", detail: "no component" };

class Replay {
  readonly #script: Script;
  readonly #instances = new Map<string | undefined, Named>();
  readonly #definitions = new Map<
    string | undefined,
    LocalComponent | Outcome
  >();
  readonly #hosts = makeHosts();

  constructor(script: Script) {
    this.#script = script;
  }

  async step(command: Command): Promise<Outcome> {
    switch (command.type) {
      case "module":
        return await this.#module(command);
      case "module_definition":
        return await this.#define(command);
      case "module_instance":
        return this.#instantiate(command.module, command.instance);
      case "action":
      case "assert_return":
        return await this.#return(command);
      case "assert_trap":
        return await this.#trap(command);
      case "assert_malformed":
      case "assert_invalid":
      case "assert_unlinkable":
        return await this.#refusal(command);
      case "assert_uninstantiable":
        return await this.#beginning(command);
      default:
        return { verdict: "skip", detail: `no way to ${command.type}` };
    }
  }

  async #module(command: Command): Promise<Outcome> {
    const outcome = await this.#define(command);
    if (outcome.verdict !== "pass") {
      this.#keep(command.name, outcome);
      return outcome;
    }
    return this.#instantiate(command.name, command.name);
  }

  async #define(command: Command): Promise<Outcome> {
    const bytes = this.#bytesOf(command);
    if (bytes === undefined) return NOT_ASKED;
    const loaded = await this.#load(bytes);
    const kept = loaded instanceof LocalComponent ? loaded : verdictOn(loaded);
    this.#definitions.set(command.name, kept);
    this.#definitions.set(undefined, kept);
    return "verdict" in kept ? kept : { verdict: "pass", detail: "" };
  }

  #instantiate(
    module: string | undefined,
    name: string | undefined,
  ): Outcome {
    const component = this.#definitions.get(module) ?? NO_INSTANCE;
    const outcome = "verdict" in component ? component : undefined;
    if (!(component instanceof LocalComponent)) {
      this.#keep(name, component);
      return outcome!;
    }
    try {
      this.#keep(name, { component, instance: component.instance() });
      return { verdict: "pass", detail: "" };
    } catch (error) {
      // Whatever it is, it is told in the report.
      const kept: Outcome = { verdict: "fail", detail: `${error}` };
      this.#keep(name, kept);
      return kept;
    }
  }

  #keep(name: string | undefined, named: Named): void {
    this.#instances.set(undefined, named);
    if (name !== undefined) this.#instances.set(name, named);
  }

  #bytesOf(command: Command): Uint8Array<ArrayBuffer> | undefined {
    const file = binaryOf(command);
    const bytes = file === undefined ? undefined : this.#script.read(file);
    return bytes !== undefined && !isCore(bytes) ? bytes : undefined;
  }

  async #load(bytes: Uint8Array): Promise<LocalComponent | Ending> {
    try {
      return await LocalComponent.load(bytes, {
        ...{ hosts: this.#hosts, capability: WIDE },
      });
    } catch (error) {
      // Only a refusal may come of bytes; the report tells of whatever else.
      const type = error instanceof LoadFailed ? "refused" : "failed";
      return { type, detail: `${error}`, error };
    }
  }

  async #refusal(command: Command): Promise<Outcome> {
    const bytes = this.#bytesOf(command);
    if (bytes === undefined) return NOT_ASKED;
    const loaded = await this.#load(bytes);
    if (!(loaded instanceof LocalComponent)) {
      const isPlanned = isImportRefused(loaded.error) &&
        command.type !== "assert_unlinkable";
      if (!isPlanned) {
        const verdict = loaded.type === "refused" ? "pass" : "fail";
        return { verdict, detail: loaded.detail };
      }
    }
    const { text } = command as { text?: string };
    return { verdict: "accepted", detail: `${text}` };
  }

  async #beginning(command: Command): Promise<Outcome> {
    const outcome = await this.#module(command);
    if (outcome.verdict !== "pass") return outcome;
    const entry = this.#entries().find(({ type }) => type.params.length === 0);
    if (entry === undefined) return { verdict: "skip", detail: "no entry" };
    return await this.#trap({
      ...command,
      action: { ...INVOKE, field: entry.name },
    });
  }

  #entries(): { readonly name: string; readonly type: FunctionType }[] {
    const named = this.#instances.get(undefined);
    if (named === undefined || "verdict" in named) return [];
    return named.component.prepared.plan.exports.flatMap((one) =>
      one.kind === "function" ? [{ ...one, type: one.function.type }] : []
    );
  }

  async #return({ action, expected }: Command): Promise<Outcome> {
    const ending = await this.#act(action!, expected);
    if ("verdict" in ending) return ending;
    const { type, detail } = ending;
    const wanted = expected === undefined ? detail : ending.wanted;
    const isPass = type === "returned" && detail === wanted;
    if (!isPass && isReentrance(ending)) {
      const outcome: Outcome = { verdict: "unsupported", detail };
      this.#instances.set(action!.module, outcome);
      return outcome;
    }
    return { verdict: isPass ? "pass" : "fail", detail: `${type}: ${detail}` };
  }

  async #trap({ action }: Command): Promise<Outcome> {
    const ending = await this.#act(action!);
    if ("verdict" in ending) return ending;
    const { type, detail } = ending;
    const verdict = type === "trapped" ? "pass" : "fail";
    return { verdict, detail: `${type}: ${detail}` };
  }

  async #act(
    { module, field, args = [] }: Action,
    expected: readonly unknown[] = [],
  ): Promise<(Ending & { readonly wanted: string }) | Outcome> {
    const named = this.#instances.get(module) ?? NO_INSTANCE;
    if ("verdict" in named) {
      return named.verdict === "fail"
        ? named
        : { verdict: "unsupported", detail: named.detail };
    }
    const type = typeOf(named.component, field);
    if (type === undefined) {
      return { verdict: "fail", detail: `no export ${field}` };
    }
    const wanted = type.result && expected.length > 0
      ? textOf(valueOf(type.result, expected[0]))
      : "nothing";
    const values = type.params.map((param, at) =>
      valueOf(param.type, args[at])
    );
    return { ...await call(named.instance, field, type, values), wanted };
  }
}

// As large as memories are, so that nothing differs by a cap.
const WIDE: Capability = defineProfile("suite", { memoryMbMax: 4_096 });
const INVOKE = { type: "invoke" } as const;

function isCore(bytes: Uint8Array): boolean {
  return !isComponent(bytes) && WebAssembly.validate(bytes.slice());
}

function typeOf(
  { prepared }: LocalComponent,
  field: string,
): FunctionType | undefined {
  for (const one of prepared.plan.exports) {
    if (one.kind === "function" && one.name === field) return one.function.type;
  }
  return undefined;
}

async function call(
  instance: ComponentInstance,
  field: string,
  { result }: FunctionType,
  values: readonly unknown[],
): Promise<Ending> {
  const isFallible = result?.kind === "result";
  try {
    const val = await instance.call(field, ...values);
    const detail = textOf(isFallible ? { tag: "ok", val } : val);
    return { type: "returned", detail };
  } catch (error) {
    // The report tells of whatever it is.
    if (error instanceof ComponentError) {
      const detail = textOf({ tag: "err", val: error.payload });
      return { type: "returned", detail };
    }
    const type = isTrap(error) ? "trapped" : "failed";
    return { type, detail: `${causeOf(error)}`, error };
  }
}

// Only preview 3 lets a guest call into what runs. Not so one whose host finds
// that it cannot be entered: there, something is wrong.
function isReentrance({ error, detail }: Ending): boolean {
  return error instanceof WebAssembly.RuntimeError &&
    /Cannot enter a component instance that runs/.test(detail);
}

// What the host traps by is an `unreachable` of its own to the guest.
function causeOf(error: unknown): unknown {
  const { cause } = error as Error;
  return cause instanceof CanonicalTrap ? cause : error;
}

// A stack that is exhausted is a RangeError of the engine.
function isTrap(error: unknown): boolean {
  return error instanceof CanonicalTrap || error instanceof RangeError ||
    error instanceof WebAssembly.RuntimeError;
}

function isImportRefused(error: unknown): boolean {
  return error instanceof LoadFailed && error.cause instanceof ImportRefused;
}

// Of what is refused by its name.
const UNSUPPORTED: readonly RegExp[] = [
  /Cannot link what is not supported here: /,
  /Cannot import a (core module|component)\b/,
  /Cannot import an instance within an instance/,
  /Cannot export from (a component|an interface) what is of sort/,
  /Cannot start a component with values/,
  /memory of 64 bits/,
  /Cannot bound more memories than one/,
  /Cannot resolve a type of more than \d+ parts/,
  // Accessors of a proposal.
  /Cannot read an extern name: "\[[gs]et\]/,
  // Of proposals that the engine does not know either.
  /Cannot link a type that is no function's/,
  /limits of an unknown form/,
  /Cannot rewrite an invalid module/,
  /Cannot read an import: import section/,
  /Cannot read what a module imports or exports/,
];

function verdictOn({ type, detail, error }: Ending): Outcome {
  if (type !== "refused") return { verdict: "fail", detail };
  const { cause } = error as LoadFailed;
  if (cause instanceof ImportRefused) return { verdict: "planned", detail };
  const isUnsupported = cause instanceof NeedsPreview3 ||
    UNSUPPORTED.some((form) => form.test(detail));
  return { verdict: isUnsupported ? "unsupported" : "fail", detail };
}
