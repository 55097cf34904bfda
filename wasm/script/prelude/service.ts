/**
 * Services: processes that do what others ask, one request after the other.
 *
 * @module
 */

import type { Exchange } from "./exchange.ts";
import type { Port } from "./port.ts";
import {
  callbackIn,
  readMessage,
  type ServiceRequest,
  writeCallback,
  writeErr,
  writeOk,
  writeValue,
} from "./wire.ts";

/** What a service does, by name. */
export type Operations = ReadonlyMap<string, Operation>;

/** One operation. A generator answers a stream. */
export type Operation = (...args: unknown[]) => unknown;

/** Takes the ends of processes that the service monitors. */
export type DownListener = (pid: string) => void;

/**
 * Serves until the process is ended by others.
 *
 * A request is done when its operation is: one that awaits keeps those behind it
 * waiting, as in a `gen_server`. What is no request is ignored, but that `downs` are
 * told of the ends of processes.
 */
export async function serve(
  operations: Operations,
  exchange: Exchange,
  port: Port,
  downs: DownListener,
): Promise<never> {
  for (;;) {
    const incoming = readMessage(port.text(await exchange.next()));
    if (incoming.type === "down") downs(incoming.pid);
    if (incoming.type === "request") {
      const answering = answer(operations, incoming, port);
      if (answering !== undefined) await answering;
    }
  }
}

// Undefined when it is answered already: most operations await nothing.
function answer(
  operations: Operations,
  request: ServiceRequest,
  port: Port,
): Promise<void> | undefined {
  if (request.isStream) return answerStream(operations, request, port);
  try {
    const value = perform(operations, request, port);
    if (isThenable(value)) return answerLater(request, value, port);
    reply(request, value, port);
  } catch (error) {
    // What an operation throws is its answer, and the service goes on.
    refuse(request, error, port);
  }
  return undefined;
}

function isThenable(value: unknown): boolean {
  return Object(value) === value && "then" in (value as object);
}

async function answerLater(
  request: ServiceRequest,
  value: unknown,
  port: Port,
): Promise<void> {
  try {
    reply(request, await value, port);
  } catch (error) {
    // As above.
    refuse(request, error, port);
  }
}

function reply(
  { op, ref, from }: ServiceRequest,
  value: unknown,
  port: Port,
): void {
  if (isIterator(value)) {
    throw new TypeError(`Cannot await what is to be iterated over: ${op}`);
  }
  if (ref !== undefined && from !== undefined) {
    port.send(from, writeOk(ref, value));
  }
}

function perform(
  operations: Operations,
  { op, args, from }: ServiceRequest,
  port: Port,
): unknown {
  const operation = operations.get(op);
  if (operation === undefined) throw new Error(`no such function: ${op}`);
  return operation(...args.map((arg) => {
    const id = callbackIn(arg);
    if (id === undefined || from === undefined) return arg;
    return (...args: unknown[]) => {
      port.send(from, writeCallback(id, args));
    };
  }));
}

function isIterator(value: unknown): boolean {
  return value instanceof Object && "next" in value && isIterable(value);
}

/** Values, one after the other. */
type Values = AsyncIterable<unknown> | Iterable<unknown>;

function isIterable(value: unknown): value is Values {
  return value instanceof Object &&
    (Symbol.asyncIterator in value || Symbol.iterator in value);
}

async function answerStream(
  operations: Operations,
  request: ServiceRequest,
  port: Port,
): Promise<void> {
  const { op, from } = request;
  if (from === undefined) return;
  // Also for what then fails: it is how a caller that knows no better is told.
  const stream = await port.open(from);
  try {
    if (stream === undefined) throw new Error("Cannot open a stream to you");
    const values = await perform(operations, request, port);
    if (!isIterable(values)) {
      throw new TypeError(`Cannot iterate over what is one value: ${op}`);
    }
    for await (const value of values) {
      // Leaving the loop ends a generator.
      if (!await stream.write(writeValue(value))) break;
    }
  } catch (error) {
    // The failure of an operation is its answer, and the service goes on.
    refuse(request, error, port);
  } finally {
    stream?.close();
  }
}

function refuse(
  { op, ref, from }: ServiceRequest,
  thrown: unknown,
  port: Port,
): void {
  const message = port.messageOf(thrown);
  if (ref !== undefined && from !== undefined) {
    port.send(from, writeErr(ref, message));
  } else port.warn(`Cannot do ${op}, which nobody waits for: ${message}`);
}
