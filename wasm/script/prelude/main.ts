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
import { AbortController, AbortSignal } from "./abort.ts";
import { console } from "./console.ts";
import { TextDecoder, TextEncoder } from "./encoding.ts";
import { env } from "./env.ts";
import { Event, EventTarget } from "./event.ts";
import { fetch } from "./fetch.ts";
import { files } from "./files.ts";
import { component } from "./component.ts";
import { handle, run } from "./handler.ts";
import { Headers } from "./headers.ts";
import { settle } from "./operations.ts";
import { definePlatformClass, type PlatformClass } from "./platform.ts";
import { Crypto, random } from "./random.ts";
import { Request } from "./request.ts";
import { Response } from "./response.ts";
import { SDK } from "./sdk.ts";
import { Stream } from "./stream.ts";
import { structuredClone } from "./structured_clone.ts";
import { clearTimeout, fire, setInterval, setTimeout } from "./timers.ts";
import { URL } from "./url.ts";
import { URLSearchParams } from "./url_search_params.ts";

const CLASSES: Record<string, PlatformClass> = {
  AbortController,
  AbortSignal,
  Crypto,
  Event,
  EventTarget,
  Headers,
  Request,
  Response,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
};

const ENTRY: GuestEntry = {
  ...{ component, handle, run, settle, fire },
  guestModule: SDK,
};

const GLOBALS = {
  ...CLASSES,
  console,
  crypto: new Crypto(),
  fetch,
  files,
  ...SDK,
  process: { env },
  structuredClone,
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

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
  });
}
