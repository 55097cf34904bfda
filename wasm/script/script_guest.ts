/**
 * A script's process, as the functions of the host see it.
 *
 * @module
 */

import type { Context } from "@rusm/otp";
import type { Capability } from "../capability.ts";
import { GuestStates } from "../component/guest_states.ts";
import type { HostGuest, HostState } from "../component/host.ts";
import { claimName } from "../core/claim_name.ts";
import { type Command, NO_COMMAND } from "../core/command.ts";
import { addGuest, forgetGuest, type LocalGuest } from "../core/guests.ts";
import type { Log } from "../core/stdio.ts";
import { GuestStreams } from "../core/streams.ts";
import type { GuestMessage } from "../message.ts";
import type { NameService } from "../name_replica.ts";
import { Mail, type MailListener } from "./mail.ts";
import type { ScriptExchange } from "./script_exchange.ts";
import { ScriptStreams } from "./script_streams.ts";

/** What a guest is made with. */
export interface ScriptGuestParts {
  /** What it may do. */
  readonly capability: Capability;
  /** Takes what it logs; level is 0 error to 3 debug. */
  readonly log: Log;
  /** Makes what it was started with, when it first asks; nothing when absent. */
  readonly command?: (() => Command) | undefined;
  /** Who gives it names; its runtime when absent, which then must be the only one. */
  readonly names?: NameService | undefined;
}

/** A script's process, from its start to its end. */
export class ScriptGuest implements HostGuest, LocalGuest {
  readonly self: Context<GuestMessage>;
  /** Its mailbox. */
  readonly mail: Mail;
  /** The request that it answers, once it has one. */
  exchange: ScriptExchange | undefined;
  readonly #parts: ScriptGuestParts;
  readonly #states: GuestStates = new GuestStates(this);
  #command: Command | undefined;
  #streams: GuestStreams | undefined;
  #shared: ScriptStreams | undefined;

  /** Lets other guests find it until it is closed. */
  constructor(
    self: Context<GuestMessage>,
    parts: ScriptGuestParts,
    listener: MailListener,
  ) {
    this.self = self;
    this.#parts = parts;
    this.mail = new Mail(self, listener);
    addGuest(this);
  }

  get capability(): Capability {
    return this.#parts.capability;
  }

  get command(): Command {
    this.#command ??= this.#parts.command?.() ?? NO_COMMAND;
    return this.#command;
  }

  get log(): Log {
    return this.#parts.log;
  }

  get streams(): GuestStreams {
    this.#streams ??= new GuestStreams(this.self);
    return this.#streams;
  }

  /** Its streams, for jobs that use them at once. */
  get shared(): ScriptStreams {
    this.#shared ??= new ScriptStreams(this.streams);
    return this.#shared;
  }

  receive(
    timeoutMs: number | undefined,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    return this.mail.receive(timeoutMs);
  }

  register(name: string): boolean | Promise<boolean> {
    return claimName(this.#parts.names, this.self, name);
  }

  state<State>(key: HostState<State>): State {
    return this.#states.of(key);
  }

  /** Closes all that it holds: its process has ended. Idempotent. */
  close(): void {
    forgetGuest(this);
    this.#states.close();
    this.#streams?.closeAll();
    this.exchange?.close();
  }
}
