/**
 * A component that answers requests, on an engine.
 *
 * @module
 */

import { type ExitReason, type Pid, Runtime } from "@rusm/otp";
import { BUILT_IN_PROFILES, type Capability } from "../../capability.ts";
import { Engine } from "../../engine.ts";
import type { Component } from "../../engine_options.ts";
import type { HandleOptions } from "../calling.ts";

const HANDLER = new URL(
  "../../../tests/guests/built/handler.wasm",
  import.meta.url,
);

/** What it is asked for is in `tests/guests/c/handler.c`. */
export class Handler {
  /** Why its processes ended, the oldest first. */
  readonly ended: ExitReason[] = [];
  /** The types of all messages that processes of the main thread were sent, the oldest first. */
  readonly sent: string[] = [];
  readonly #engine: Engine;
  #component: Component | undefined;
  #onEnd: (() => void) | undefined;

  private constructor() {
    const sent = (_to: Pid, message: unknown) =>
      void this.sent.push((message as { type: string }).type);
    this.#engine = new Engine(new Runtime({ observer: { sent } }), {
      schedulersPerPool: 1,
      observer: {
        exited: (_pid, _name, reason) => {
          this.ended.push(reason);
          this.#onEnd?.();
        },
      },
    });
  }

  /** Loads it. */
  static async load(
    capability: Capability = BUILT_IN_PROFILES.get("sandboxed")!,
  ): Promise<Handler> {
    const handler = new Handler();
    const bytes = await Deno.readFile(HANDLER);
    handler.#component = await handler.#engine.loadComponent(
      "handler",
      bytes,
      capability,
    );
    return handler;
  }

  /** Asks it. */
  ask(
    path: string,
    init: RequestInit = {},
    options: HandleOptions = {},
  ): Promise<Response> {
    const request = new Request(`http://host.test${path}`, init);
    return this.#engine.handle(this.#component!, request, options);
  }

  /** Asks it for what came over a connection. */
  answer(request: Request, options: HandleOptions = {}): Promise<Response> {
    return this.#engine.handle(this.#component!, request, options);
  }

  /** Resolves when so many processes have ended. */
  async end(count: number): Promise<void> {
    while (this.ended.length < count) {
      await new Promise<void>((resolve) => this.#onEnd = resolve);
    }
  }

  /** Ends the engine. */
  close(): Promise<void> {
    return this.#engine.close();
  }
}

/** Runs `work` with a component that answers requests. */
export async function withHandler(
  work: (handler: Handler) => Promise<void>,
  capability?: Capability,
): Promise<void> {
  const handler = await Handler.load(capability);
  try {
    await work(handler);
  } finally {
    await handler.close();
  }
}
