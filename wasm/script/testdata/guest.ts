/**
 * A guest for tests: the prelude in a real QuickJS, with a host that lives in
 * the test's memory and only acts when the test says so.
 *
 * @module
 */

import { type JSValueHandle, QuickJS, type Snapshot } from "quickjs-wasi";

import { openCodec } from "../../host/codec.ts";
import { decodeText, encodeText } from "../../host/encoding.ts";
import { pureCall } from "../../host/pure.ts";
import { answerSubtle } from "../../host/subtle.ts";
import {
  type FetchedHead,
  type FetchHead,
  type GuestEntry,
  type HeaderList,
  type HostValue,
  OPS,
  PRELUDE_FILE,
  type ReplyHead,
  type RequestHead,
} from "../ops.ts";
import { LIBRARY_SCRIPTS, PRELUDE } from "../prelude.gen.ts";
import { Decoders } from "../web/decoders.ts";
import { type Pipe, Pipes } from "../web/pipes.ts";

/** An answer to a guest's fetch; what is thrown instead reaches the guest. */
export interface Fetched {
  head: Partial<FetchedHead>;
  body?: Uint8Array | null;
}

/** What the host of a guest has. */
export interface GuestOptions {
  /** Evaluated in place of the prelude. */
  prelude?: string | undefined;
  /** Names of operations that the host refuses. */
  refused?: string[];
  /** Environment variables. */
  env?: Record<string, string>;
  /** Files by path. */
  files?: Map<string, Uint8Array>;
  /** Messages in the mailbox, oldest first. */
  messages?: Uint8Array[];
  /** What operations on processes, streams and the store answer, by name; null when absent. */
  answers?: Record<string, HostValue>;
  /** Answers fetches; without it, none is ever answered. */
  fetch?: (head: FetchHead, body: Uint8Array | null) => Fetched;
}

/** A request with all that a handler does not look at filled in. */
export type PartialHead = Partial<RequestHead>;

// Awaited here, so that no test ends what another began.
const wasm = await WebAssembly.compile(
  await Deno.readFile(
    new URL(import.meta.resolve("quickjs-wasi/quickjs.wasm")),
  ),
);
const images = new Map<string, Promise<Snapshot>>();

/** Steps that a guest may take until it is quiet. */
const STEPS_MAX = 1_000;

/** One process. Every guest is a clone of one image with the prelude in it. */
export class Guest {
  /** What was logged: level and text. */
  readonly logs: [level: number, text: string][] = [];
  /** Replies: head and body. */
  readonly replies: [head: ReplyHead, body: Uint8Array | string | null][] = [];
  /** Failures: name, message, stack. */
  readonly failures: [name: string, message: string, stack: string][] = [];
  /** Messages sent: pid and bytes. */
  readonly sent: [pid: string, bytes: Uint8Array][] = [];
  /** Requests sent. */
  readonly fetches: [head: FetchHead, body: Uint8Array | null][] = [];
  /** Ids of fetches that were aborted. */
  readonly aborted: number[] = [];
  /** Every call of the host, by name, in order. */
  readonly calls: string[] = [];
  /** What timers were asked to wait, in milliseconds. */
  readonly delays: number[] = [];
  /** How often `done` was called. */
  doneCount = 0;
  /** What the component can do, as the prelude told. */
  abilities: unknown;
  /** What `receive` was asked to wait, in milliseconds. */
  readonly waits: number[] = [];

  /** Operations on processes, streams and the store: name and arguments. */
  readonly asked: [name: string, ...args: HostValue[]][] = [];

  readonly #vm: QuickJS;
  readonly #options: GuestOptions;
  readonly #entry = new Map<string, JSValueHandle>();
  readonly #timers = new Map<number, number>();
  // What is read of the answers to fetches and of codecs.
  readonly #pipes = new Pipes();
  readonly #decoders = new Decoders();
  // Answers of the real host that are still to come.
  readonly #running = new Set<Promise<void>>();
  readonly #started = new Map<number, () => unknown[]>();
  #nowMs = 0;

