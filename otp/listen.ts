/**
 * Listeners: one process for each connection that is accepted.
 *
 * @module
 */

import {
  LISTEN_BACKOFF_MS,
  LISTEN_BACKOFF_MS_MAX,
  LISTEN_CONNECTIONS_MAX,
  LISTEN_FAILURES_MAX,
  LISTEN_SHUTDOWN_MS,
} from "./limits.ts";
import type { Context, ProcessBody, SpawnOptions } from "./context.ts";
import { processOf } from "./pid.ts";
import { crashOf, type ExitReason } from "./reason.ts";
import type { ProcessHandle } from "./runtime.ts";
import type { ExitMessage } from "./signal.ts";
import { checkChildSettings } from "./supervisor/child.ts";
import { spawnTied } from "./tied.ts";

/** What is accepted. */
export interface Connection {
  /** Closes it. What this throws is taken to mean that it was closed already. */
  close?(): void;
}

/**
 * Where connections come from, such as a `Deno.Listener`. One connection is
 * asked for at a time. When that fails, it is asked for again.
 */
export interface Listener<out Accepted extends Connection>
  extends AsyncIterable<Accepted> {
  /** Ends the iteration. What this throws is taken to mean that it was closed already. */
  close(): void;
}

/** How {@linkcode listen} treats connections. */
export interface ListenOptions {
  /** Connections at a time, 1 or more; 10,000 when absent. No more are accepted until one ends. */
  readonly connectionsMax?: number;
  /** Failures to accept, in a row, that are borne, 0 or more; 15 when absent. */
  readonly failuresMax?: number;
  /** Milliseconds that connections have to end when the listener is asked to exit; 5,000 when absent. */
  readonly shutdownMs?: number;
  /** How their processes are spawned. */
  readonly spawn?: Omit<SpawnOptions, "pid">;
}

/** What the process of a connection does with it. */
export type ConnectionHandler<Message, Accepted> = (
  self: Context<Message>,
  connection: Accepted,
) => unknown;

/**
 * The body of a listener, for {@linkcode Runtime.spawn} or the `start` of a
 * child, which makes a new `listener` each time.
 *
 * It accepts connections, and spawns a process for each that runs `handler`.
 * When that process ends, whatever the reason, the connection is closed, and
 * nobody else is the worse for it. The listener is its
 * {@linkcode Context.parent}, and takes it along when it is killed.
 *
 * The process of the listener closes `listener` and exits:
 *
 * - with the reason it is given, when its parent or nobody in particular
 *   (`runtime.exit(pid, reason)`) asks it to exit, or its parent ends. First it
 *   waits until the connections have ended, for `shutdownMs`, and kills those
 *   that are left. Those that trap exits are sent `"shutdown"`; the others do not
 *   hear of it, since it would end them;
 * - with `"normal"`, when `listener` ends. First all connections end;
 * - with what was thrown, when accepting failed more than `failuresMax` times in
 *   a row, or `listener` ended after it failed. It waits a little longer after each
 *   failure, and for connections as when it is asked to exit.
 *
 * All other exit signals and messages are ignored. A supervisor that gives it no
 * more than `shutdownMs` to end kills it, and the connections with it.
 *
 * @param listener Taken: it is closed with the process.
 * @param handler Called once for each connection, in its process. It may close
 * the connection itself.
 * @throws {RangeError} A number is out of its range.
 *
 * @see RUSM `listen()`. Differs: connections do not outlive their listener.
 *
 * @example An echo on a socket
 * ```ts
 * import { listen, Runtime } from "@rusm/otp";
 * import { strictEqual } from "node:assert";
 *
 * const runtime = new Runtime();
 * const socket = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const listener = runtime.spawn(listen(socket, async (_self, connection) => {
 *   await connection.readable.pipeTo(connection.writable);
 * }));
 *
 * const { port } = socket.addr;
 * const connection = await Deno.connect({ hostname: "127.0.0.1", port });
 * await connection.write(new TextEncoder().encode("ping"));
 * await connection.closeWrite();
 * strictEqual(await new Response(connection.readable).text(), "ping");
 * runtime.exit(listener.pid, "shutdown");
 * strictEqual(await listener.join(), "shutdown");
 * ```
 */
export function listen<Accepted extends Connection, Message = never>(
  listener: Listener<Accepted>,
  handler: ConnectionHandler<Message, Accepted>,
  options: ListenOptions = {},
): ProcessBody<ExitMessage> {
  const plan = planOf(options);
  const listening = new Listening({ listener, handler, plan });
  return {
    start: (self) => listening.run(self),
    stop: () => listening.close(),
  };
}

type Plan = Required<ListenOptions>;

function planOf(options: ListenOptions): Plan {
  const { connectionsMax = LISTEN_CONNECTIONS_MAX, spawn = {} } = options;
  const { failuresMax = LISTEN_FAILURES_MAX } = options;
  const { shutdownMs = LISTEN_SHUTDOWN_MS } = options;
  checkChildSettings({ shutdown: { timeoutMs: shutdownMs }, spawn });
  if (!(connectionsMax >= 1)) {
    throw new RangeError(`Cannot listen for no connection: ${connectionsMax}`);
  }
  if (!(failuresMax >= 0)) {
    throw new RangeError(`Cannot bear fewer than 0 failures: ${failuresMax}`);
  }
  return { connectionsMax, failuresMax, shutdownMs, spawn };
}

