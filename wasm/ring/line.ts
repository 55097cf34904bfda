/**
 * The way to one other scheduler and back.
 *
 * @module
 */

import type { Peer, Pid, Signal } from "@rusm/otp";
import type { BellCell } from "./bell.ts";
import type { Exchange } from "./exchange.ts";
import {
  type Content,
  type Frame,
  FrameWriter,
  type Note,
  type POSTED,
} from "./frame.ts";
import { Inbox } from "./inbox.ts";
import { Outbox } from "./outbox.ts";

/** What can be taken from a line. */
export type Arrival = Exclude<Content, typeof POSTED>;

/** Who hears of what a line does. */
export interface LineListener {
  /** Whether its messages may share buffers: those of guests, which are copied into their memory. */
  readonly keepsBytes: boolean;
  /** Something has arrived. What it throws is the thread's to deal with. */
  arrived(content: Arrival): void;
  /** A message was refused, since it holds what cannot be copied. */
  refused(to: Pid): void;
  /** So much waits for the other end that it must be given up. Called once, in a turn of its own. */
  overrun(): void;
}

// One thread makes one frame at a time.
const frames = new FrameWriter();

/**
 * A {@linkcode Peer} over rings.
 *
 * Either direction is opened when it is first used. A message that cannot be
 * copied, or for which too much waits, is refused; no other signal ever is.
 */
export class Line implements Peer {
  readonly #exchange: Exchange;
  readonly #bell: BellCell;
  readonly #listener: LineListener;
  #inbox: Inbox | undefined;
  #outbox: Outbox | undefined;
  #open: (() => SharedArrayBuffer) | undefined;
  // Where the other end was when it was last looked at.
  #takenUpTo = 0;
  #sentUpTo = 0;

  /**
   * A line over which nothing has been sent.
   *
   * @param bell Of the other end.
   * @param open Makes the ring to send through, and makes it known to the other end.
   */
  constructor(
    exchange: Exchange,
    bell: BellCell,
    open: () => SharedArrayBuffer,
    listener: LineListener,
  ) {
    this.#exchange = exchange;
    this.#bell = bell;
    this.#open = open;
    this.#listener = listener;
  }

  /** Receives through `ring`, before all other lines when it `goesFirst`. */
  receive(ring: SharedArrayBuffer, goesFirst = false): void {
    const { arrived, keepsBytes } = this.#listener;
    this.#inbox = new Inbox(ring, this.#bell, arrived, keepsBytes);
    this.#exchange.receive(this.#inbox, goesFirst);
  }

  /** Takes what the other end has posted; see {@linkcode Line.post}. */
  takePosted(content: Arrival): void {
    this.#inbox?.post(content);
    this.#exchange.wake();
  }

  send(signal: Signal): boolean {
    const frame = this.#frameOf(signal);
    return frame !== undefined && this.#send(frame, signal.type === "message");
  }

  sendCopy(
    to: Pid<Uint8Array>,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    return this.#send(frames.bytes(to, bytes, start, end), true);
  }

  #frameOf(signal: Signal): Frame | undefined {
    try {
      return frames.signal(signal);
    } catch {
      // Copying reads a message's getters, so anything can be thrown here. All
      // of it is the message's fault, and `refused` tells.
      this.#listener.refused(signal.to);
      return undefined;
    }
  }

  /** Sends `note`. It is never refused. */
  tell(note: Note): void {
    this.#send(frames.note(note), false);
  }

  /** Sends `note`, unless too much waits before it: then it is dropped. */
  offer(note: Note): boolean {
    return this.#send(frames.note(note), true);
  }

  /** Keeps a place in the order for what the caller posts to the other end. */
  post(): void {
    this.#send(frames.posted(), false);
  }

  #send(frame: Frame, isRefusable: boolean): boolean {
    return (this.#outbox ??= this.#openOutbox())?.send(frame, isRefusable) ??
      false;
  }

  #openOutbox(): Outbox | undefined {
    const ring = this.#open?.();
    if (ring === undefined) return undefined;
    // The sender that finds out is inside a send, where nobody may be ended.
    const overrun = () => void setImmediate(this.#listener.overrun);
    const outbox = new Outbox(ring, this.#bell, overrun);
    this.#exchange.send(outbox);
    return outbox;
  }

  /**
   * Whether the other end has taken or sent anything, be it a piece of what is
   * large, since this was last asked.
   */
  hasMoved(): boolean {
    const takenUpTo = this.#outbox?.takenUpTo ?? 0;
    const sentUpTo = this.#inbox?.sentUpTo ?? 0;
    const hasMoved = takenUpTo !== this.#takenUpTo ||
      sentUpTo !== this.#sentUpTo;
    this.#takenUpTo = takenUpTo;
    this.#sentUpTo = sentUpTo;
    return hasMoved;
  }

  /** Takes what the other end has sent, and then neither sends nor takes any more. */
  finish(): void {
    this.#inbox?.drainAll();
    this.close();
  }

  /** Sends and takes no more. Idempotent. */
  close(): void {
    this.#open = undefined;
    this.#outbox?.close();
    this.#exchange.forget(this.#inbox, this.#outbox);
  }
}
