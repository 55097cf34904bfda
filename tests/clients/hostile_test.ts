import { ok, strictEqual } from "node:assert";
import { connect, Connection } from "../serving/connection.ts";
import {
  abandon,
  ask,
  type Attack,
  type Battlefield,
  CHUNK,
  CROWD,
  fallSilent,
  ignore,
  ignoreEvents,
  ignoreMessages,
  inflate,
  leave,
  lurk,
  pour,
  trickle,
} from "./attacks.ts";
import { continueHead, ping, resetStreams, set } from "./http2_attacks.ts";
import { type Remote, withRemote } from "./remote.ts";

// A neighbour whose request is not read in time is cut, too, so it takes longer
// where there is a larger crowd.
const DEADLINES = `
  header_timeout_ms = ${CROWD}
  idle_timeout_ms = ${CROWD}
  write_timeout_ms = 500
  max_connections = 30_000
  max_connections_per_client = 20_000
`;

const KEYS = {
  level: "off",
  http: `${DEADLINES}
    body_timeout_ms = 500
    max_in_flight_per_client = 20_000
    max_in_flight = 30_000`,
  ws: `
    ping_interval_ms = 300
    pong_timeout_ms = 300`,
  sse: DEADLINES,
} as const;

const HOST = "HTTP/1.1\r\nHost: a\r\n";
const GET = `GET /text ${HOST}\r\n`;
const CHUNKED = `POST /size ${HOST}Transfer-Encoding: chunked\r\n\r\n`;
const TEN_GB = "Content-Length: 10000000000\r\n\r\n";

/** What a client does, and what becomes of it. */
// deno-fmt-ignore
const ROWS: readonly (readonly [what: string, attack: Attack, end: string])[] = [
  ["connects and says nothing",            lurk(),                                  "cut"],
  ["asks once and says nothing more",      fallSilent,                              "200"],
  ["sends half a head",                    lurk(`GET /text ${HOST}X-A: `),          "cut"],
  ["sends half a body",                    lurk(`PUT /seen ${HOST}Content-Length: 9\r\n\r\nabc`), "408"],
  ["sends a head byte by byte",            trickle(`GET /text ${HOST}X-A: `),       "cut"],
  ["sends a head larger than heads are",   ask(`GET /text ${HOST}X-A: ${"a".repeat(70_000)}\r\n\r\n`), "400"],
  ["sends a head that does not end",       pour(`GET /text ${HOST}X-A: `, "a".repeat(60_000)), "400"],
  ["sends headers that do not end",        pour(`GET /text ${HOST}`, "X-A: a\r\n".repeat(1_000)), "400"],
  ["sends a hundred headers and more",     ask(`GET /text ${HOST}${Array.from({ length: 105 }, (_, at) => `X-${at}: a\r\n`).join("")}\r\n`), "431"],
  ["announces 10 GB",                      ask(`POST /seen ${HOST}${TEN_GB}`), "413"],
  ["announces 10 GB to a component",       ask(`POST /size ${HOST}${TEN_GB}`),      "413"],
  ["sends 10 GB that it announced",        pour(`POST /size ${HOST}${TEN_GB}`, CHUNK), "413"],
  ["sends chunks that do not end",         pour(CHUNKED, CHUNK),                    "413"],
  ["sends a chunk that does not end",      pour(`${CHUNKED}ffffffff\r\n`, CHUNK),   "413"],
  ["does not read a stream",               ignore(`GET /big?1000 ${HOST}\r\n`),     "cut"],
  ["does not read what it asked for",      ignore(`GET /files/large.bin ${HOST}\r\n`.repeat(100)), "cut"],
  ["does not read events",                 ignoreEvents,                            "cut"],
  ["does not read messages",               ignoreMessages,                          "cut"],
  ["leaves within a stream",               leave,                                   "200"],
  ["leaves before it is answered",         abandon,                                 "gone"],
  ["sends a message that inflates",        inflate,                                 "close 1009"],
  ["resets streams of HTTP/2",             resetStreams,                            "cut"],
  ["sends a head of HTTP/2 without end",   continueHead,                            "cut"],
  ["pings by HTTP/2 and does not read",    ping,                                    "cut"],
  ["sets by HTTP/2 and does not read",     set,                                     "cut"],
];

/** What a server may grow by while it is attacked, in bytes: half a megabyte for each of the crowd. */
const GROWTH_BYTES_MAX = 524_288 * CROWD;

const options = { ignore: Deno.build.os !== "linux" };

// Files and memory are counted by `/proc`.
Deno.test(
  "startApp() serves others while a client attacks on Linux",
  options,
  (t) =>
    withRemote(async (remote) => {
      await visit(remote, (answered) => answered());
      for (const [what, attack, end] of ROWS) {
        await t.step(`which ${what}`, () => withstand(remote, attack, end));
      }
    }, KEYS),
);

async function withstand(
  remote: Remote,
  attack: Attack,
  end: string,
): Promise<void> {
  const files = remote.fileCount();
  const bytes = remote.residentBytes();
  let mostBytes = 0;
  await visit(remote, async (answered) => {
    // From now on all that is there is ours.
    await answered();
    const over = attack({ ...remote, answered });
    let isOver = false;
    over.finally(() => isOver = true).catch(() => {});
    while (!isOver) {
      mostBytes = Math.max(mostBytes, remote.residentBytes());
      await Promise.race([answered(), over]);
    }
    strictEqual(await over, end);
  });
  while ((await remote.info()).alive > 0 || remote.fileCount() > files);
  ok(mostBytes - bytes < GROWTH_BYTES_MAX, `${mostBytes - bytes} bytes`);
}

/** Asks all the time while `during` goes on, and misses no answer. */
async function visit(
  { http }: Remote,
  during: (answered: Battlefield["answered"]) => Promise<void>,
): Promise<void> {
  using connection = await connect(Number(new URL(http).port));
  let next = Promise.withResolvers<void>();
  let isOver = false;
  async function askOn(connection: Connection) {
    while (!isOver) {
      await connection.write(GET);
      const { status } = await connection.read();
      strictEqual(status, 200);
      next.resolve();
      next = Promise.withResolvers();
    }
  }
  const asked = askOn(connection);
  const over = during(() => next.promise).finally(() => isOver = true);
  await Promise.all([over, asked]);
}
