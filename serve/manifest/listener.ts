/**
 * `[[serve]]` of the manifest: what the app listens on.
 *
 * @module
 */

import type { AuthenticationRules } from "../auth/authentication.ts";
import { AUTHENTICATION, authenticationRules } from "./authentication.ts";
import { type Address, formatAddress, parseAddress } from "./address.ts";
import type { Position } from "../errors.ts";
import { checkComponent, type Components } from "./component.ts";
import {
  BODY_BYTES_MAX,
  IN_FLIGHT_MAX,
  REQUEST_TIMEOUT_MS,
} from "../limits.ts";
import {
  ADMISSION,
  type Admission,
  readAdmission,
  timeout,
} from "./admission.ts";
import type { Content } from "../content/content.ts";
import { CONTENT, readContent } from "./content.ts";
import {
  EVENT_STREAM,
  type EventStreamRules,
  eventStreamRules,
} from "./event_stream.ts";
import {
  type Fields,
  integer,
  readTable,
  type Report,
  requireKeys,
  type Shape,
  table,
  text,
} from "./fields.ts";
import { readRoutes } from "./routes.ts";
import { suggest } from "./nearest.ts";
import type { RouteTable } from "../routes.ts";
import { readTls, type TlsSite } from "./tls.ts";
import type { TomlNode, TomlTable } from "./toml.ts";
import { WEBSOCKET, type WebSocketRules, webSocketRules } from "./websocket.ts";

/** One `[[serve]]` entry. */
export type Listener = HttpListener | WsListener | SseListener;

/** What all entries say. */
export interface AnyListener {
  /** Name or IP address to listen on; IPv6 without brackets. */
  readonly hostname: string;
  /** TCP port; 0 lets the system choose one. */
  readonly port: number;
  /** Who answers: one component, or the one that the route table says. */
  readonly target: string | RouteTable;
  /** Its certificates; `undefined` when it speaks without TLS. */
  readonly tls: TlsSite | undefined;
  /** Who may ask for anything; all may when absent. */
  readonly authentication?: AuthenticationRules;
  /** Where the manifest declares it. */
  readonly at: Position;
}

/** One that answers requests. */
export interface HttpListener extends AnyListener {
  /** What is spoken on it. */
  readonly protocol: "http";
  /** Time from a request's head to its response, in milliseconds; at least 1. */
  readonly requestTimeoutMs: number;
  /** Size of a request's body, in bytes. */
  readonly bodyBytesMax: number;
  /** Requests handled at the same time; at least 1. */
  readonly inFlightMax: number;
  /** Who is let in, and how long a connection may do nothing. */
  readonly admission: Admission;
  /** What it adds to responses. */
  readonly content: Content;
}

/** One that has a process for each WebSocket. */
export interface WsListener extends AnyListener, WebSocketRules {
  /** What is spoken on it. */
  readonly protocol: "ws";
}

/** One that has a process for each event stream. */
export interface SseListener extends AnyListener, EventStreamRules {
  /** What is spoken on it. */
  readonly protocol: "sse";
}

const NAME = "[[serve]]";

const HTTP = {
  "request_timeout_ms": timeout,
  "max_body_bytes": integer(0),
  "max_in_flight": integer(1),
  ...ADMISSION,
  ...CONTENT,
} satisfies Shape;

const LISTENER = {
  "protocol": readProtocol,
  "listen": readAddress,
  "component": text,
  "routes": table,
  "tls": table,
  ...AUTHENTICATION,
  ...WEBSOCKET,
  ...EVENT_STREAM,
  ...HTTP,
} satisfies Shape;

/**
 * Reads the listeners, in file order. One with a problem is left out, unless
 * the problem is in its routes.
 *
 * @param entries The tables of `[[serve]]`.
 */
export function readListeners(
  entries: readonly TomlTable[],
  components: Components,
  report: Report,
): readonly Listener[] {
  const addresses = new Set<string>();
  return entries.flatMap((entry) => {
    const fields = readTable(entry, NAME, LISTENER, report);
    requireKeys(entry, NAME, ["protocol", "listen"], report);
    reportDuplicate(fields, addresses, report);
    reportForeign(entry, fields, report);
    reportCodings(fields, report);
    const target = readTarget(entry, fields, components, report);
    const tls = fields.tls && readTls(fields.tls.value, report);
    const authenticated = authenticationRules(fields, report);
    const asked = target === undefined
      ? undefined
      : { target, ...authenticated };
    return toListener(entry, fields, asked, tls) ?? [];
  });
}

const PROTOCOLS = ["http", "ws", "sse"] as const;

