/**
 * What the two halves of an exchange tell each other: that of the guest on its
 * scheduler, and that of whoever has the request on the main thread.
 *
 * @module
 */

import type { Pid } from "@rusm/otp";

/** A request without its body. It goes with the spawn of its process. */
export interface RequestStart {
  /** The half that has the request. */
  readonly caller: Pid<GuestFrame>;
  /** Such as `GET`. */
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  /** Its headers; see `header_text.ts`. */
  readonly headers: string;
  /** Whether there is a body to ask for. */
  readonly hasBody: boolean;
}

/** What every guest's half says. */
export type LineFrame =
  /** Send the next piece of the request's body to `inbox`. */
  | { readonly type: "want"; readonly inbox: Pid<CallerFrame> }
  /** The response goes on. */
  | { readonly type: "part"; readonly part: Part };

/** What the half of a handler of `wasi:http` says. */
export type GuestFrame =
  | LineFrame
  /** The response with all of its body. */
  | {
    readonly type: "whole";
    readonly status: number;
    readonly headers: string;
    readonly bytes: Uint8Array;
    /** Whether the process ends with it. */
    readonly isEnd: boolean;
  }
  /** The response begins, with the first part of its body. */
  | {
    readonly type: "head";
    readonly inbox: Pid<CallerFrame>;
    readonly status: number;
    readonly headers: string;
    readonly part: Part;
  }
  /** There will be no response, and why. */
  | { readonly type: "none"; readonly why: string };

/** What a script says, besides its `GuestReply`. */
export type ScriptFrame =
  | LineFrame
  /** Tell `inbox` when the client has gone. */
  | { readonly type: "watch"; readonly inbox: Pid<CallerFrame> }
  /**
   * The response begins; its body comes in parts, and `inbox` is told of them.
   * `head` is the JSON of a `ReplyHead`: the guest made it. `length` is how many
   * bytes the body has, when all of it is there; then the head says nothing of it.
   */
  | {
    readonly type: "begin";
    readonly inbox: Pid<CallerFrame>;
    readonly head: string;
    readonly length?: number;
  };

/**
 * A part of the response's body.
 *
 * | kind | |
 * | --- | --- |
 * | `piece` | to be answered by `taken` when the client has it |
 * | `nothing` | more will come |
 * | `last` | the body is complete |
 * | `cut` | the body is not complete, and will not be |
 */
export interface Part {
  /** What it is. */
  readonly kind: "piece" | "nothing" | "last" | "cut";
  /** Its bytes; none with `nothing` and `cut`. */
  readonly bytes: Uint8Array;
}

/** What the other half says. */
export type CallerFrame =
  /** A piece of the request's body. */
  | { readonly type: "piece"; readonly bytes: Uint8Array }
  /** It is at its end. */
  | { readonly type: "end" }
  /** There is no more of it: the client has gone, or sent too much. */
  | { readonly type: "broken"; readonly isTooLarge: boolean }
  /** The client has the piece of the response. */
  | { readonly type: "taken" }
  /** The client has gone. */
  | { readonly type: "gone" };

/** No bytes. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);
