/**
 * Values as text, for logs: as `Deno.inspect` shows them. Differs: no columns,
 * and nothing that only the engine knows (the state of a promise, the entries
 * of a weak map, the target of a proxy).
 *
 * @module
 */

import {
  errorTitle,
  functionTitle,
  keyTitle,
  nameOf,
  quote,
  tagOf,
} from "./inspect_title.ts";
import { core } from "../linked.ts";

const { isPlatformObject } = core;

/** Levels of nesting that are shown. */
const DEPTH_MAX = 4;
/** Levels of nesting on one line. */
const LINE_DEPTH_MAX = 3;
/** Characters of an object on one line, with its indentation. */
const LINE_LENGTH_MAX = 71;
/** Entries of an array, a map or a set that are shown. */
const ENTRIES_MAX = 100;

interface Printer {
  /** The objects around the one that is shown, outermost first. */
  readonly path: object[];
  /** Objects that contain themselves, with the number that they are shown by. */
  readonly circular: Map<object, number>;
  /** Depth of the object that was shown last. */
  depth: number;
}

type Pair = [key: unknown, value: unknown];

/** An object before it is laid out. */
interface Parts {
  /** What stands before the bracket. */
  title: string;
  /** None: brackets are left out when there are no entries. */
  brackets: "[]" | "{}" | "none";
  /** What stands between the brackets. */
  entries: string[];
}

/**
 * Shows a value on as many lines as it takes. A proxy's traps may throw: then
 * so does this.
 */
export function inspect(value: unknown): string {
  return show(value, { path: [], circular: new Map(), depth: 0 });
}

function show(value: unknown, printer: Printer): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  return isObject(value) ? showObject(value, printer) : String(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "function" ||
    typeof value === "object" && value !== null;
}

function showObject(value: object, printer: Printer): string {
  const { path, circular } = printer;
  if (path.includes(value)) {
    if (!circular.has(value)) circular.set(value, circular.size + 1);
    return `[Circular *${circular.get(value)}]`;
  }
  if (path.length > DEPTH_MAX) return `[${nameOf(value)}]`;
  printer.depth = path.length;
  path.push(value);
  const parts = partsOf(value, printer);
  path.pop();
  const mark = circular.has(value) ? `<ref *${circular.get(value)}> ` : "";
  return mark + layOut(parts, printer);
}

/** On one line if that is short and flat enough. */
function layOut(parts: Parts, printer: Printer): string {
  const { title, brackets, entries } = parts;
  if (entries.length === 0 && brackets === "none") return title;
  const [open, close] = brackets === "[]" ? "[]" : "{}";
  const start = title === "" ? open : `${title} ${open}`;
  if (entries.length === 0) return `${start}${close}`;
  const depth = printer.path.length;
  const line = `${start} ${entries.join(", ")} ${close}`;
  const isShort = line.length + 2 * depth <= LINE_LENGTH_MAX;
  const isFlat = printer.depth - depth < LINE_DEPTH_MAX;
  if (isShort && isFlat && !line.includes("\n")) return line;
  const indent = indentOf(depth);
  return `${start}${indent}  ${entries.join(`,${indent}  `)}${indent}${close}`;
}

function indentOf(depth: number): string {
  return `\n${"  ".repeat(depth)}`;
}

function partsOf(value: object, printer: Printer): Parts {
  const title = atomTitle(value, printer);
  if (title !== undefined) {
    return { title, brackets: "none", entries: showProperties(value, printer) };
  }
  if (Array.isArray(value)) return arrayParts(value, printer);
  if (isPlatformObject(value)) return platformParts(value, printer);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const items = value as Uint8Array;
    const title = `${nameOf(value)}(${items.length})`;
    return { title, brackets: "[]", entries: showItems(items, printer) };
  }
  return objectParts(value, printer);
}

