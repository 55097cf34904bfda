/**
 * What guests ask of their node, answered on the main thread.
 *
 * @module
 */

import type { ChildStarter, Metadata, Pid, Runtime } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import type { Templates } from "../dynamic/templates.ts";
import { SystemLimit } from "../errors.ts";
import type { TraceParent } from "../trace/telemetry.ts";
import {
  type Answer,
  type Ask,
  denialOf,
  type FrameAsk,
  type StoreAsk,
  type SuperviseAsk,
} from "./ask.ts";
import type { ComponentNames, Named } from "./component_names.ts";
import type { ConnectionSink } from "./connection.ts";
import { type GuestChild, superviseGuests } from "./guest_supervisor.ts";
import { ASK_MS_MAX, CHILDREN_MAX } from "./limits.ts";
import { lookAt } from "./look.ts";
import type { Store } from "./store.ts";
import type { TagBoard } from "./tag_board.ts";

/** A guest that asks. */
export interface Asker {
  /** Its process. */
  readonly pid: Pid;
  /** What it may do. */
  readonly capability: Capability;
  /** The span that it asks in; none when absent. */
  readonly trace?: TraceParent | undefined;
}

/** How a process begins that a guest asks for. */
export interface GuestStart {
  /** What it is called in lists and logs. */
  readonly label: string;
  /** That of the guest; see `Start.metadata`. */
  readonly metadata: Metadata | undefined;
  /** The span that it is spawned in; none when absent. */
  readonly trace?: TraceParent | undefined;
  /** It is linked to this one; to none when absent. */
  readonly supervisor?: ChildStarter;
}

/** What a service does its work with. */
export interface NodeParts<Component> {
  /** The runtime of the main thread. */
  readonly runtime: Runtime;
  /** What can be spawned by name. */
  readonly components: ComponentNames<Component>;
  /** What can be spawned with code from elsewhere; no name is that of a component, too. */
  readonly templates: Templates<Component>;
  /** The groups of the node. */
  readonly tags: TagBoard;
  /** Keeps values; none are kept when undefined. */
  readonly store: Store | undefined;
  /** Spawns a process. */
  spawn(named: Named<Component>, start: GuestStart): Pid;
  /** The processes on all other schedulers. */
  guests(): Iterable<Pid>;
  /** Where the frames of a process go, when it has a connection. */
  sinkOf(pid: Pid): ConnectionSink | undefined;
  /** Told why a component could not be loaded. */
  failed(component: string, why: string): void;
  /** How long an answer may take, in milliseconds; {@linkcode ASK_MS_MAX} when absent. */
  readonly askMsMax?: number;
}

/** What a guest is told that cannot be done; a guest takes it as a value. */
class Refused extends Error {}

/**
 * Does what guests ask for, of which their scheduler knows too little.
 *
 * What it waits for, a component that is loaded, the store, a client, may take
 * so long; then the guest is told so, and what comes of it
 * is not taken back.
 */
export class NodeService<Component> {
  readonly #parts: NodeParts<Component>;

  /** A service without guests. */
  constructor(parts: NodeParts<Component>) {
    this.#parts = parts;
  }

  /** Answers. Never throws, and never rejects. */
  answer(asker: Asker, ask: Ask): Answer | Promise<Answer> {
    const denial = denialOf(asker.capability, ask);
    if (denial !== undefined) return { error: denial };
    try {
      const value = this.#do(asker, ask);
      return value instanceof Promise ? this.#inTime(value) : { value };
    } catch (thrown) {
      // The guest asked for it, and is told.
      return { error: messageOf(thrown) };
    }
  }

