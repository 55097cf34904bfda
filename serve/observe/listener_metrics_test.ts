import { strictEqual } from "node:assert";
import { PROMETHEUS } from "./exposition.ts";
import type { ListenerMetrics } from "./listener_metrics.ts";
import { NodeMetrics } from "./node_metrics.ts";
import { type Parsed, parseExposition } from "./testdata/parse_exposition.ts";

const LISTENER = { listener: "127.0.0.1:8080", protocol: "http" };
const API = { ...LISTENER, component: "api" };

function metrics(): [ListenerMetrics, () => Parsed] {
  const node = new NodeMetrics(undefined);
  const runtime = {
    load: () => ({ runQueueLength: 0, reductions: 0, slices: 0, busyMs: 0 }),
    counters: () => ({ spawned: 0, exited: 0, refused: 0, dropped: 0 }),
  };
  const families = () => node.families({ runtime, schedulers: [] });
  return [
    node.listener(LISTENER.listener, LISTENER.protocol),
    () => parseExposition(PROMETHEUS.format(families()), false),
  ];
}

Deno.test("answered() counts by component and class of the status", () => {
  const [listener, read] = metrics();
  listener.answered("api", 200, 3);
  listener.answered("api", 204, 3);
  listener.answered("api", 599, 3);
  listener.answered(undefined, 404, 3);
  const { get } = read();
  const name = "rusm_http_requests_total";
  strictEqual(get(name, { ...API, status: "2xx" }), 2);
  strictEqual(get(name, { ...API, status: "5xx" }), 1);
  strictEqual(get(name, { ...LISTENER, status: "4xx" }), 1);
  const durations = "rusm_http_request_duration_seconds";
  strictEqual(get(`${durations}_count`, API), 3);
  strictEqual(get(`${durations}_bucket`, { ...API, le: "0.0025" }), 0);
  strictEqual(get(`${durations}_bucket`, { ...API, le: "0.005" }), 3);
});

Deno.test("sent() adds bytes up", () => {
  const [listener, read] = metrics();
  listener.sent("api", 5);
  listener.sent("api", 7);
  strictEqual(read().get("rusm_http_response_bytes_total", API), 12);
});

Deno.test("connected() and disconnected() count those that are open, and all", () => {
  const [listener, read] = metrics();
  listener.connected();
  listener.connected();
  listener.disconnected();
  strictEqual(read().get("rusm_connections", LISTENER), 1);
  strictEqual(read().get("rusm_connections_accepted_total", LISTENER), 2);
});

Deno.test("refused() counts by reason", () => {
  const [listener, read] = metrics();
  listener.refused("in_flight");
  listener.refused("in_flight");
  listener.refused("connections");
  const name = "rusm_refusals_total";
  strictEqual(read().get(name, { ...LISTENER, reason: "in_flight" }), 2);
  strictEqual(read().get(name, { ...LISTENER, reason: "connections" }), 1);
});

Deno.test("inFlight is told as it is", () => {
  const [listener, read] = metrics();
  listener.inFlight = 3;
  strictEqual(read().get("rusm_http_requests_in_flight", LISTENER), 3);
});

Deno.test("listener() counts on for an address that was there", () => {
  const node = new NodeMetrics(undefined);
  const first = node.listener("127.0.0.1:1", "http");
  strictEqual(node.listener("127.0.0.1:1", "http"), first);
  strictEqual(node.listener("127.0.0.1:1", "ws") === first, false);
});