interface Parts<Accepted extends Connection, Message> {
  readonly listener: Listener<Accepted>;
  readonly handler: ConnectionHandler<Message, Accepted>;
  readonly plan: Plan;
}

/** What came of accepting. */
type Accepting<Accepted> =
  | { readonly type: "accepted"; readonly connection: Accepted }
  | { readonly type: "ended" }
  | { readonly type: "failed"; readonly reason: ExitReason };

type Self = Context<ExitMessage>;

/** One listener. */
class Listening<Accepted extends Connection, Message> {
  readonly #parts: Parts<Accepted, Message>;
  readonly #accepting: AsyncIterator<Accepted>;
  readonly #connections = new Set<ProcessHandle<Message>>();
  #isOpen = true;
  // Ends the one wait, whatever it is for.
  #wake: () => void = () => {};

  constructor(parts: Parts<Accepted, Message>) {
    this.#parts = parts;
    this.#accepting = parts.listener[Symbol.asyncIterator]();
  }

  /** Listens until the process exits. */
  async run(self: Self): Promise<never> {
    try {
      self.trapExits(true);
      const asked = untilAsked(self);
      const reason = await Promise.race([asked, this.#acceptAll(self)]);
      this.close();
      await this.#drain(self);
      return self.exit(reason);
    } finally {
      this.close();
    }
  }

  /** Accepts nothing more. Idempotent. */
  close(): void {
    this.#wake();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeQuietly(this.#parts.listener);
  }

  // Returns what the process is to exit with.
  async #acceptAll(self: Self): Promise<ExitReason> {
    const { connectionsMax, failuresMax } = this.#parts.plan;
    let reason: ExitReason = "normal";
    for (let failures = 0; this.#isOpen;) {
      const accepted = await this.#accept();
      if (accepted.type === "ended") break;
      if (accepted.type === "accepted") {
        failures = 0;
        reason = "normal";
        this.#serve(self, accepted.connection);
        await this.#untilFewer(self, connectionsMax);
      } else {
        reason = accepted.reason;
        if (++failures > failuresMax) break;
        await this.#wait(self, backoffMs(failures));
      }
    }
    if (reason === "normal") await this.#untilFewer(self, 1);
    return reason;
  }

  async #accept(): Promise<Accepting<Accepted>> {
    try {
      const { done, value } = await this.#accepting.next();
      if (done) return { type: "ended" };
      return { type: "accepted", connection: value };
    } catch (error) {
      // Some fail because they are closed.
      if (!this.#isOpen) return { type: "ended" };
      // It can pass, as when the machine is short of file descriptors.
      return { type: "failed", reason: crashOf(error) };
    }
  }

  #serve(self: Self, connection: Accepted): void {
    // It came while the listener was closed.
    if (!this.#isOpen) return closeQuietly(connection);
    const { handler, plan } = this.#parts;
    const start = (own: Context<Message>) => handler(own, connection);
    const { runtime, pid } = self;
    const tied = spawnTied<Message>(runtime, pid, { start }, plan.spawn);
    this.#connections.add(tied.handle);
    processOf(tied.handle.pid)!.onExit(() => closeQuietly(connection));
    tied.onExit(() => {
      this.#connections.delete(tied.handle);
      this.#wake();
    });
  }

  async #untilFewer(self: Self, connectionsMax: number): Promise<void> {
    while (this.#isOpen && this.#connections.size >= connectionsMax) {
      await this.#wait(self);
    }
  }

  async #drain(self: Self): Promise<void> {
    const { runtime, pid: from } = self;
    for (const { pid } of this.#connections) {
      const { isTrappingExits } = processOf(pid)!;
      if (isTrappingExits) runtime.exit(pid, "shutdown", from);
    }
    let leftMs = this.#parts.plan.shutdownMs;
    const endMs = runtime.host.now() + leftMs;
    while (this.#connections.size > 0 && leftMs > 0) {
      await this.#wait(self, leftMs);
      leftMs = endMs - runtime.host.now();
    }
    for (const connection of [...this.#connections]) connection.kill();
  }

  // One wait at a time: accepting has ended before draining begins, since what
  // closes the listener ends its wait.
  #wait(self: Self, timeoutMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const disarm = timeoutMs === undefined
        ? undefined
        : self.runtime.host.timer(timeoutMs, resolve);
      this.#wake = () => {
        disarm?.();
        resolve();
      };
    });
  }
}

// By pid anybody can send anything, whatever the types say.
async function untilAsked(self: Self): Promise<ExitReason> {
  for (;;) {
    const message: ExitMessage | null | undefined = await self.receive();
    if (message?.type !== "exit") continue;
    const { from, reason } = message;
    if (from === undefined || self.parent?.equals(from)) return reason;
  }
}

function backoffMs(failures: number): number {
  const doubledMs = LISTEN_BACKOFF_MS * 2 ** (failures - 1);
  return Math.min(doubledMs, LISTEN_BACKOFF_MS_MAX);
}

function closeQuietly(connection: Connection): void {
  try {
    connection.close?.();
  } catch {
    // Whoever used it may have closed it already, and Deno throws then.
  }
}
