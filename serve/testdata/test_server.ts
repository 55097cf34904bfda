/**
 * A listener on a test's clock, whose components are native.
 *
 * @module
 */

import { Runtime } from "@rusm/otp";
import { type HttpServer, listenHttp } from "../http.ts";
import { FloodGuard } from "../listen/flood_guard.ts";
import { createLog } from "../log.ts";
import type { HttpListener } from "../manifest.ts";
import { readContent } from "../manifest/content.ts";
import { type Admission, readAdmission } from "../manifest/admission.ts";
import { TestClock } from "./test_clock.ts";
import { COMPONENT, type Guest, reply, TestNode } from "./test_node.ts";

/** What a test changes of a listener. */
export interface Changes extends Partial<Omit<HttpListener, "admission">> {
  /** Of who is let in. */
  readonly admission?: Partial<Admission>;
}

/** A listener that runs. */
export interface TestServer {
  readonly server: HttpServer;
  readonly url: string;
  readonly clock: TestClock;
  readonly node: TestNode;
  /** What it logged, without time. */
  readonly lines: string[];
}

/** Listens on a free port, with a guard on the test's clock. */
export function serve(guest: Guest = reply, changes: Changes = {}): TestServer {
  const clock = new TestClock();
  const node = new TestNode(guest, new Runtime({ host: clock }));
  const lines: string[] = [];
  const { admission, ...rest } = changes;
  const log = createLog({
    level: "info",
    sink: (text) => lines.push(text.slice("00:00:00 rusm ".length)),
    now: () => 0,
  });
  const server = listenHttp({
    ...{ node, log, guard: new FloodGuard({ host: clock, log }) },
    directory: Deno.cwd(),
    components: new Map([["api", COMPONENT]]),
    listener: {
      ...{ protocol: "http", hostname: "127.0.0.1", port: 0, target: "api" },
      ...{ requestTimeoutMs: 60_000, bodyBytesMax: 1_000, inFlightMax: 100 },
      ...{ tls: undefined, content: readContent({}), at: { line: 1, column: 1 }, ...rest },
      admission: { ...readAdmission({}), ...admission },
    },
  });
  return { server, url: server.url, clock, node, lines };
}
