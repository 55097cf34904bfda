/**
 * Libraries: parts of the prelude that are evaluated when they are needed.
 *
 * A library may be evaluated when guest code has already replaced what it
 * could. So it captures nothing of its own that leads to `__host`: it gets
 * that from here, by an argument of a plain call.
 *
 * @module
 */

import {
  LIBRARIES,
  type LibraryName,
  type LibraryScript,
  OPS,
} from "../ops.ts";
import type { EventsLibrary } from "./events/main.ts";
import type { FetchLibrary } from "./fetch/main.ts";
import type { FormsLibrary } from "./forms/main.ts";
import { callHost } from "./host.ts";
import type { HttpLibrary } from "./http/main.ts";
import type { InspectLibrary } from "./inspect/main.ts";
import type { StreamsLibrary } from "./streams/main.ts";
import type { SubtleLibrary } from "./subtle/main.ts";
import type { TextLibrary } from "./text/main.ts";
import type { UrlLibrary } from "./url/main.ts";

/** What the rest of the prelude uses of each library. */
export interface Libraries {
  /** Requests and responses. */
  http: HttpLibrary;
  /** Streams. */
  streams: StreamsLibrary;
  /** Blobs and forms. */
  forms: FormsLibrary;
  /** `crypto.subtle`. */
  subtle: SubtleLibrary;
  /** Events and signals. */
  events: EventsLibrary;
  /** `fetch`. */
  fetch: FetchLibrary;
  /** URLs and their parameters. */
  url: UrlLibrary;
  /** Encodings. */
  text: TextLibrary;
  /** `structuredClone`. */
  clone: Library;
  /** Values as text. */
  inspect: InspectLibrary;
}

/** What every library gives. */
export interface Library {
  /** Its globals, by name. */
  globals: Record<string, unknown>;
}

const { create, defineProperty, keys } = Object;
const loaded: Partial<Libraries> = create(null);
let core: object;

/**
 * Defines the globals of all libraries, each of which evaluates its library
 * when it is first read.
 *
 * @param shared What libraries get.
 */
export function defineLibraries(shared: object): void {
  core = shared;
  for (const library of keys(LIBRARIES) as LibraryName[]) {
    for (const name of LIBRARIES[library]) defineLazy(library, name);
  }
}

function defineLazy(name: LibraryName, global: string): void {
  defineProperty(globalThis, global, {
    get: () => library(name).globals[global],
    set: (value) => defineGlobal(global, value),
    configurable: true,
  });
}

function defineGlobal(name: string, value: unknown): void {
  const descriptor = create(null);
  descriptor.value = value;
  descriptor.writable = descriptor.configurable = true;
  defineProperty(globalThis, name, descriptor);
}

/** A library, evaluated now if it was not yet. */
export function library<Name extends LibraryName>(name: Name): Libraries[Name] {
  if (loaded[name] === undefined) load(name);
  return loaded[name]!;
}

/** A library that was evaluated: before, nothing of its classes can exist. */
export function loadedLibrary<Name extends LibraryName>(
  name: Name,
): Libraries[Name] | undefined {
  return loaded[name];
}

function load(name: LibraryName): void {
  const script = callHost(OPS.loadLibrary, name) as unknown as LibraryScript;
  script(core, (made) => loaded[name] = made as never);
  const { globals } = loaded[name] as Library;
  const names = keys(globals);
  for (let index = 0; index < names.length; index++) {
    defineLoaded(names[index]!, globals);
  }
}

// Not what the guest has put there in the meantime.
function defineLoaded(name: string, globals: Library["globals"]): void {
  const { get } = getOwnPropertyDescriptor(globalThis, name) ?? {};
  if (get !== undefined) defineGlobal(name, globals[name]);
}

const { getOwnPropertyDescriptor } = Object;
