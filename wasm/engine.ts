/**
 * The engine: components in, processes out.
 *
 * @module
 */

import type { Context, Down, MonitorRef, Pid, Runtime } from "@rusm/otp";
import { type Capability, permissionsOf } from "./capability.ts";
import {
  checkIsolation,
  type Component,
  type EngineInfo,
  type EngineOptions,
  type LoadOptions,
  type Monitored,
  type RegisterOptions,
  type SchedulerInfo,
} from "./engine_options.ts";
import { SchedulerFailed, SystemLimit } from "./errors.ts";
import { Ceilings } from "./ceilings.ts";
import { isComponent } from "./component/decode.ts";
import { ComponentCache } from "./component/prepare.ts";
import { needsPreview3 } from "./component/preview3/needs.ts";
import { GlueCache, type PreparedGlue } from "./component/preview3/prepare.ts";
import { createPermits } from "./core/crash_report.ts";
import { Dedicated } from "./dedicated.ts";
import { Baker } from "./dynamic/baker.ts";
import type { DynamicCode } from "./dynamic/code.ts";
import type { Template } from "./dynamic/template.ts";
import { Templates } from "./dynamic/templates.ts";
import { ModuleCache } from "./core/module_cache.ts";
import { ModuleStore } from "./core/module_store.ts";
import { insistGrantable } from "./grantable.ts";
import type { CoreCode, GuestCode, PostedStart, Start } from "./guests.ts";
import {
  callHandler,
  type HandledRequest,
  type HandleOptions,
  type StartGuest,
} from "./http/calling.ts";
import { isHandler } from "./http/handler.ts";
import { Indices } from "./indices.ts";
import {
  DEDICATED_PROCESSES_MAX,
  EPOCH_MS,
  HEARTBEAT_MS,
  SCHEDULERS_MAX,
  TICKS_PER_SLICE,
} from "./limits.ts";
import type { GuestMessage } from "./message.ts";
import { ComponentNames, type Named } from "./node/component_names.ts";
import { Connections } from "./node/connections.ts";
import { type GuestStart, NodeService } from "./node/node_service.ts";
import type { Tags } from "./node/tag_board.ts";
import { Pool, type PoolListener, type PoolOptions } from "./pool.ts";
import type { Tie } from "./remote_scheduler.ts";
import { bakeOrFail } from "./script/bake_or_fail.ts";
import type { Image } from "./script/image.ts";
import { Ticker } from "./ticker.ts";
import { Switchboard } from "./switchboard.ts";
import { answerInSpan } from "./trace/ask_span.ts";
import { ProcessSpans } from "./trace/process_spans.ts";
import type { TraceParent } from "./trace/telemetry.ts";

// All engines of the OS process share what the machine has.
const CEILINGS = Ceilings.seed();

// Levels of a log.
const ERROR = 0;
const DEBUG = 3;

/** How a process begins, be it for a request or not. */
type Begin = Omit<Start, "request"> & Pick<PostedStart, "request">;

/** What was made ready of Wasm. */
interface Caches {
  readonly modules: ModuleCache;
  readonly components: ComponentCache;
}

/** Wasm that is to be loaded. */
interface WasmSource {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly capability: Capability;
  readonly options: LoadOptions;
}

/** A component, with what only the engine knows of it. */
interface Loaded extends Component {
  readonly number: number;
  readonly place: Pool | Dedicated;
  aliveCount: number;
}

/**
 * Runs components as Wasm processes, each in a fresh, sandboxed instance.
 *
 * Processes of equal Deno permissions share a pool of schedulers, one Worker
 * each, unless their component is loaded to have Workers of their own.
 *
 * @example One sandboxed process
 * ```ts
 * import { type Down, Runtime } from "@rusm/otp";
 * import { BUILT_IN_PROFILES, Engine } from "@rusm/wasm";
 * import { strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const engine = new Engine(runtime, { schedulersPerPool: 1 });
 * const sandboxed = BUILT_IN_PROFILES.get("sandboxed")!;
 * const bundle = "exports.default = () => { console.log(typeof Deno); }";
 * const component = await engine.load("quiet", bundle, sandboxed);
 *
 * const watcher = runtime.spawn<Down>(async (self) => {
 *   engine.spawnMonitor(self, component, "run");
 *   strictEqual((await self.receive()).reason, "normal");
 * });
 * strictEqual(await watcher.join(), "normal");
 * await engine.close();
 * ```
 */
