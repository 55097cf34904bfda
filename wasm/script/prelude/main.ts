/**
 * The prelude: gives a bare QuickJS its Web APIs and `rusm`'s own, and leaves
 * the runner its entry points as `__rusm`.
 *
 * Evaluated once, before the component, when an image is baked. Everything a
 * guest can reach from here is safe to hand out: see `host.ts`.
 *
 * @module
 */

import type { GuestEntry } from "../ops.ts";
import { env } from "./env.ts";
import { CORE } from "./core.ts";
import { failProcess } from "./failure.ts";
import { files } from "./files.ts";
import { component } from "./component.ts";
import { handle, run } from "./handler.ts";
import { defineLibraries, library } from "./libraries.ts";
import { Navigator, navigator } from "./navigator.ts";
import { settle } from "./operations.ts";
import {
  definePlatformClass,
  demandArguments,
  type PlatformClass,
} from "./platform.ts";
import { Crypto, crypto, random } from "./random.ts";
import { SDK } from "./sdk.ts";
import { Stream } from "./stream.ts";
import { clearTimeout, fire, setInterval, setTimeout } from "./timers.ts";

const CLASSES: Record<string, PlatformClass> = {
  Crypto,
  Navigator,
};

const ENTRY: GuestEntry = {
  guestModule: SDK,
  preload: (name) => void library(name),
  component,
  handle,
  run,
  settle,
  fire,
};

/** @see HTML Standard, `reportError()`. Differs: ends the process. */
function reportError(error: unknown): void {
  demandArguments("reportError", 1, arguments.length);
  failProcess(error);
}

const GLOBALS = {
  ...CLASSES,
  crypto,
  files,
  ...SDK,
  navigator,
  process: { env },
  reportError,
  setTimeout,
  setInterval,
  clearTimeout,
  clearInterval: clearTimeout,
  __rusm: ENTRY,
};

for (const [name, constructor] of Object.entries({ ...CLASSES, Stream })) {
  definePlatformClass(name, constructor);
}
for (const [name, value] of Object.entries(GLOBALS)) {
  define(globalThis, name, value);
}
define(Math, "random", random);
defineLibraries(CORE);

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
  });
}
