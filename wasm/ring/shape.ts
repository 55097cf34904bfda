/**
 * Shapes of records that cross again and again: a number stands for all of
 * their keys. Both ends are the same program, so it means the same to both.
 *
 * Any record of such keys in this order goes so, whoever made it, and arrives
 * as it would otherwise.
 *
 * @module
 */

/** What the values of a record are read from, in the order of its keys. */
export interface Values {
  /** Reads the next. */
  read(): unknown;
}

type ReadShape = (it: Values) => Record<string, unknown>;

// One literal each: what is put together key by key takes several times as long.
const SHAPES: readonly ReadShape[] = [
  // How a process begins.
  (it) => ({ entry: it.read(), request: it.read() }),
  (it) => ({ entry: it.read(), request: it.read(), metadata: it.read() }),
  (it) => ({ entry: it.read(), request: it.read(), trace: it.read() }),
  (it) => ({
    entry: it.read(),
    request: it.read(),
    metadata: it.read(),
    trace: it.read(),
  }),
  (it) => ({ entry: it.read(), connection: it.read() }),
  (it) => ({ entry: it.read(), connection: it.read(), metadata: it.read() }),
  (it) => ({ entry: it.read(), trace: it.read(), connection: it.read() }),
  (it) => ({
    entry: it.read(),
    trace: it.read(),
    connection: it.read(),
    metadata: it.read(),
  }),
  // What a process may know of its connection.
  (it) => ({
    method: it.read(),
    path: it.read(),
    query: it.read(),
    params: it.read(),
    headers: it.read(),
    remoteAddr: it.read(),
  }),
  (it) => ({
    method: it.read(),
    path: it.read(),
    query: it.read(),
    params: it.read(),
    headers: it.read(),
    remoteAddr: it.read(),
    subprotocol: it.read(),
  }),
  // A request.
  (it) => ({
    caller: it.read(),
    method: it.read(),
    url: it.read(),
    headers: it.read(),
    hasBody: it.read(),
  }),
  (it) => ({
    type: it.read(),
    from: it.read(),
    head: it.read(),
    body: it.read(),
  }),
  (it) => ({ type: it.read(), head: it.read(), body: it.read() }),
  // What the two halves of an exchange tell each other.
  (it) => ({ type: it.read() }),
  (it) => ({ type: it.read(), bytes: it.read() }),
  (it) => ({ type: it.read(), inbox: it.read() }),
  (it) => ({ type: it.read(), part: it.read() }),
  (it) => ({ kind: it.read(), bytes: it.read() }),
  (it) => ({
    type: it.read(),
    status: it.read(),
    headers: it.read(),
    bytes: it.read(),
    isEnd: it.read(),
  }),
  (it) => ({
    type: it.read(),
    inbox: it.read(),
    status: it.read(),
    headers: it.read(),
    part: it.read(),
  }),
  // Signals.
  (it) => ({
    type: it.read(),
    to: it.read(),
    watcher: it.read(),
    ref: it.read(),
  }),
  (it) => ({ type: it.read(), to: it.read(), ref: it.read() }),
  (it) => ({ type: it.read(), to: it.read(), from: it.read() }),
];

/** The keys of a shape. */
interface Known {
  readonly number: number;
  readonly keys: readonly string[];
}

// By their last key, by which most of them differ.
const KNOWN = new Map<string, Known[]>();

const NOTHING: Values = { read: () => undefined };

SHAPES.forEach((read, number) => {
  const keys = Object.keys(read(NOTHING));
  const last = keys.at(-1)!;
  KNOWN.set(last, [...KNOWN.get(last) ?? [], { number, keys }]);
});

/** The number of the shape that has `keys` in their order; -1 when there is none. */
export function shapeOf(keys: readonly string[]): number {
  const known = KNOWN.get(keys[keys.length - 1]!);
  if (known === undefined) return -1;
  for (const each of known) if (isSame(each.keys, keys)) return each.number;
  return -1;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** A record of the shape `number`. */
export function readShape(
  number: number,
  values: Values,
): Record<string, unknown> {
  return SHAPES[number]!(values);
}
