/**
 * `rusm load`, as the table of commands has it.
 *
 * @module
 */

import type { Command } from "../command.ts";

/** The command. */
export const LOAD: Command = {
  name: "load",
  operands: [
    { name: "kind", isOptional: false },
    { name: "url", isOptional: false },
  ],
  summary: "Load a server, and measure how it does",
  details: [
    "  rusm load http <url>   requests\n" +
    "  rusm load ws <url>     messages over WebSockets, each answered by the next\n" +
    "                         message that comes\n" +
    "  rusm load sse <url>    event streams that are followed\n" +
    "  rusm load conn <url>   connections: of tcp: and tls: bare, of http: with an\n" +
    "                         answer, of ws: agreed on",
    "Without --rate it is a closed loop: a connection sends its next request when\n" +
    "the last is answered. With it, an open loop: requests are due so many a second,\n" +
    "whatever the server does, and what a request waits for a connection counts.",
    "--stage changes the rate, or without --rate the connections, evenly over TIME\n" +
    "to N. The run is as long as all stages. TIME is 500ms, 10s, 5m, or seconds.",
    "FIGURE of a threshold is pN, mean or max of the latency, the same of gap- for\n" +
    "event streams, errors, rate or good: 'p99<50ms', 'errors<1%', 'rate>=1000'.",
    "Exit codes: 0; 1 when a threshold was missed, or nothing was answered; 2 when\n" +
    "the command line is wrong; 128 + n when signal n ended it, after what was\n" +
    "measured is printed.",
  ],
  options: [
    {
      name: "connections",
      short: "c",
      value: "N",
      summary: "At the same time; 64 by default",
    },
    { name: "duration", short: "d", value: "TIME", summary: "10s by default" },
    {
      name: "requests",
      short: "n",
      value: "N",
      summary: "End after so many, instead",
    },
    {
      name: "rate",
      short: "r",
      value: "N",
      summary: "So many a second, of all connections together",
    },
    {
      name: "stage",
      value: "TIME:N",
      repeats: true,
      summary: "Go to N within TIME",
    },
    {
      name: "warmup",
      value: "TIME",
      summary: "So long before anything is counted",
    },
    {
      name: "timeout",
      value: "TIME",
      summary: "For one answer; 10s by default",
    },
    { name: "method", short: "X", value: "NAME", summary: "GET by default" },
    {
      name: "header",
      short: "H",
      value: "NAME:VALUE",
      repeats: true,
      summary: "Send it with each request",
    },
    {
      name: "body",
      value: "TEXT|@FILE",
      summary: "Of each request, or the message of ws",
    },
    {
      name: "size",
      value: "BYTES",
      summary: "Of a message of ws; 64 by default",
    },
    { name: "binary", summary: "Send messages of bytes" },
    {
      name: "status",
      value: "N",
      repeats: true,
      summary: "Good is this status; else any below 400",
    },
    {
      name: "same-body",
      summary: "Good is what has the body of the first answer",
    },
    { name: "no-keep-alive", summary: "A connection for each request" },
    {
      name: "http2",
      summary: "By HTTP/2, which Node's client makes slower",
    },
    { name: "hold", summary: "Keep the connections of conn open" },
    { name: "insecure", short: "k", summary: "Take any certificate" },
    {
      name: "ca",
      value: "FILE",
      repeats: true,
      summary: "Trust these certificates, too",
    },
    {
      name: "sni",
      value: "NAME",
      summary: "Ask TLS for this name; else that of <url>",
    },
    {
      name: "threads",
      value: "N",
      summary: "Share the work; 1 by default",
    },
    {
      name: "threshold",
      value: "FIGURE<N",
      repeats: true,
      summary: "Exit with 1 when it is missed",
    },
    { name: "json", summary: "Print what was measured as JSON" },
  ],
  examples: [
    "rusm load http http://127.0.0.1:8080/ -c 256 -d 30s",
    "rusm load http http://127.0.0.1:8080/ --rate 2000 --threshold 'p99<50ms'",
    "rusm load http http://127.0.0.1:8080/ --rate 100 --stage 30s:2000 --json",
    "rusm load ws ws://127.0.0.1:8081/ -c 1000 --rate 5000 --size 256",
    "rusm load sse http://127.0.0.1:8082/ -c 1000 --threshold 'gap-p99<2s'",
    "rusm load conn ws://127.0.0.1:8081/ -c 10_000 --hold -d 1m",
  ],
  needsFlags: false,
  run: async (args, io) => (await import("./load.ts")).runLoad(args, io),
};