/** The title of what is more a value than a collection of properties. */
function atomTitle(value: object, printer: Printer): string | undefined {
  if (typeof value === "function") return functionTitle(value);
  if (value instanceof Error) {
    const indent = indentOf(printer.path.length - 1);
    return errorTitle(value).replaceAll("\n", indent);
  }
  if (value instanceof RegExp) return String(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (
    value instanceof Number || value instanceof Boolean ||
    value instanceof String
  ) return `[${nameOf(value)}: ${show(value.valueOf(), printer)}]`;
  return undefined;
}

function arrayParts(value: unknown[], printer: Printer): Parts {
  const name = nameOf(value);
  return {
    title: name === "Array" ? "" : `${name}(${value.length})`,
    brackets: "[]",
    entries: [...showItems(value, printer), ...showProperties(value, printer)],
  };
}

/** Private state is shown through the members that read it. */
function platformParts(value: object, printer: Printer): Parts {
  const title = nameOf(value);
  if (Symbol.iterator in value) {
    const pairs = attempt(() => [...value as Iterable<Pair>]) ?? [];
    return { title, brackets: "{}", entries: showPairs(pairs, printer) };
  }
  const entries: string[] = [];
  for (const key in value) {
    if (isHidden(key)) continue;
    const member = attempt(() => value[key as keyof object] as unknown);
    if (member !== undefined && typeof member !== "function") {
      entries.push(`${key}: ${show(member, printer)}`);
    }
  }
  return { title, brackets: "{}", entries };
}

// To show a body as a stream would make one of it, and the streams have their
// state in properties.
function isHidden(key: string): boolean {
  return key === "body" || key.startsWith("_");
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // An object that only inherits from a class of the platform has no state to
    // read.
    return undefined;
  }
}

function objectParts(value: object, printer: Printer): Parts {
  const name = nameOf(value);
  const properties = showProperties(value, printer);
  if (value instanceof Map) {
    const entries = [...showPairs([...value], printer), ...properties];
    return { title: `${name}(${value.size})`, brackets: "{}", entries };
  }
  if (value instanceof Set) {
    const entries = [...showItems([...value], printer), ...properties];
    return { title: `${name}(${value.size})`, brackets: "{}", entries };
  }
  const tag = tagOf(value);
  const title = tag !== "" && tag !== name ? `${name} [${tag}]` : name;
  return {
    title: title === "Object" ? "" : title,
    brackets: "{}",
    entries: properties,
  };
}

function showItems(items: ArrayLike<unknown>, printer: Printer): string[] {
  const shown: string[] = [];
  let index = 0;
  while (index < items.length && shown.length < ENTRIES_MAX) {
    const start = index;
    while (index < items.length && !(index in items)) index++;
    const count = index - start;
    if (count > 0) shown.push(`<${count} empty item${count > 1 ? "s" : ""}>`);
    else shown.push(show(items[index++], printer));
  }
  return [...shown, ...showRest(items.length - index)];
}

function showPairs(pairs: Pair[], printer: Printer): string[] {
  const shown = pairs.slice(0, ENTRIES_MAX).map(([key, value]) =>
    `${show(key, printer)} => ${show(value, printer)}`
  );
  return [...shown, ...showRest(pairs.length - shown.length)];
}

function showRest(count: number): string[] {
  return count > 0 ? [`... ${count} more item${count > 1 ? "s" : ""}`] : [];
}

function showProperties(value: object, printer: Printer): string[] {
  const isIndexed = Array.isArray(value) || value instanceof String;
  const shown = Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key) &&
    !(isIndexed && /^\d+$/.test(String(key)))
  ).map((key) => `${keyTitle(key)}: ${showMember(value, key, printer)}`);
  if (value instanceof Error) {
    for (const key of ["cause", "errors"]) {
      if (Object.hasOwn(value, key)) {
        shown.push(`[${key}]: ${showMember(value, key, printer)}`);
      }
    }
  }
  return shown;
}

/** Getters are named, not run. */
function showMember(
  value: object,
  key: string | symbol,
  printer: Printer,
): string {
  const { get, set, value: member } =
    Object.getOwnPropertyDescriptor(value, key) ?? {};
  if (get !== undefined) {
    return set === undefined ? "[Getter]" : "[Getter/Setter]";
  }
  return set === undefined ? show(member, printer) : "[Setter]";
}
