/**
 * Being told to stop.
 *
 * @module
 */

/** A signal that asks a process to stop. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Requests to stop, in the order in which they come. */
export interface StopRequests {
  /** Resolves with the next request, which may have come already. */
  next(): Promise<StopSignal>;
  /** Stops listening: then a signal does again what it does by default. */
  close(): void;
}

/**
 * A signal that comes this soon after the last request is the same request, in
 * milliseconds.
 *
 * One Ctrl-C arrives up to four times: the terminal tells every process, and
 * whoever started us (our parent, `deno task`, a service manager that signals
 * a whole group) may pass on what it was told.
 */
export const STOP_REPEAT_MS = 200;

/** As seldom as a timer can, in milliseconds. */
const KEEP_ALIVE_MS = 2 ** 31 - 1;

const NUMBERS: Readonly<Record<StopSignal, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGTERM: 15,
};

/** Exit code of a process that `signal` ended. */
export function exitCodeOf(signal: StopSignal): number {
  return 128 + NUMBERS[signal];
}

/** Starts to listen for the signals that ask this process to stop. */
export function listenForStop(): StopRequests {
  const requests = new StopQueue();
  const unlisten = onStopSignal((signal) => {
    requests.add(signal, performance.now());
  });
  // A listener alone does not keep a process alive.
  const timer = setInterval(() => {}, KEEP_ALIVE_MS);
  function close(): void {
    clearInterval(timer);
    unlisten();
  }
  return { next: () => requests.next(), close };
}

/** Tells requests from their repetitions, and keeps them until asked. */
export class StopQueue {
  #lastMs = -Infinity;
  readonly #ready: StopSignal[] = [];
  readonly #waiting: ((signal: StopSignal) => void)[] = [];

  /** Takes a signal that arrived at `nowMs`, of a clock that never goes back. */
  add(signal: StopSignal, nowMs: number): void {
    if (nowMs - this.#lastMs < STOP_REPEAT_MS) return;
    this.#lastMs = nowMs;
    const resolve = this.#waiting.shift();
    if (resolve === undefined) this.#ready.push(signal);
    else resolve(signal);
  }

  /** See {@linkcode StopRequests.next}. */
  next(): Promise<StopSignal> {
    const signal = this.#ready.shift();
    if (signal !== undefined) return Promise.resolve(signal);
    return new Promise((resolve) => void this.#waiting.push(resolve));
  }
}

/**
 * Calls `listener` at each stop signal, repetitions included.
 *
 * @returns A function that ends this.
 */
export function onStopSignal(
  listener: (signal: StopSignal) => void,
): () => void {
  const ignored = ignoredSignal();
  const heard = SIGNALS.map((signal) =>
    [signal, () => signal === ignored || listener(signal)] as const
  );
  for (const [signal, hear] of heard) Deno.addSignalListener(signal, hear);
  return () => {
    for (const [signal, hear] of heard) Deno.removeSignalListener(signal, hear);
  };
}

// Elsewhere Deno knows this one alone of the three.
const SIGNALS: readonly StopSignal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

let hangupsIgnored: boolean | undefined;

// What `nohup` has us ignore. Deno forgets it as soon as one signal, whichever,
// is listened for: so that is looked up first, once, and obeyed here.
function ignoredSignal(): StopSignal | undefined {
  hangupsIgnored ??= hasIgnoredHangup(readStatus());
  return hangupsIgnored ? "SIGHUP" : undefined;
}

function readStatus(): string {
  const path = "/proc/self/status";
  const query = { name: "read", path } as const;
  if (Deno.permissions.querySync(query).state !== "granted") return "";
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // No Linux, or no -A: then nothing is known to be ignored.
    return "";
  }
}

/** Whether the text of a `/proc/PID/status` says that SIGHUP is ignored. */
export function hasIgnoredHangup(status: string): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  // Bit n - 1 stands for signal n.
  return (BigInt(`0x${mask}`) & 1n) === 1n;
}