  private constructor(vm: QuickJS, options: GuestOptions) {
    this.#vm = vm;
    this.#options = options;
    vm.registerHostCallback("__host", this.#hostCallback());
  }

  /** A new process. `component` is the CommonJS text of its bundle. */
  static async create(
    component = "",
    options: GuestOptions = {},
  ): Promise<Guest> {
    const image = await imageOf(options.prelude ?? PRELUDE);
    const guest = new Guest(await QuickJS.restore(image, wasm), options);
    const names: (keyof GuestEntry)[] = [
      "component",
      "handle",
      "run",
      "settle",
      "fire",
    ];
    const rusm = guest.#vm.global.getProp("__rusm");
    for (const name of names) guest.#entry.set(name, rusm.getProp(name));
    guest.evaluate("delete globalThis.__rusm");
    const wrapped = `((module) => { ((module, exports) => {${component}
    })(module, module.exports); return module.exports; })({ exports: {} })`;
    const exports = guest.#vm.evalCode(wrapped, "component.js");
    const told = guest.#call("component", exports);
    guest.abilities = typeof told === "string" ? JSON.parse(told) : undefined;
    return guest;
  }

  /** The value of a script, copied out of the guest. */
  evaluate(code: string): unknown {
    const value = this.#vm.evalCode(code, "guest.js");
    const copy = this.#vm.dump(value);
    value.dispose();
    return copy;
  }

  /** Answers a request, as far as it gets without the host. */
  handle(head: PartialHead = {}, body: Uint8Array | null = null): void {
    const whole = {
      method: "GET",
      url: "http://a.test/",
      headers: [],
      params: [],
      action: null,
    };
    this.enter("handle", JSON.stringify({ ...whole, ...head }), body);
  }

  /** Calls an entry point and runs what follows from it. */
  enter(name: keyof GuestEntry, ...args: unknown[]): void {
    this.#call(name, ...args.map((arg) => this.#vm.hostToHandle(arg)));
    this.#vm.executePendingJobs();
  }

  /** Runs jobs, answers operations and lets time pass until all is quiet. */
  drain(): void {
    this.#vm.executePendingJobs();
    for (let count = 0; this.#step(); count++) {
      if (count === STEPS_MAX) throw new Error("The guest is never quiet");
    }
  }

  /** As `drain`, and waits for what the real host computes. */
  async settle(): Promise<void> {
    this.drain();
    while (this.#running.size > 0) {
      await Promise.race(this.#running);
      this.drain();
    }
  }

  /** Lets the guest go. */
  [Symbol.dispose](): void {
    this.#pipes.closeAll();
    this.#vm.dispose();
  }

  #call(name: string, ...args: JSValueHandle[]): unknown {
    const entry = this.#entry.get(name) as JSValueHandle;
    const value = this.#vm.callFunction(entry, this.#vm.undefined, ...args);
    const copy = this.#vm.dump(value);
    value.dispose();
    return copy;
  }

  #step(): boolean {
    const [operation] = this.#started;
    if (operation !== undefined) {
      const [id, answer] = operation;
      this.#started.delete(id);
      this.enter("settle", id, ...answer());
      return true;
    }
    const [timer] = [...this.#timers].sort((a, b) => a[1] - b[1]);
    if (timer === undefined) return false;
    const [id, atMs] = timer;
    this.#nowMs = atMs;
    this.#timers.delete(id);
    this.enter("fire", id);
    return true;
  }

  #hostCallback() {
    return (...handles: JSValueHandle[]): JSValueHandle => {
      const [op, ...args] = handles.map((handle) =>
        this.#vm.dump(handle) as HostValue
      );
      if (op === OPS.loadLibrary) {
        const script = LIBRARY_SCRIPTS[args[0] as string]!;
        return this.#vm.evalCode(script, PRELUDE_FILE);
      }
      return this.#vm.hostToHandle(this.#host(op as number, args));
    };
  }

