/**
 * Components that run in the test's own thread, without a Worker: the same
 * processes, and everything of them within reach.
 *
 * @module
 */

import {
  type Down,
  type ExitReason,
  Pid,
  type ProcessHandle,
  Runtime,
} from "@rusm/otp";

import { type Capability, defineProfile } from "../capability.ts";
import {
  GUEST_MAILBOX_MAX,
  REDUCTIONS_PER_SLICE,
  SLICE_MS_MIN,
} from "../limits.ts";
import type { GuestMessage, GuestReply, GuestRequest } from "../message.ts";
import { RunQueue } from "../run_queue.ts";
import { bake, type Image } from "../script/image.ts";
import { type Entry, ScriptProcess } from "../script/script_process.ts";
import type { Bridge, Vm } from "../script/vm.ts";
import { VmPool } from "../script/vm_pool.ts";

/** Little memory, and time enough on a busy machine. */
export const ROOMY: Capability = defineProfile("roomy", {
  cpuMsMax: 10_000,
  memoryMbMax: 8,
});

/** Few milliseconds, for who is meant to use them up. */
export const TIGHT: Capability = { ...ROOMY, cpuMsMax: 60 };

/** Answers nothing: the bridge of an instance that is only looked at. */
export const NOBODY: Bridge = {
  call(): never {
    throw new TypeError("Cannot call the host without a process");
  },
  interrupt: () => true,
};

/** A pool that tells when all its instances are back. */
class WatchedPool extends VmPool {
  /** Called with an instance before it is put back. */
  beforeGive: (vm: Vm) => void = () => {};
  #outCount = 0;
  #waiting: (() => void)[] = [];

  override take(bridge: Bridge): Vm {
    this.#outCount++;
    return super.take(bridge);
  }

  override give(vm: Vm): void {
    this.beforeGive(vm);
    super.give(vm);
    if (--this.#outCount > 0) return;
    this.#waiting.splice(0).forEach((resolve) => resolve());
  }

  /** Resolves when no process uses an instance. */
  allBack(): Promise<void> {
    if (this.#outCount === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** A component without schedulers. */
export class LocalComponent {
  /** What it and its processes have logged. */
  readonly logs: [level: number, text: string][] = [];
  /** Runs its processes. */
  readonly runtime: Runtime = new Runtime({
    reductionsPerSlice: REDUCTIONS_PER_SLICE,
    sliceMsMin: SLICE_MS_MIN,
  });
  /** Its instances. */
  readonly pool: WatchedPool;
  /** Its image. */
  readonly image: Image;
  readonly #capability: Capability;
  readonly #runQueue = new RunQueue();

  private constructor(
    image: Image,
    capability: Capability,
    logs: [level: number, text: string][],
  ) {
    this.image = image;
    this.logs = logs;
    this.pool = new WatchedPool(image);
    this.#capability = capability;
  }

  /** Evaluates a component. */
  static async bake(
    bundle: string,
    capability: Capability = ROOMY,
    name = "guest",
  ): Promise<LocalComponent> {
    const logs: [number, string][] = [];
    const log = (level: number, text: string) => void logs.push([level, text]);
    const image = await bake(name, bundle, capability, log);
    return new LocalComponent(image, capability, logs);
  }

  /** The texts of the logs. */
  get lines(): string[] {
    return this.logs.map(([, text]) => text);
  }

  /** Starts a process. */
  spawn(entry: Entry = "run"): ProcessHandle<GuestMessage> {
    const body = new ScriptProcess({
      image: this.image,
      pool: this.pool,
      capability: this.#capability,
      entry,
      runQueue: this.#runQueue,
      log: (level, text) => void this.logs.push([level, text]),
    });
    return this.runtime.spawn(body, { mailboxMax: GUEST_MAILBOX_MAX });
  }

  /** Runs a process to its end, and until its instance is back. */
  async run(entry: Entry = "run"): Promise<ExitReason> {
    const reason = await this.spawn(entry).join();
    await this.pool.allBack();
    return reason;
  }

  /** Sends a request to a new process: its reply, or why it ended without one. */
  async ask(body: Uint8Array | null = null): Promise<GuestReply | ExitReason> {
    const { runtime } = this;
    const { promise, resolve } = Promise.withResolvers<
      GuestReply | ExitReason
    >();
    const asker = runtime.spawn<GuestReply | Down>(async (self) => {
      const guest = this.spawn("handle").pid;
      self.monitor(guest);
      runtime.send(guest, requestFrom(self.pid, body));
      const answer = await self.receive();
      resolve(answer.type === "down" ? answer.reason : answer);
    });
    await asker.join();
    await this.pool.allBack();
    return await promise;
  }
}

/** A request for `/`, whose answer goes to `from`. */
export function requestFrom(
  from: Pid<GuestReply>,
  body: Uint8Array | null = null,
): GuestRequest {
  const head = {
    method: body === null ? "GET" : "POST",
    url: "http://app.test/",
    headers: [],
    params: [],
    action: null,
  };
  return {
    type: "request",
    from: from.toJSON(),
    head: JSON.stringify(head),
    body,
  };
}
