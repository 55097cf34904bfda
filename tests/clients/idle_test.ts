import { ok, strictEqual } from "node:assert";
import { connect } from "../serving/connection.ts";
import { Raw } from "./raw.ts";
import { type Remote, withRemote } from "./remote.ts";

/** Clients that connect, and say no more than half a head. */
const IDLE = 10_000;

/** How many of them connect at once. */
const BATCH = 100;

/** What a server may grow by for each, in bytes. */
const BYTES_MAX = 65_536;

const KEYS = {
  level: "off",
  http: `
    header_timeout_ms = 600_000
    max_connections = ${2 * IDLE}
    max_connections_per_client = ${2 * IDLE}`,
} as const;

const GET = "GET /text HTTP/1.1\r\nHost: a\r\n";

// Theirs, and those of whoever runs this. The server has as many.
const hasFiles = Deno.build.os === "linux" && filesMax() > IDLE + 1_000;

function filesMax(): number {
  const limits = Deno.readTextFileSync("/proc/self/limits");
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
}

Deno.test({
  name:
    `startApp() answers others while ${IDLE} clients say nothing, where so many files can be open`,
  ignore: !hasFiles,
  fn: () =>
    withRemote(async (remote) => {
      const before = remote.fileCount();
      await answered(remote);
      const files = remote.fileCount();
      const bytes = remote.residentBytes();
      const silent = await connectAll(remote);
      // It accepts behind their backs.
      do await answered(remote); while (remote.fileCount() - before < IDLE);
      const each = (remote.residentBytes() - bytes) / IDLE;
      ok(each < BYTES_MAX, `${each} bytes each`);
      for (const raw of silent) raw[Symbol.dispose]();
      while (remote.fileCount() > files) await answered(remote);
    }, KEYS),
});

async function connectAll({ http }: Remote): Promise<Raw[]> {
  const silent: Raw[] = [];
  const half = GET.slice(0, 20);
  while (silent.length < IDLE) {
    const more = Array.from({ length: BATCH }, async () => {
      const raw = await Raw.to(http);
      await raw.send(half);
      return raw;
    });
    silent.push(...await Promise.all(more));
  }
  return silent;
}

async function answered({ http }: Remote): Promise<void> {
  using connection = await connect(Number(new URL(http).port));
  await connection.write(`${GET}\r\n`);
  strictEqual((await connection.read()).status, 200);
}