  #inTime(value: Promise<unknown>): Promise<Answer> {
    const askMsMax = this.#parts.askMsMax ?? ASK_MS_MAX;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve({ error: `no answer within ${askMsMax} ms` });
      }, askMsMax);
      const settle = (answer: Answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      value.then(
        (value) => settle({ value }),
        (thrown) => settle({ error: messageOf(thrown) }),
      );
    });
  }

  #do(asker: Asker, ask: Ask): unknown {
    switch (ask.type) {
      case "spawn":
        return this.#spawn(asker, ask);
      case "spawnFrom":
        return this.#spawnFrom(asker, ask);
      case "supervise":
        return this.#supervise(asker, ask);
      case "list":
        return this.#list();
      case "info":
      case "isAlive":
      case "kill":
        return lookAt(this.#parts.runtime, ask);
      case "unregister":
        return this.#parts.runtime.unregister(ask.name);
      case "tag":
        return this.#parts.tags.note(ask.tag, asker.pid);
      case "kv":
        return this.#keep(ask);
      case "frame":
        return this.#send(asker, ask);
    }
  }

  #spawn(
    { capability, trace }: Asker,
    { component: name, metadata }: Extract<Ask, { type: "spawn" }>,
  ): bigint | Promise<bigint> {
    if (this.#parts.templates.has(name)) {
      throw new Refused(
        `\`${name}\` is a dynamic runner template — spawn it with spawn-from(component, source)`,
      );
    }
    const named = this.#find(name, capability);
    const start = { label: name, metadata, trace };
    return named instanceof Promise
      ? named.then((found) => this.#spawnNamed(found, start))
      : this.#spawnNamed(named, start);
  }

  #spawnNamed(named: Named<Component>, start: GuestStart): bigint {
    return this.#parts.spawn(named, start).toBigInt();
  }

  #find(
    name: string,
    capability: Capability,
  ): Named<Component> | Promise<Named<Component>> {
    const named = this.#parts.components.find(name, capability);
    if (named === undefined) throw new Refused(`unknown component \`${name}\``);
    if (!(named instanceof Promise)) return named;
    return named.catch((failure) => {
      // Whoever runs the node can do something about it; a guest cannot.
      this.#parts.failed(name, messageOf(failure));
      throw new Refused(`\`${name}\` has no prepared component`);
    });
  }

  #spawnFrom(
    { capability, trace }: Asker,
    { component: name, source, metadata }: Extract<Ask, { type: "spawnFrom" }>,
  ): Promise<bigint> {
    const { templates, components } = this.#parts;
    if (templates.has(name)) {
      return templates.spawn(
        name,
        source,
        capability,
        (named) => this.#spawnNamed(named, { label: name, metadata, trace }),
      );
    }
    throw new Refused(
      components.has(name)
        ? `\`${name}\` is not a dynamic template (use \`spawn\` for a fixed component)`
        : `unknown component \`${name}\``,
    );
  }

  async #supervise(
    { pid, capability }: Asker,
    ask: SuperviseAsk,
  ): Promise<bigint> {
    const { children, metadata } = ask;
    if (children.length > CHILDREN_MAX) {
      throw new Refused(
        `supervise denied: more than ${CHILDREN_MAX} children: ${children.length}`,
      );
    }
    const template = children.find((name) => this.#parts.templates.has(name));
    if (template !== undefined) {
      throw new Refused(
        `\`${template}\` is a dynamic template and can't be a supervised child`,
      );
    }
    const named = await Promise.all(
      children.map((name) => this.#find(name, capability)),
    );
    const specs = named.map((each, index): GuestChild => {
      const name = children[index]!;
      const spawn = (supervisor: ChildStarter) => {
        const now = this.#parts.components.find(name, capability);
        // The name may stand for newer code, when a child is started again.
        const current = now === undefined || now instanceof Promise
          ? each
          : now;
        // In no span: it can be started again long after who asked has ended.
        return this.#parts.spawn(current, {
          ...{ label: name, metadata, supervisor },
        });
      };
      return { name, spawn };
    });
    return superviseGuests(this.#parts.runtime, pid, specs, ask).toBigInt();
  }

  #list(): bigint[] {
    const { runtime } = this.#parts;
    const pids = [...runtime.list(), ...this.#parts.guests()];
    return pids.map((pid) => pid.toBigInt());
  }

  #keep(ask: StoreAsk): unknown {
    const { store } = this.#parts;
    if (store === undefined) {
      throw new Refused("kv unavailable: no store configured on this node");
    }
    switch (ask.op) {
      case "get": {
        // Most are answered in the turn that they come in.
        const seen = store.peek?.(ask.bucket, ask.key);
        return seen === undefined ? store.get(ask.bucket, ask.key) : seen.value;
      }
      case "set":
        return store.set(ask.bucket, ask.key, ask.value, ask);
      case "delete":
        return store.delete(ask.bucket, ask.key);
      case "exists":
        return store.exists(ask.bucket, ask.key);
      case "list":
        return keysIn(store, ask);
      case "compareAndSet":
        return store.compareAndSet(
          ...[ask.bucket, ask.key, ask.expected, ask.value] as const,
        );
      case "batch":
        return store.batch(ask.writes);
    }
  }

  #send({ pid }: Asker, ask: FrameAsk): unknown {
    const sink = this.#parts.sinkOf(pid);
    if (sink === undefined) return false;
    if ("text" in ask) return sink.sendText(ask.text);
    if ("bytes" in ask) return sink.sendBytes?.(ask.bytes) ?? false;
    if ("event" in ask) return sink.sendEvent(ask.event);
    return sink.close(ask.code, ask.reason);
  }
}

async function keysIn(
  store: Store,
  { bucket, prefix, after, limit }: Extract<StoreAsk, { op: "list" }>,
): Promise<string[]> {
  const listing = {
    ...(prefix === undefined ? {} : { prefix }),
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  };
  return [...await store.list(bucket, listing)];
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof SystemLimit) {
    return "spawn denied: no room on this node";
  }
  return thrown instanceof Error ? thrown.message : String(thrown);
}
