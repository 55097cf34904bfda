/**
 * A scheduler: the entry of a Worker that runs Wasm processes.
 *
 * It holds a runtime of its own. The Worker's Deno permissions are those of
 * the one permission set that all its processes share.
 *
 * @module
 */

import { type ExitReason, type Pid, Runtime } from "@rusm/otp";
import { Guests } from "./guests.ts";
import {
  GUEST_MAILBOX_MAX,
  OWN_SERIAL_MIN,
  REDUCTIONS_PER_SLICE,
  SLICE_MS_MIN,
} from "./limits.ts";
import { LinkDesk } from "./link_desk.ts";
import { NameReplica } from "./name_replica.ts";
import { AwayLooks } from "./node/away_looks.ts";
import { AwayStreams } from "./node/away_streams.ts";
import { NodeLink } from "./node/node_link.ts";
import { joinNode } from "./node/scheduler_node.ts";
import { TagReplica } from "./node/tag_replica.ts";
import { beginTrace, endTrace } from "./trace/carried.ts";
import type { MakeLink } from "./wasi/files/new_link.ts";
import type { AwayFrame, Command, GuestLoad, Wiring } from "./wire.ts";
import { WaitingBytes, WaitingTotal } from "./waiting_bytes.ts";
import { WorkerEnd, type WorkerScope } from "./worker_end.ts";

type Spawn = Extract<Command, { type: "spawn" }>;

/** Runs the processes that the main thread asks for. */
class WorkerScheduler {
  readonly #end: WorkerEnd;
  readonly #runtime: Runtime;
  readonly #names: NameReplica;
  readonly #guests: Guests;
  readonly #link: NodeLink;
  readonly #tags: TagReplica;
  readonly #streams: AwayStreams;
  readonly #looks: AwayLooks;
  readonly #links = new LinkDesk((report) => this.#end.report(report));
  readonly #waiting = new WaitingTotal();
  // The component of each living process that the main thread has asked for, by
  // serial.
  readonly #components = new Map<number, number>();
  #isClosing = false;

  constructor(scope: WorkerScope, wiring: Wiring) {
    const { node, scheduler } = wiring;
    this.#runtime = new Runtime({
      ...{ node, scheduler },
      reductionsPerSlice: REDUCTIONS_PER_SLICE,
      sliceMsMin: SLICE_MS_MIN,
      firstSerial: OWN_SERIAL_MIN,
      observer: {
        exited: (pid, reason, _label, linkedTo) =>
          this.#exited(pid, reason, linkedTo),
      },
    });
    this.#names = new NameReplica(
      this.#runtime,
      scheduler,
      (report) => this.#end.report(report),
    );
    this.#guests = new Guests(this.#names, {
      hasMail: () => this.#hasMail(),
      takeMail: () => this.#end.takeNow(),
    });
    this.#link = new NodeLink((id, pid, ask, trace) => {
      const asked = { type: "ask", id, pid, ask } as const;
      return this.#end.ask(trace === undefined ? asked : { ...asked, trace });
    });
    this.#tags = new TagReplica(this.#runtime, scheduler, {
      joined: async (tag, pid) => {
        const answer = await this.#link.ask(pid, { type: "tag", tag });
        return "value" in answer && answer.value === true;
      },
      left: (tag, pid) => this.#end.report({ type: "untagged", tag, pid }),
    });
    const away = (to: number, frame: AwayFrame) => this.#end.away(to, frame);
    this.#streams = new AwayStreams(this.#runtime, scheduler, away);
    this.#looks = new AwayLooks(this.#runtime, scheduler, away);
    joinNode(this.#runtime, {
      ask: (asker, ask, trace) => this.#link.ask(asker, ask, trace),
      look: (look) => this.#looks.look(look),
      tags: this.#tags,
      streams: this.#streams,
    });
    this.#end = new WorkerEnd(scope, wiring, {
      runtime: this.#runtime,
      obey: (command) => this.#obey(command),
      heedNames: (tiding) => this.#names.heed(tiding),
      heedTags: (tiding) => this.#tags.heed(tiding),
      heedAway: (frame) =>
        frame.type === "stream"
          ? this.#streams.heed(frame)
          : this.#looks.heed(frame),
      left: (scheduler) => this.#left(scheduler),
      close: () => this.#close(),
    });
    this.#end.report({ type: "ready" });
  }

  // For another thread's guests, or for those who have had their share of a turn.
  #hasMail(): boolean {
    return this.#end.hasWork || this.#runtime.load().runQueueLength > 0;
  }

  #obey(command: Command): void {
    switch (command.type) {
      case "load": {
        const { component, code, capability } = command;
        return this.#guests.load(component, code, capability);
      }
      case "unload":
        return this.#guests.unload(command.component);
      case "spawn":
        return this.#spawn(command);
      case "linked":
        return this.#links.heed(command);
      case "ping":
        return this.#end.report({ type: "pong", load: this.#load() });
      case "answer":
        return this.#link.heed(command.id, command.answer);
    }
  }

  #load(): GuestLoad {
    const { runQueueLength } = this.#runtime.load();
    return {
      waitingCount: runQueueLength + this.#guests.waitingCount,
      heapBytes: Deno.memoryUsage().heapUsed,
    };
  }

  #left(scheduler: number): void {
    this.#tags.lost(scheduler);
    this.#streams.lost(scheduler);
    this.#looks.lost(scheduler);
  }

  #spawn({ pid, component, start, signals = [] }: Spawn): void {
    if (this.#isClosing) return;
    const log = (level: number, text: string) =>
      this.#end.report({ type: "log", pid, component, level, text });
    const dumped = (dump: Uint8Array<ArrayBuffer>) => {
      const { serial } = pid;
      this.#end.hand({ type: "dumped", serial, component, dump }, dump.buffer);
    };
    const makeLink: MakeLink = (link) => this.#links.ask(pid, component, link);
    const audience = { log, dumped, makeLink };
    const body = this.#guests.bodyOf(component, start, audience);
    const quota = new WaitingBytes(this.#waiting);
    const options = {
      ...{ pid, mailboxMax: GUEST_MAILBOX_MAX, quota },
      ...(start.label === undefined ? {} : { label: start.label }),
      metadata: start.metadata,
    };
    this.#components.set(pid.serial, component);
    if (start.trace !== undefined) beginTrace(pid, start.trace);
    this.#runtime.spawn(body, options);
    for (const signal of signals) this.#runtime.signal(signal);
  }

  #exited(pid: Pid, reason: ExitReason, linkedTo: Pid | undefined): void {
    const component = this.#components.get(pid.serial);
    if (component === undefined || this.#isClosing) return;
    this.#components.delete(pid.serial);
    endTrace(pid);
    const exited = { type: "exited", pid, component, reason } as const;
    this.#end.report(
      linkedTo === undefined ? exited : { ...exited, linkedTo },
    );
  }

  // 1. Whoever runs stops at its next check, and whoever waits never runs again;
  //    who traps exits is not asked.
  // 2. Who gave up its turn for this macrotask comes back for it in the next.
  // 3. So nobody is in Wasm when nobody has the turn then.
  async #close(): Promise<void> {
    this.#isClosing = true;
    for (const pid of this.#runtime.list()) {
      this.#runtime.exit(pid, "shutdown");
      this.#runtime.kill(pid);
    }
    const { host } = this.#runtime;
    await new Promise<void>((resolve) => host.macrotask(resolve));
    await this.#guests.idle();
  }
}

const scope = self as unknown as WorkerScope;
scope.onmessage = ({ data: wiring }) => {
  new WorkerScheduler(scope, wiring as Wiring);
};