const OWN = { "http": HTTP, "ws": WEBSOCKET, "sse": EVENT_STREAM } as const;

// A limit that is written down and does not hold would be a trap.
function reportForeign(
  { entries }: TomlTable,
  { protocol }: Fields<typeof LISTENER>,
  report: Report,
): void {
  if (protocol === undefined) return;
  const { value } = protocol;
  for (const [key, { keyAt }] of entries) {
    const owners = PROTOCOLS.filter((each) => Object.hasOwn(OWN[each], key));
    if (owners.length === 0 || owners.includes(value)) continue;
    const hint = `it is for protocol "${owners.join('" or "')}"`;
    report(keyAt, `Unknown key "${key}" for protocol "${value}"`, hint);
  }
}

// Others than those of HTTP have one way to compress.
function reportCodings(
  { protocol, compression }: Fields<typeof LISTENER>,
  report: Report,
): void {
  if (protocol === undefined || protocol.value === "http") return;
  if (typeof compression?.value !== "object") return;
  report(
    compression.at,
    `Wrong type for "compression" in ${NAME}`,
    `expected true or false for protocol "${protocol.value}", found an array`,
  );
}

function toListener(
  entry: TomlTable,
  fields: Fields<typeof LISTENER>,
  asked: Pick<AnyListener, "target" | "authentication"> | undefined,
  tls: TlsSite | undefined,
): Listener | undefined {
  const { protocol, listen } = fields;
  if (protocol === undefined || listen === undefined || asked === undefined) {
    return undefined;
  }
  const { at } = entry;
  const common = { ...listen.value, ...asked, tls, at };
  if (protocol.value === "ws") {
    return { protocol: "ws", ...common, ...webSocketRules(fields) };
  }
  if (protocol.value === "sse") {
    return { protocol: "sse", ...common, ...eventStreamRules(fields) };
  }
  return {
    ...{ protocol: protocol.value, ...common },
    requestTimeoutMs: fields.request_timeout_ms?.value ?? REQUEST_TIMEOUT_MS,
    bodyBytesMax: fields.max_body_bytes?.value ?? BODY_BYTES_MAX,
    inFlightMax: fields.max_in_flight?.value ?? IN_FLIGHT_MAX,
    admission: readAdmission(fields),
    content: readContent(fields),
  };
}

function readProtocol(
  node: TomlNode,
  label: string,
  report: Report,
): Listener["protocol"] | undefined {
  const protocol = text(node, label, report);
  if (protocol === undefined) return undefined;
  const known = PROTOCOLS.find((each) => each === protocol);
  if (known !== undefined) return known;
  report(
    node.at,
    `Unknown ${label}: ${JSON.stringify(protocol)}`,
    suggest(protocol, PROTOCOLS, "known protocols"),
  );
  return undefined;
}

/** Reads an address: `host:port`. */
export function readAddress(
  node: TomlNode,
  label: string,
  report: Report,
): Address | undefined {
  const typed = text(node, label, report);
  if (typed === undefined) return undefined;
  const address = parseAddress(typed);
  if (address !== undefined) return address;
  report(
    node.at,
    `Cannot read the address ${label}: ${JSON.stringify(typed)}`,
    `write "host:port", such as "127.0.0.1:8080" or "[::1]:8080"`,
  );
  return undefined;
}

// The system chooses a port for each 0, so those never meet.
function reportDuplicate(
  { listen }: Fields<typeof LISTENER>,
  addresses: Set<string>,
  report: Report,
): void {
  if (listen === undefined || listen.value.port === 0) return;
  const address = formatAddress(listen.value);
  if (addresses.has(address)) {
    const hint = `choose another port than ${listen.value.port}`;
    report(listen.at, `Cannot listen twice on ${address}`, hint);
  }
  addresses.add(address);
}

function readTarget(
  entry: TomlTable,
  { protocol, component, routes }: Fields<typeof LISTENER>,
  components: Components,
  report: Report,
): string | RouteTable | undefined {
  checkTarget(entry, report);
  if (routes !== undefined) {
    const hasActions = protocol === undefined || protocol.value === "http";
    return readRoutes(routes.value, components, report, hasActions);
  }
  if (component === undefined) return undefined;
  checkComponent(component.value, component.at, components, report);
  return component.value;
}

function checkTarget({ at, entries }: TomlTable, report: Report): void {
  const routes = entries.get("routes");
  if (entries.has("component") === (routes !== undefined)) {
    const [both, and] = routes ? ["Both", "and"] : ["Neither", "nor"];
    report(
      routes?.keyAt ?? at,
      `${both} "component" ${and} "routes" in ${NAME}`,
      "exactly one of the two says who answers",
    );
  }
}
