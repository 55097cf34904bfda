/**
 * A node whose guests are native processes: an exchange knows its guest by its
 * pid alone.
 *
 * @module
 */

import { strictEqual } from "node:assert";
import { type Context, Pid, Runtime } from "@rusm/otp";
import {
  BUILT_IN_PROFILES,
  type Component,
  type GuestMessage,
  type GuestReply,
  type GuestRequest,
} from "@rusm/wasm";
import { Stopping } from "../stopping.ts";
import type { Node } from "../exchange.ts";
import type { Client } from "../exchange.ts";

/** What a guest does with its request. */
export type Guest = (
  self: Context<GuestMessage>,
  request: GuestRequest,
) => void | Promise<void>;

/** The component of every guest. */
export const COMPONENT: Component = {
  name: "api",
  capability: BUILT_IN_PROFILES.get("sandboxed")!,
  isHandler: false,
};

/** The same, of scripts: their bodies come in pieces. */
export const SCRIPT: Component = {
  ...COMPONENT,
  script: { answers: true, functions: [], runs: null },
};

/** A client that stays. */
export const STAYING: Client = { completed: Promise.resolve(), onEnd() {} };

/** A node whose guests all do the same. */
export class TestNode implements Node {
  readonly runtime: Runtime;
  /** Pids of the guests, in the order they were spawned. */
  readonly guests: Pid<GuestMessage>[] = [];
  /** What was logged, without the level. */
  readonly lines: string[] = [];
  readonly stopping: Stopping = new Stopping();
  readonly #guest: Guest;

  constructor(guest: Guest, runtime: Runtime = new Runtime()) {
    this.runtime = runtime;
    this.#guest = guest;
  }

  readonly engine: Node["engine"] = {
    spawnMonitor: (watcher, component, start) => {
      strictEqual(component.name, COMPONENT.name);
      const given = typeof start === "string" ? undefined : start.request;
      const { pid } = this.runtime.spawn<GuestMessage>(async (self) => {
        const request = given ?? await self.receive() as GuestRequest;
        await this.#guest(self, request);
      });
      this.guests.push(pid);
      return { pid, ref: watcher.monitor(pid) };
    },
    handle: () => {
      throw new TypeError("Cannot be one of wasi:http");
    },
  };

  readonly log: Node["log"] = {
    error: (text) => void this.lines.push(text),
  };

  /** Lets all others take a turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.runtime.host.macrotask(resolve));
  }
}

/** Answers `request` with `head`, and no body. */
export function reply(
  { runtime }: Context<GuestMessage>,
  { from }: GuestRequest,
  head = '{"status":200,"headers":[]}',
): void {
  const to: Pid<GuestReply> = Pid.fromBigInt(BigInt(from));
  runtime.send(to, { type: "reply", head, body: null });
}

/** Waits until someone ends the process. */
export async function waitForEver(self: Context<GuestMessage>): Promise<void> {
  await self.receive({ match: () => false });
}
