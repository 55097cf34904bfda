/**
 * A scheduler: the entry of a Worker that runs Wasm processes.
 *
 * It holds a runtime of its own. The Worker's Deno permissions are those of
 * the one permission set that all its processes share.
 *
 * @module
 */

import { type Peer, type Pid, Runtime } from "@rusm/otp";
import { Channel, type Port } from "./channel.ts";
import { Guests, type Start } from "./guests.ts";
import {
  GUEST_MAILBOX_MAX,
  MAIN_SCHEDULER,
  REDUCTIONS_PER_SLICE,
  SCHEDULERS_MAX,
} from "./limits.ts";
import {
  type Command,
  frameOf,
  isSignal,
  pidOf,
  pidParts,
  type Report,
  signalOf,
} from "./wire.ts";

/** What the scope of a Worker offers, as far as it is used here. */
interface WorkerScope extends Port {
  onmessage: ((event: MessageEvent<Command[]>) => void) | null;
}

/** Runs the processes that the main thread asks for. */
class WorkerScheduler {
  readonly #channel: Channel<Report>;
  readonly #runtime: Runtime;
  readonly #guests = new Guests();

  constructor(channel: Channel<Report>, node: number, scheduler: number) {
    this.#channel = channel;
    this.#runtime = new Runtime({
      node,
      scheduler,
      reductionsPerSlice: REDUCTIONS_PER_SLICE,
    });
    this.#connect(scheduler);
    channel.send({ type: "ready" });
  }

  // The main thread is the way to all others: it alone has a channel to each.
  #connect(scheduler: number): void {
    const main: Peer = {
      send: (signal) => this.#channel.send(frameOf(signal)),
    };
    for (let index = MAIN_SCHEDULER; index < SCHEDULERS_MAX; index++) {
      if (index !== scheduler) this.#runtime.connect(index, main);
    }
  }

  obey(command: Command): void {
    if (isSignal(command)) {
      this.#runtime.signal(signalOf(command));
      return;
    }
    switch (command.type) {
      case "load": {
        const { component, code, capability } = command;
        return this.#guests.load(component, code, capability);
      }
      case "spawn":
        return this.#spawn(
          pidOf(command.pid),
          command.component,
          command.start,
        );
      case "ping":
        this.#channel.send({ type: "pong" });
        return;
      case "start":
        throw new TypeError("Cannot start a scheduler twice");
    }
  }

  #spawn(pid: Pid, component: number, start: Start): void {
    const parts = pidParts(pid);
    const log = (level: number, text: string) =>
      this.#channel.send({ type: "log", pid: parts, component, level, text });
    const body = this.#guests.bodyOf(component, start, log);
    const options = { pid, mailboxMax: GUEST_MAILBOX_MAX };
    this.#runtime.spawn(body, options).join().then((reason) =>
      this.#channel.send({ type: "exited", pid: parts, component, reason })
    );
  }
}

const scope = self as unknown as WorkerScope;
const channel = new Channel<Report>(scope, ({ type }) => {
  throw new TypeError(`Cannot copy a report to the main thread: ${type}`);
});
let scheduler: WorkerScheduler | undefined;

scope.onmessage = ({ data: commands }) => {
  for (const command of commands) {
    if (command.type === "start") {
      const { node, scheduler: index } = command;
      scheduler = new WorkerScheduler(channel, node, index);
    } else scheduler!.obey(command);
  }
};
