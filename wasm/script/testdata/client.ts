/**
 * Whoever has the request that a script answers, piece by piece.
 *
 * @module
 */

import { type Down, type Pid, type ProcessHandle, Runtime } from "@rusm/otp";
import type { CallerFrame, ScriptFrame } from "../../http/frames.ts";
import type { GuestMessage, GuestReply } from "../../message.ts";
import { type LocalComponent, requestFrom } from "../../testdata/local.ts";

/** What a client is told. */
export type Told = GuestReply | ScriptFrame | Down;

/** A client of one process. */
export class Client {
  /** The process that answers. */
  readonly guest: ProcessHandle<GuestMessage>;
  readonly #runtime: Runtime;
  readonly #self: ProcessHandle<Told>;
  readonly #told: Told[] = [];
  #waiting: (() => void) | undefined;
  #inbox: Pid<CallerFrame> | undefined;

  /** Asks a new process of `component`; with a body that comes in pieces if `isStreamed`. */
  constructor(component: LocalComponent, isStreamed = false, method = "POST") {
    this.#runtime = component.runtime;
    this.guest = component.spawn("handle");
    const { pid } = this.guest;
    this.#self = this.#runtime.spawn<Told>(async (self) => {
      self.monitor(pid);
      const { head, ...request } = requestFrom(self.pid as Pid<GuestReply>);
      this.#runtime.send(pid, {
        ...request,
        head: JSON.stringify({ ...JSON.parse(head), method }),
        ...isStreamed && { isStreamed },
      });
      for (;;) this.#take(await self.receive());
    });
  }

  #take(told: Told): void {
    if ("inbox" in told) this.#inbox = told.inbox;
    this.#told.push(told);
    this.#waiting?.();
  }

  /** How much was told and not taken by {@linkcode Client.next}. */
  get toldCount(): number {
    return this.#told.length;
  }

  /** What is told next. */
  async next(): Promise<Told> {
    while (this.#told.length === 0) {
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
    return this.#told.shift()!;
  }

  /** The same, shortly: a type, and the text of a part. */
  async word(): Promise<string> {
    const told = await this.next();
    if (told.type === "down") return `down ${JSON.stringify(told.reason)}`;
    if (told.type !== "part") return told.type;
    const { kind, bytes } = told.part;
    return bytes.length === 0
      ? kind
      : `${kind} ${new TextDecoder().decode(bytes)}`;
  }

  /** Tells the guest. */
  tell(frame: CallerFrame): void {
    this.#runtime.send(this.#inbox!, frame);
  }

  /** Lets others run, until nothing more is told. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < 20; turns++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Ends the client, and then the guest. */
  async close(): Promise<void> {
    this.#self.kill();
    this.guest.kill();
    await this.guest.join();
  }
}
