import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { FLOOD_GROWTH_BYTES } from "../limits.ts";
import { BYTES_MAX, flood, FLOODS, serveFlooded } from "../testdata/flood.ts";
import { RawClient } from "../testdata/raw_client.ts";
import { waitForEver } from "../testdata/test_node.ts";
import { serve } from "../testdata/test_server.ts";

for (const [name, head, piece] of FLOODS) {
  Deno.test({
    name: `FloodGuard cuts a client that sends ${name}, and no other`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const { serving, clock, metrics, lines, bodies } = serveFlooded();
      const neighbour = await RawClient.connect(serving.url);
      await neighbour.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      await neighbour.readUntil("begun");
      const { hostname, port } = new URL(serving.url);
      const conn = await Deno.connect({ hostname, port: Number(port) });
      const encoder = new TextEncoder();
      await conn.write(encoder.encode(head));
      await conn.read(new Uint8Array(9));
      const { sentBytes } = await flood(conn, encoder.encode(piece), clock);
      conn.close();
      ok(sentBytes < BYTES_MAX, `Sent ${sentBytes}`);
      const [refusal] = metrics.samples().refusals;
      deepStrictEqual([refusal?.labels.reason, refusal?.value], ["flood", 1]);
      strictEqual(lines.filter((line) => line.includes("on and on")).length, 1);
      bodies[0]!.enqueue(encoder.encode("goes on"));
      await neighbour.readUntil("goes on");
      neighbour.close();
      await serving.stop();
    },
  });
}

Deno.test({
  name:
    "FloodGuard cuts a client that sends on behind a body that its guest has",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const asked = Promise.withResolvers<void>();
    const { server, url, clock, node, lines } = serve((self) => {
      asked.resolve();
      return waitForEver(self);
    }, { requestTimeoutMs: 1e9 });
    const { hostname, port } = new URL(url);
    const conn = await Deno.connect({ hostname, port: Number(port) });
    await conn.write(new TextEncoder().encode(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
    ));
    await asked.promise;
    const { sentBytes } = await flood(conn, new Uint8Array(1_000_000), clock);
    conn.close();
    ok(sentBytes < BYTES_MAX, `Sent ${sentBytes}`);
    strictEqual(lines.filter((line) => line.includes("on and on")).length, 1);
    node.runtime.exit(node.guests[0]!, "shutdown");
    await server.stop();
  },
});

/** Bytes of memory of a program whose server is flooded. */
interface Taken {
  readonly name: string;
  readonly beforeBytes: number;
  readonly peakBytes: number;
  readonly afterBytes: number;
}

// In a program of its own: what it takes is told of whole programs only.
Deno.test({
  name: "FloodGuard frees what was kept of a client that it cuts",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const script = new URL("../testdata/flood_memory.ts", import.meta.url);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script.href],
      ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
    });
    const { stdout } = await child.output();
    const all = JSON.parse(new TextDecoder().decode(stdout)) as Taken[];
    strictEqual(all.length, FLOODS.length);
    for (const { name, beforeBytes, peakBytes, afterBytes } of all) {
      ok(peakBytes - beforeBytes > FLOOD_GROWTH_BYTES / 2, name);
      const keptBytes = afterBytes - beforeBytes;
      ok(keptBytes < (peakBytes - beforeBytes) / 2, `${name}: ${keptBytes}`);
    }
  },
});
