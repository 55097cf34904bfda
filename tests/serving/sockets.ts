/**
 * Apps that tests connect to by WebSockets.
 *
 * @module
 */

import { type Served, type ServeOptions, withApp } from "./served.ts";

/** A manifest of one listener whose connections are handled by `socket`. */
export function socketsManifest(keys = ""): string {
  return `
    [[serve]]
    protocol = "ws"
    listen = "127.0.0.1:0"
    component = "socket"
    ${keys}

    [components.socket]
  `;
}

/** Calls `test` with such an app. */
export function withSockets(
  keys: string,
  test: (served: Served) => Promise<void>,
  options: ServeOptions = {},
): Promise<void> {
  return withApp(socketsManifest(keys), test, options);
}
