import { deepStrictEqual, match, strictEqual } from "node:assert";

const PROGRAM = `${import.meta.dirname}/load.ts`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(args: string): Promise<Ran> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", PROGRAM, ...args.split(" ")],
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

function serve(status: number): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("hello", { status }),
  );
}

Deno.test("load.ts prints one line of JSON when asked for JSON", async () => {
  await using server = serve(200);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const { code, out, err } = await run(
    `--json --url ${url} --connections 2 --requests 50 --warmup 0.01`,
  );
  strictEqual(err, "");
  strictEqual(code, 0);
  const result = JSON.parse(out);
  strictEqual(result.url, url);
  strictEqual(result.connections, 2);
  strictEqual(result.requests >= 50, true);
  deepStrictEqual(Object.keys(result), [
    "url",
    "connections",
    "seconds",
    "requests",
    "requestsPerSecond",
    "errors",
    "reconnects",
    "latency",
  ]);
});

Deno.test("load.ts exits with 1 and says what was wrong when answers are", async () => {
  await using server = serve(500);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const { code, out } = await run(`--url ${url} --connections 1 --requests 3`);
  strictEqual(code, 1);
  match(out, /^0 answers in .*\nerrors: status 3, body 0, transport 0\n/s);
  match(out, /\nfirst error: status 500\n$/);
});

Deno.test("load.ts exits with 1 when no answer came", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const { code, out } = await run(`--url ${url} --seconds 0.05`);
  listener.close();
  strictEqual(code, 1);
  match(out, /^0 answers in /);
});

const WRONG = [
  ["--url http://example.com/", /^Cannot load anything but this machine: /],
  ["--url http://127.0.0.1:1/ --seconds 61", /^Cannot load for seconds/],
  ["--url http://127.0.0.1:1/ --connections x", /1 to 1024: NaN\n$/],
  ["--url nowhere", /^Usage: load.ts --url URL/],
  ["--json", /^Usage: load.ts --url URL/],
  ["--url http://127.0.0.1:1/ --turbo", /^Usage: load.ts --url URL/],
] as const;

for (const [args, message] of WRONG) {
  Deno.test(`load.ts exits with 2 when given ${args}`, async () => {
    const { code, out, err } = await run(args);
    strictEqual(code, 2);
    strictEqual(out, "");
    match(err, message);
  });
}