export class Engine {
  readonly #runtime: Runtime;
  readonly #options: EngineOptions;
  readonly #switchboard: Switchboard;
  readonly #pools = new Map<string, Pool>();
  readonly #components = new Map<number, Loaded>();
  readonly #dumpPermits: SharedArrayBuffer | undefined;
  readonly #indices = new Indices();
  readonly #dedicated: Dedicated;
  readonly #names = new ComponentNames<Component>();
  readonly #connections = new Connections();
  readonly #spans = new ProcessSpans();
  readonly #service: NodeService<Component>;
  readonly #caches: Caches;
  readonly #glued: GlueCache;
  readonly #baker = new Baker();
  readonly #templates: Templates<Component>;
  #loaded = 0;
  #spawned = 0;
  #closing: Promise<void> | undefined;
  #ticker: Ticker | undefined;
  readonly #heartbeat: ReturnType<typeof setInterval>;

  /**
   * An engine whose processes are reached through `runtime`.
   *
   * @throws {RangeError} `coreDumpsMax` is no number of core dumps, or
   * `dynamicTtlMs` no time.
   */
  constructor(runtime: Runtime, options: EngineOptions = {}) {
    this.#runtime = runtime;
    this.#options = options;
    const modules = new ModuleCache(storeOf(options));
    this.#caches = { modules, components: new ComponentCache(modules) };
    this.#glued = new GlueCache(modules, options.jcoDir);
    this.#dumpPermits = dumpPermitsOf(options);
    this.#templates = new Templates({
      ...{ host: runtime.host, store: options.store },
      ttlMs: options.dynamicTtlMs,
      load: (template, code) => this.#loadDynamic(template, code),
      unload: (component) => this.unload(component),
    });
    this.#switchboard = new Switchboard(runtime);
    this.#service = this.#serviceOf(runtime, options);
    this.#dedicated = new Dedicated(
      {
        ...{ ...this.#shared(), indices: this.#indices },
        processesMax: DEDICATED_PROCESSES_MAX,
      },
      this.#listener(),
    );
    this.#heartbeat = setInterval(() => this.#ping(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  #serviceOf(
    runtime: Runtime,
    { store, observer }: EngineOptions,
  ): NodeService<Component> {
    const { tags } = this.#switchboard;
    return new NodeService({
      ...{ runtime, tags, store, components: this.#names },
      templates: this.#templates,
      spawn: (named, start) => this.#spawnNamed(named, start),
      guests: () => this.#places().flatMap((place) => [...place.pids()]),
      sinkOf: (pid) => this.#connections.sinkOf(pid),
      failed: (component, why) =>
        observer?.logged?.(undefined, component, ERROR, why),
    });
  }

  #spawnNamed(
    { component, entry }: Named<Component>,
    { label, metadata, trace, supervisor }: GuestStart,
  ): Pid {
    const tie = supervisor && ((pid: Pid) => supervisor.link(pid));
    const start = {
      ...{ entry, label },
      ...metadata && { metadata },
      ...trace && { trace },
    };
    return this.#spawn(component, start, tie);
  }

  /**
   * Lets guests that may spawn start processes of `component` by `name`, under
   * its own capability. It takes the place of what had the name before.
   */
  register(
    name: string,
    component: Component,
    { entry = "run" }: RegisterOptions = {},
  ): void {
    this.#templates.remove(name);
    this.#names.declare(name, { component, entry });
  }

  /**
   * Takes away a name that was registered, of a component or of a template. What
   * was spawned by it lives on. Guests can register processes by it, if the host
   * has given it to one before.
   */
  unregister(name: string): void {
    this.#switchboard.names.release(name);
    this.#templates.remove(name);
    this.#names.remove(name);
  }

  /**
   * Lets guests that may spawn start processes of `code` by `name`, each under
   * the capability of the guest: it is loaded when the first guest of that
   * capability asks.
   *
   * @param code A component, a core module, or a script; not to be changed any more.
   */
  registerUndeclared(
    name: string,
    code: string | Uint8Array<ArrayBuffer>,
    { entry = "run", ...options }: RegisterOptions & LoadOptions = {},
  ): void {
    this.#templates.remove(name);
    this.#names.leave(
      name,
      entry,
      (capability) =>
        typeof code === "string"
          ? this.load(name, code, capability, options)
          : this.loadModule(name, code, capability, options),
    );
  }

  /**
   * Gives a process that was just spawned a name. Who is sent something
   * afterwards finds it by that name, on any scheduler. From then on it is the
   * host's to give: no guest can register it, also when the process has ended,
   * until {@linkcode Engine.unregister}.
   *
   * @returns False when another has the name.
   */
  giveName(pid: Pid, name: string): boolean {
    return this.#switchboard.names.give(pid, name);
  }

  /**
   * Lets guests that may spawn start processes of code that they bring, by
   * `spawn-from` and the name of `template`, under its capability. It takes the
   * place of what had the name before.
   *
   * The code is in the source string, in the store, or fetched: a guest needs
   * what it would need to read it there. It is loaded once, however many
   * processes there are of it, and forgotten when nobody uses it for long.
   *
   * @throws {NotGrantable} The profile grants what this node may not do.
   * @throws {RangeError} A word of `template` is none, or only `"wasm"` has an entry.
   */
  async registerTemplate(template: Template): Promise<void> {
    await insistGrantable(template.capability);
    this.#templates.declare(template);
    this.#names.remove(template.name);
  }

  async #loadDynamic(
    { name, capability, ...options }: Template,
    code: DynamicCode,
  ): Promise<Component> {
    if (code.type === "script") {
      const log = (level: number, text: string) =>
        this.#options.observer?.logged?.(undefined, name, level, text);
      const image = await this.#baker.bake(name, code.bundle, capability, log);
      return await this.#loadImage(name, image, capability, options);
    }
    // What nobody may need again is not to stay in memory, nor on disk.
    const modules = new ModuleCache();
    const caches = { modules, components: new ComponentCache(modules) };
    const source = { name, bytes: code.bytes, capability, options };
    // Glue for preview 3 is no way for code that anybody brings: it is JavaScript.
    return isComponent(code.bytes)
      ? await this.#loadComponent(source, caches)
      : await this.#loadModule(source, caches);
  }

  /** The groups of the node, of guests and of processes of the main thread. */
  get tags(): Tags {
    return this.#switchboard.tags;
  }

  #ping(): void {
    for (const place of this.#places()) place.ping();
  }

  #places(): (Pool | Dedicated)[] {
    return [...this.#pools.values(), this.#dedicated];
  }

  /**
   * Evaluates a component and starts the schedulers for its processes.
   *
   * @param name For logs and messages.
   * @param bundle The component as one CommonJS script.
   * @throws {LoadFailed} The component threw while it was evaluated.
   * @throws {NotGrantable} The profile grants what this node may not do.
   * @throws {SchedulerFailed} A Worker could not be started, or the engine is closed.
   * @throws {RangeError} `options.isolation` is no word of {@linkcode Isolation}.
   */
  async load(
    name: string,
    bundle: string,
    capability: Capability,
    options: LoadOptions = {},
  ): Promise<Component> {
    checkIsolation(options);
    await insistGrantable(capability);
    const image = await this.#bake(name, bundle, capability);
    return await this.#loadImage(name, image, capability, options);
  }

  #loadImage(
    name: string,
    image: Image,
    ...[capability, options]: readonly [Capability, LoadOptions]
  ): Promise<Component> {
    const code = { type: "script", image } as const;
    const facts = { script: image.abilities };
    return this.#load(name, code, capability, options, facts);
  }

  /**
   * Makes a core module ready, and starts the schedulers for its processes. A
   * component is loaded as by {@linkcode Engine.loadComponent}.
   *
   * @param name For logs and messages.
   * @param bytes The module; not changed.
   * @throws {LoadFailed} It is invalid, or needs what no process of
   * `capability` gets.
   * @throws {NotGrantable} The profile grants what this node may not do.
   * @throws {SchedulerFailed} A Worker could not be started, or the engine is closed.
   * @throws {RangeError} `options.isolation` is no word of {@linkcode Isolation}.
   */
  async loadModule(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
    options: LoadOptions = {},
  ): Promise<Component> {
    checkIsolation(options);
    await insistGrantable(capability);
    return isComponent(bytes)
      ? await this.loadComponent(name, bytes, capability, options)
      : await this.#loadModule({ name, bytes, capability, options });
  }

  async #loadModule(
    { name, bytes, capability, options }: WasmSource,
    { modules }: Caches = this.#caches,
  ): Promise<Component> {
    const module = await modules.prepare(name, bytes, capability);
    const code = {
      ...{ type: "core", module } as const,
      ...{ ...this.#wasmCode(name), ...this.#dumpsOf(bytes) },
    };
    return await this.#load(name, code, capability, options);
  }

  /**
   * Makes a component of WASI preview 2 ready, and starts the schedulers for its
   * processes. Its processes begin with an exported function that takes nothing.
   *
   * One that needs preview 3 is run by glue that jco makes of it, if that is
   * installed: see {@linkcode EngineOptions.jcoDir}. Its processes are always
   * `"dedicated"`, since glue is JavaScript.
   *
   * @param name For logs and messages.
   * @param bytes The component; not changed.
   * @throws {LoadFailed} It is invalid, needs preview 3 when jco is not there
   * or refuses it, needs what no process of `capability` gets, or imports what is not there or has another type.
   * @throws {NotGrantable} The profile grants what this node may not do.
   * @throws {SchedulerFailed} A Worker could not be started, or the engine is closed.
   * @throws {RangeError} `options.isolation` is no word of {@linkcode Isolation}.
   */
  async loadComponent(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    capability: Capability,
    options: LoadOptions = {},
  ): Promise<Component> {
    checkIsolation(options);
    await insistGrantable(capability);
    const source = { name, bytes, capability, options };
    try {
      return await this.#loadComponent(source);
    } catch (failure) {
      // Not swallowed: the way there is then says itself what is amiss.
      const needs = needsPreview3(failure);
      if (needs === undefined) throw failure;
      const glue = await this.#glued.prepare(name, bytes, capability, needs);
      return await this.#loadGlue(name, glue, capability);
    }
  }

  async #loadComponent(
    { name, bytes, capability, options }: WasmSource,
    { components }: Caches = this.#caches,
  ): Promise<Component> {
    const component = await components.prepare(name, bytes, capability);
    const code = {
      ...{ type: "component", component } as const,
      ...this.#wasmCode(name),
    };
    const facts = { isHandler: isHandler(component.plan) };
    return await this.#load(name, code, capability, options, facts);
  }

  // Glue is JavaScript: whatever it does is done in the thread of one process.
  #loadGlue(
    name: string,
    glue: PreparedGlue,
    capability: Capability,
  ): Promise<Component> {
    const code = {
      ...{ type: "preview3", glue } as const,
      ...this.#wasmCode(name),
    };
    return this.#load(name, code, capability, { isolation: "dedicated" });
  }

  // A clock that is started behind close() would never end.
  #wasmCode(name: string) {
    this.#insistOpen();
    const { epochMs = EPOCH_MS } = this.#options;
    const tickMs = Math.max(1, epochMs / TICKS_PER_SLICE);
    this.#ticker ??= new Ticker(tickMs);
    return {
      ...{ name, epoch: this.#ticker.epoch.memory, ceilings: CEILINGS },
      ...{ tickMs, sliceTicks: Math.max(1, Math.round(epochMs / tickMs)) },
    };
  }

  // Shared, so that each scheduler has it without a copy of its own.
  #dumpsOf(bytes: Uint8Array): Pick<CoreCode, "dumps"> {
    const permits = this.#dumpPermits;
    if (permits === undefined) return {};
    const source = new Uint8Array(new SharedArrayBuffer(bytes.length));
    source.set(bytes);
    return { dumps: { permits, source } };
  }

  async #load(
    name: string,
    code: GuestCode,
    capability: Capability,
    { isolation }: LoadOptions,
    facts: Partial<Pick<Component, "isHandler" | "script">> = {},
  ): Promise<Component> {
    this.#insistOpen();
    const number = this.#loaded++;
    const place = isolation === "dedicated"
      ? this.#dedicated
      : this.#poolFor(capability);
    const named = { name, capability, isHandler: false, ...facts };
    const component: Loaded = { ...named, number, place, aliveCount: 0 };
    this.#components.set(number, component);
    place.load({ type: "load", component: number, code, capability });
    await this.#started(component);
    return component;
  }

  // Workers that were started behind close() would never end.
  #insistOpen(): void {
    if (this.#closing === undefined) return;
    throw new SchedulerFailed("Cannot load a component: the engine is closed");
  }

  async #started({ number, place }: Loaded): Promise<void> {
    try {
      await place.ready();
    } catch (failure) {
      // Not swallowed: the caller has no component then, so it is forgotten.
      this.#components.delete(number);
      throw failure;
    }
  }

  /**
   * Forgets a component, and all that is kept for processes of it, if none of
   * them lives. It cannot be spawned any more, nor by the name that it is
   * registered under.
   *
   * @returns Whether it is forgotten.
   */
  unload(component: Component): boolean {
    const { number, place, aliveCount } = component as Loaded;
    if (aliveCount > 0) return false;
    if (this.#components.delete(number)) place.unload(number);
    return true;
  }

  #bake(
    name: string,
    bundle: string,
    capability: Capability,
  ): Promise<Image> {
    const log = (level: number, text: string) =>
      this.#options.observer?.logged?.(undefined, name, level, text);
    return bakeOrFail(name, bundle, capability, log);
  }

  #poolFor(capability: Capability): Pool {
    const permissions = permissionsOf(capability);
    const key = JSON.stringify(permissions);
    let pool = this.#pools.get(key);
    if (pool === undefined || pool.isDead) {
      pool = this.#createPool(permissions);
      this.#pools.set(key, pool);
    }
    return pool;
  }

  #createPool(permissions: Deno.PermissionOptionsObject): Pool {
    const { schedulersPerPool } = this.#options;
    const count = schedulersPerPool ?? navigator.hardwareConcurrency;
    const schedulers = this.#indices.take(count);
    if (schedulers === undefined) {
      throw new SchedulerFailed(
        `Cannot have more than ${SCHEDULERS_MAX} schedulers on a node: have ${this.#indices.takenCount}, start ${count}`,
      );
    }
    const options = { ...this.#shared(), schedulers, permissions };
    return new Pool(options, this.#listener());
  }

  #shared(): Pick<PoolOptions, "runtime" | "switchboard" | "node"> {
    const { node = 0 } = this.#options;
    return { runtime: this.#runtime, switchboard: this.#switchboard, node };
  }

  #listener(): PoolListener {
    const { observer } = this.#options;
    // A component can be unloaded before the last that its processes logged is read.
    const nameOf = (component: number) =>
      this.#components.get(component)?.name ?? "unloaded";
    return {
      exited: (pid, component, reason, linkedTo) => {
        this.#ended(component);
        this.#spans.exited(pid, reason);
        this.#connections.forget(pid);
        observer?.exited?.(pid, nameOf(component), reason, linkedTo);
      },
      asked: (pid, component, ask, trace) => {
        const { capability } = this.#components.get(component)!;
        return answerInSpan(
          trace,
          ask,
          (trace) => this.#service.answer({ pid, capability, trace }, ask),
        );
      },
      logged: (pid, component, level, text) =>
        observer?.logged?.(pid, nameOf(component), level, text),
      dumped: (pid, component, dump) =>
        observer?.dumped?.(pid, nameOf(component), dump),
      refused: (pid) => observer?.refused?.(pid),
      lost: (scheduler, why) => observer?.schedulerLost?.(scheduler, why),
    };
  }

  #ended(component: number): void {
    const loaded = this.#components.get(component);
    if (loaded !== undefined) loaded.aliveCount--;
  }

  /**
   * Spawns a process of `component`, in an instance of its own.
   *
   * @param start How it begins, or only its `entry`.
   * @returns Its pid, to monitor, send to and exit as any other.
   * @throws {SystemLimit} The schedulers are full.
   */
  spawn(component: Component, start: string | Start): Pid<GuestMessage> {
    return this.#spawn(component, start);
  }

  /**
   * Spawns a process that `self` monitors before it gets its first turn, so that
   * the reason of its {@linkcode Down} is its own, however soon it ends.
   *
   * @param self A process of the main thread.
   * @param start How it begins, or only its `entry`.
   * @throws {SystemLimit} The schedulers are full; nothing is monitored then.
   *
   * @see Erlang `spawn_monitor/1`.
   */
  spawnMonitor(
    self: Pick<Context<Down>, "pid" | "monitor">,
    component: Component,
    start: string | Start,
  ): Monitored {
    let ref: MonitorRef | undefined;
    const pid = this.#spawn(component, start, (to) => ref = self.monitor(to));
    return { pid, ref: ref! };
  }

  /**
   * Spawns a process that is linked to `self` before it gets its first turn.
   *
   * @param self A process of the main thread.
   * @param start How it begins, or only its `entry`.
   * @throws {SystemLimit} The schedulers are full; nothing is linked then.
   *
   * @see Erlang `spawn_link/1`.
   */
  spawnLink(
    self: Pick<Context<unknown>, "link">,
    component: Component,
    start: string | Start,
  ): Pid<GuestMessage> {
    return this.#spawn(component, start, (to) => self.link(to));
  }

  #spawn(
    component: Component,
    start: string | Begin,
    tie?: Tie,
  ): Pid<GuestMessage> {
    const loaded = component as Loaded;
    const { name, number, place } = loaded;
    if (!this.#components.has(number)) {
      throw new RangeError(
        `Cannot spawn a process of a component that was unloaded: ${name}`,
      );
    }
    const begin: Begin = typeof start === "string" ? { entry: start } : start;
    const { connection, trace } = begin;
    const span = trace === undefined
      ? undefined
      : this.#spans.begin(name, trace);
    const pid = place.spawn(number, postedOf(begin, span?.traceParent), tie);
    if (span) this.#spans.spawned(pid, span);
    if (pid === undefined) throw new SystemLimit(name);
    if (connection !== undefined) this.#connections.add(pid, connection.sink);
    this.#spawned++;
    loaded.aliveCount++;
    this.#options.observer?.spawned?.(pid, component);
    return pid as Pid<GuestMessage>;
  }

  /**
   * Has a new process of `component` answer `request`, by its
   * `wasi:http/incoming-handler`.
   *
   * Both bodies are passed on as they come, no faster than they are taken. The
   * process may go on for `LINGER_MS` when its response is complete, or nobody
   * waits for it any more, and is then ended.
   *
   * @returns The response, as soon as its head is there. Its body fails when the
   * process ends in the middle.
   * @throws {HandlerFailed} There is none.
   * @throws {SystemLimit} The schedulers are full.
   * @throws {TypeError} The component is no handler.
   */
  handle(
    component: Component,
    request: HandledRequest,
    options: HandleOptions = {},
  ): Promise<Response> {
    if (!component.isHandler) {
      const message = `Cannot have it answer requests: ${component.name}`;
      return Promise.reject(new TypeError(message));
    }
    const { metadata, trace } = options;
    const startGuest: StartGuest = (self, request) => {
      // Which function that is, its scheduler knows.
      const start: Begin = { entry: "handle", request };
      const begin = metadata === undefined && trace === undefined
        ? start
        : { ...start, ...metadata && { metadata }, ...trace && { trace } };
      return { pid: this.#spawn(component, begin, (to) => self.monitor(to)) };
    };
    return callHandler(this.#runtime, startGuest, request, options);
  }

  /** What was counted. */
  info(): EngineInfo {
    let alive = 0;
    for (const place of this.#places()) alive += place.aliveCount;
    return { spawned: this.#spawned, alive };
  }

  /** The schedulers that run, by their indices. */
  schedulers(): readonly SchedulerInfo[] {
    return this.#places().flatMap((place) => [...place.schedulers()])
      .sort((left, right) => left.scheduler - right.scheduler);
  }

  /**
   * Ends all processes at once, and then the schedulers: a guest that runs is
   * stopped at its next check, and the thread with it. Idempotent.
   *
   * Deno cannot end the thread of a script that is inside one native step: it
   * ends with that step, or with the program by `Deno.exit`.
   *
   * @returns Resolves when the Workers are gone; after `CLOSE_MS_MAX` also when
   * one is not.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#ticker?.epoch.halt();
    this.#templates.close();
    this.#baker.close();
    const closings = this.#places().map((place) => place.close());
    this.#pools.clear();
    this.#switchboard.close();
    await Promise.all(closings);
    // Guests that spin stop when it ticks.
    this.#ticker?.close();
  }
}

function postedOf(
  begin: Begin,
  trace: TraceParent | undefined,
): PostedStart {
  const { connection } = begin;
  const rest: Omit<Begin, "connection"> = begin;
  // There is one for each request, and most of them need no copy.
  if (connection === undefined) {
    return trace === undefined ? rest : { ...rest, trace };
  }
  const posted = { ...rest, connection: connection.info };
  return trace === undefined ? posted : { ...posted, trace };
}

function dumpPermitsOf(
  { coreDumpsMax = 0 }: EngineOptions,
): SharedArrayBuffer | undefined {
  if (coreDumpsMax !== coreDumpsMax >> 0 || coreDumpsMax < 0) {
    throw new RangeError(
      `Cannot make a number of core dumps that is none from 0 to ${
        2 ** 31 - 1
      }: ${coreDumpsMax}`,
    );
  }
  return coreDumpsMax === 0 ? undefined : createPermits(coreDumpsMax);
}

function storeOf(
  { cacheDir, observer }: EngineOptions,
): ModuleStore | undefined {
  if (cacheDir === undefined) return undefined;
  return new ModuleStore({
    directory: cacheDir,
    debug: (text) => observer?.logged?.(undefined, "module cache", DEBUG, text),
  });
}
