/**
 * A process that calls functions of the host by name, as a component does.
 *
 * @module
 */

import { BUILT_IN_PROFILES, type Preopen } from "../../../capability.ts";
import { ComponentError } from "../../../component/canonical/mod.ts";
import type {
  HostGuest,
  HostInterface,
  HostState,
} from "../../../component/host.ts";
import type { MakeLink } from "../../files/new_link.ts";
import type { WasiReader, WasiStdio } from "../../options.ts";
import { WASI_P2 } from "../mod.ts";

/** What a process is started with; what is absent is nothing. */
export interface GuestOptions {
  /** Directories, under `/` and the last name of each. */
  readonly preopens?: readonly Preopen[];
  /** Profile; `trusted` when absent. */
  readonly profile?: string;
  /** What it reaches; as the profile says when absent. */
  readonly network?: boolean | readonly string[];
  /** Standard input. */
  readonly stdin?: WasiReader;
  /** Whether the streams are a terminal's. */
  readonly isTerminal?: boolean;
  /** Arguments. */
  readonly args?: readonly string[];
  /** Variables. */
  readonly env?: ReadonlyMap<string, string>;
  /** Who makes its symbolic links. */
  readonly makeLink?: MakeLink;
}

/** A process without an instance. Close it. */
export class FakeGuest {
  /** What it wrote to its streams. */
  readonly written: { stdout: string; stderr: string } = {
    stdout: "",
    stderr: "",
  };
  readonly #guest: HostGuest;
  readonly #states = new Map<
    HostState<unknown>,
    { value: unknown; close(): void }
  >();

  constructor(options: GuestOptions = {}) {
    const { preopens = [], profile = "trusted", args = [] } = options;
    const { network = BUILT_IN_PROFILES.get(profile)!.network } = options;
    const capability = { ...BUILT_IN_PROFILES.get(profile)!, network, preopens };
    const env = options.env ?? new Map();
    const { makeLink } = options;
    const stdio = this.#stdio(options);
    const command = { args, env, stdio, ...makeLink && { makeLink } };
    // What WASI needs of a process.
    const guest: Partial<HostGuest> = {
      capability,
      command,
      state: (key) => this.#state(key),
    };
    this.#guest = guest as HostGuest;
  }

  #stdio({ stdin, isTerminal = false }: GuestOptions): WasiStdio {
    const decoder = new TextDecoder();
    const writer = (stream: "stdout" | "stderr") => ({
      write: (bytes: Uint8Array) => {
        this.written[stream] += decoder.decode(bytes);
      },
    });
    return {
      stdin: stdin ?? { read: () => Promise.resolve(null) },
      stdout: writer("stdout"),
      stderr: writer("stderr"),
      isTerminal,
    };
  }

  #state<State>(key: HostState<State>): State {
    let kept = this.#states.get(key as HostState<unknown>);
    if (kept === undefined) {
      const value = key.create(this.#guest);
      kept = { value, close: () => key.close?.(value) };
      this.#states.set(key as HostState<unknown>, kept);
    }
    return kept.value as State;
  }

  /**
   * Calls a function of `wasi:`, such as `io/poll poll`.
   *
   * @returns What it returns, or the promise of it.
   */
  // deno-lint-ignore no-explicit-any -- the WIT says what it is
  call(name: string, ...values: unknown[]): any {
    const [path, field] = name.split(" ");
    const { functions, suspending } = interfaceOf(path!);
    const called = functions?.[field!] ?? suspending?.[field!];
    if (called === undefined) throw new TypeError(`Cannot find ${name}`);
    return called(this.#guest, ...values);
  }

  /** Calls a method of `descriptor`. */
  // deno-lint-ignore no-explicit-any -- as `call`
  file(name: string, ...values: unknown[]): any {
    return this.call(`filesystem/types [method]descriptor.${name}`, ...values);
  }

  /** Drops a resource, such as `io/poll pollable`. */
  drop(name: string, resource: unknown): void {
    const [path, field] = name.split(" ");
    interfaceOf(path!).resources![field!]!.drop?.(this.#guest, resource);
  }

  /** The first of its preopens. */
  root(): unknown {
    return this.call("filesystem/preopens get-directories")[0][0];
  }

  /** Ends the process. */
  close(): void {
    for (const { close } of this.#states.values()) close();
  }
}

function interfaceOf(path: string): HostInterface {
  const name = `wasi:${path}@`;
  return WASI_P2.find((each) => each.name.startsWith(name))!;
}

/** Runs `work` with a process that sees a new directory as `/dir`. */
export async function withDirectory(
  work: (guest: FakeGuest, host: string) => unknown,
  { readOnly = false, ...options }: GuestOptions & { readOnly?: boolean } = {},
): Promise<void> {
  const host = Deno.realPathSync(Deno.makeTempDirSync());
  const preopens = [{ host, guest: "/dir", readOnly }];
  const guest = new FakeGuest({ preopens, ...options });
  try {
    await work(guest, host);
  } finally {
    guest.close();
    Deno.removeSync(host, { recursive: true });
  }
}

/** The payload of the `ComponentError` that `work` throws or rejects with. */
export async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    // It is what the test is about.
    if (error instanceof ComponentError) return error.payload;
    throw error;
  }
  throw new TypeError("Cannot find an error: there is none");
}