  #host(op: number, args: HostValue[]): HostValue {
    const [name] = Object.entries(OPS).find(([, number]) => number === op) ??
      [];
    if (name === undefined) throw new TypeError(`Unknown operation: ${op}`);
    this.calls.push(name);
    if (this.#options.refused?.includes(name)) {
      throw new RangeError(`Cannot do more of this: ${name}`);
    }
    const pure = pureCall(op, args);
    if (pure.isPure) return pure.value;
    if (op >= OPS.spawn && op < OPS.loadLibrary) return this.#ask(name, args);
    const [first, second, third] = args as [never, never, never];
    switch (op) {
      case OPS.log:
        return void this.logs.push([first, second]);
      case OPS.randomBytes:
        return crypto.getRandomValues(new Uint8Array(first));
      case OPS.timerStart:
        this.delays.push(second);
        return void this.#timers.set(first, this.#nowMs + second);
      case OPS.timerCancel:
        return void this.#timers.delete(first);
      case OPS.fetchStart:
        return this.#fetch(first, JSON.parse(second), third);
      case OPS.fetchAbort:
        this.#started.delete(first);
        return void this.aborted.push(first);
      case OPS.envGet:
        return this.#options.env?.[first as string];
      case OPS.envNames:
        return JSON.stringify(Object.keys(this.#options.env ?? {}));
      case OPS.fileRead:
        return this.#answer(first, () => this.#readFile(second));
      case OPS.fileWrite:
        return this.#answer(first, () => this.#writeFile(second, third));
      case OPS.self:
        return "18446744073709551615";
      case OPS.send:
        return this.#send(first, second);
      case OPS.receive:
        this.waits.push(first);
        return this.#receive(second === 1);
      case OPS.reply:
        return void this.replies.push([JSON.parse(first), second]);
      case OPS.decoderOpen:
        return void this.#decoders.open(first, second, third);
      case OPS.decodeChunk:
        return this.#decoders.decode(first, second, third === 1);
      case OPS.decoderClose:
        return void this.#decoders.close(first);
      case OPS.codecOpen:
        return void this.#pipes.open(
          first,
          () => openCodec(second, third === 1),
        );
      case OPS.pipeRead:
        return this.#run(first, async () => [
          ...[null, null, await this.#pipes.read(second)],
        ]);
      case OPS.pipeWrite:
        return this.#run(first, async () => {
          await this.#pipes.write(second, third);
          return [null, null, null];
        });
      case OPS.pipeEnd:
        return void this.#pipes.end(first, second);
      case OPS.pipeClose:
        return void this.#pipes.close(first);
      case OPS.subtle:
        return this.#run(first, async () => {
          const { answer, bytes } = await answerSubtle(JSON.parse(second), third);
          return [null, JSON.stringify(answer), bytes];
        });
      case OPS.clientWatch:
        return;
      case OPS.done:
        return void this.doneCount++;
      default:
        return void this.failures.push([first, second, third]);
    }
  }

  #send(to: string, message: Uint8Array | string): number {
    const bytes = typeof message === "string" ? encodeText(message) : message;
    this.sent.push([to, bytes]);
    return to === "404" ? 0 : 1;
  }

  #receive(asText: boolean): HostValue {
    const message = this.#options.messages?.shift();
    if (message === undefined) return null;
    return asText ? decodeText("utf-8", 0, message) : message;
  }

  #ask(name: string, args: HostValue[]): HostValue {
    while (args.at(-1) === undefined && args.length > 0) args.pop();
    this.asked.push([name, ...args]);
    const answer = this.#options.answers?.[name];
    return answer === undefined ? null : answer;
  }

  #fetch(id: number, head: FetchHead, body: Uint8Array | null): undefined {
    this.fetches.push([head, body]);
    const { fetch } = this.#options;
    if (fetch === undefined) return;
    this.#answer(id, () => {
      const { head: answered, body: content = null } = fetch(head, body);
      const headers: HeaderList = [];
      this.#pipes.open(id, () => pipeOf(content));
      const whole = {
        hasBody: content !== null,
        status: 200,
        statusText: "",
        headers,
        url: head.url,
        redirected: false,
      };
      return [JSON.stringify({ ...whole, ...answered }), null];
    });
  }

  /** Settles when the real host has answered. */
  #run(id: number, run: () => Promise<unknown[]>): undefined {
    const running = run().catch(({ name, message }) => [name, message, null])
      .then((answer) => {
        this.#running.delete(running);
        this.#started.set(id, () => answer);
      });
    this.#running.add(running);
  }

  #answer(id: number, answer: () => unknown[]): undefined {
    this.#started.set(id, () => {
      try {
        return [null, ...answer()];
      } catch (error) {
        // The guest hears of it.
        const { name, message } = error as Error;
        return [name, message, null];
      }
    });
  }

  #readFile(path: string): unknown[] {
    const bytes = this.#options.files?.get(path);
    if (bytes === undefined) {
      throw new Deno.errors.NotFound(`Cannot find the file: ${path}`);
    }
    return [null, bytes];
  }

  #writeFile(path: string, bytes: Uint8Array): unknown[] {
    const { files } = this.#options;
    if (files === undefined) {
      throw new Deno.errors.NotCapable(`Cannot write the file: ${path}`);
    }
    files.set(path, bytes);
    return [null, null];
  }
}

/** A pipe that is read once. */
function pipeOf(content: Uint8Array | null): Pipe {
  let rest = content;
  return {
    read: () => {
      const chunk = rest;
      rest = null;
      return Promise.resolve(chunk);
    },
    write: () => Promise.resolve(),
    end: () => {},
    close: () => {},
  };
}

function imageOf(prelude: string): Promise<Snapshot> {
  const image = images.get(prelude) ?? bake(prelude);
  images.set(prelude, image);
  return image;
}

async function bake(prelude: string): Promise<Snapshot> {
  const vm = await QuickJS.create(wasm);
  const host = vm.newFunction("__host", () => {
    throw new TypeError("Cannot ask the host while the prelude is evaluated");
  });
  vm.global.setProp("__host", host);
  vm.evalCode(prelude, PRELUDE_FILE).dispose();
  const snapshot = vm.snapshot();
  vm.dispose();
  return snapshot;
}
