import { match, rejects, strictEqual } from "node:assert";
import { Door, type DoorTls, type Knock, refuse } from "./door.ts";
import type { KeyPair } from "../listen/deno_http.ts";

const DIRECTORY = new URL("../testdata/tls/", import.meta.url);

const UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\n" +
  "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n";

/** Turns everybody away. */
const KEEPER = {
  knocked: ({ socket }: Knock) =>
    refuse(socket, { status: 503, headers: { "retry-after": "1" } }),
  refusalOf: () => ({ status: 404, headers: {} }) as const,
  failed(error: unknown): void {
    throw error;
  },
  regained(): void {},
};

const LIMITS = {
  ...{ handshakeTimeoutMs: 100, openingsPerClientMax: 2 },
  isProxy: () => false,
};

async function textOf(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`${name}.pem`, DIRECTORY));
}

async function pairOf(name: string): Promise<KeyPair> {
  return { cert: await textOf(name), key: await textOf("key") };
}

async function withDoor(
  tls: DoorTls | undefined,
  test: (port: number) => Promise<void>,
): Promise<void> {
  const door = new Door({
    ...{ hostname: "127.0.0.1", port: 0, ...LIMITS },
    ...(tls === undefined ? {} : { tls }),
  }, KEEPER);
  await door.open();
  const looks = setInterval(() => door.look(), 10);
  await test(door.address.port);
  await door.close();
  clearInterval(looks);
}

/** Sends, and returns all that comes until the connection ends. */
async function talk(socket: Deno.Conn, text: string): Promise<string> {
  await socket.write(new TextEncoder().encode(text));
  const bytes = await new Response(socket.readable).bytes();
  return new TextDecoder().decode(bytes);
}

/** What is sent, and the beginning of the answer. */
const TALKS = [
  [
    UPGRADE,
    /^HTTP\/1\.1 503 Service Unavailable\r\n.*retry-after: 1\r\n.*service unavailable\n$/s,
  ],
  ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", /^HTTP\/1\.1 404 .*not found\n$/s],
  [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
    /^HTTP\/1\.1 404 /,
  ],
  ["half a request", /^(HTTP\/1\.1 400 .*)?$/s],
  ["GET / HTTP/1.1\r\nHo", /^$/],
  [
    `GET / HTTP/1.1\r\nx: ${"x".repeat(200_000)}\r\n\r\n`,
    /^(HTTP\/1\.1 4\d\d .*)?$/s,
  ],
] as const;

for (const [sent, answer] of TALKS) {
  Deno.test(`Door answers ${JSON.stringify(sent.slice(0, 50))}, and closes`, () =>
    withDoor(undefined, async (port) => {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port });
      // A connection may be reset before all of it is read.
      const seen = await talk(socket, sent).catch(() => "");
      match(seen, answer);
    }));
}

Deno.test("Door.open() rejects when the address is in use", () =>
  withDoor(undefined, async (port) => {
    const options = { hostname: "127.0.0.1", port, ...LIMITS };
    await rejects(new Door(options, KEEPER).open(), { code: "EADDRINUSE" });
  }));

Deno.test("Door shows the certificate for the name that is asked for, and a renewed one", async () => {
  const [here, elsewhere] = [await pairOf("here"), await pairOf("elsewhere")];
  let shown = elsewhere;
  const tls = { own: elsewhere, choose: () => shown };
  await withDoor(tls, async (port) => {
    const caCerts = [await textOf("authority")];
    const options = { hostname: "localhost", port, caCerts };
    await rejects(async () => {
      using socket = await Deno.connectTls(options);
      await socket.handshake();
    });
    shown = here;
    match(await talk(await Deno.connectTls(options), UPGRADE), / 503 /);
  });
});

Deno.test("Door cuts who does not finish a handshake", async () => {
  const own = await pairOf("here");
  await withDoor({ own, choose: () => own }, async (port) => {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port });
    strictEqual(await socket.read(new Uint8Array(1)), null);
  });
});

Deno.test("Door counts handshakes for their client, and cuts them when it closes", async () => {
  const own = await pairOf("here");
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const door = new Door({
    ...{ hostname: "127.0.0.1", port: 0, ...LIMITS },
    ...{ handshakeTimeoutMs: 1e9, tls: { own, choose: () => own } },
  }, {
    ...KEEPER,
    knocked(knock) {
      knock.socket.once("close", () => resolve());
      KEEPER.knocked(knock);
    },
  });
  await door.open();
  const { port } = door.address;
  const options = { hostname: "127.0.0.1", port };
  const caCerts = [await textOf("authority")];
  using first = await Deno.connect(options);
  // One that has shaken hands counts once.
  match(
    await talk(await Deno.connectTls({ ...options, caCerts }), UPGRADE),
    / 503 /,
  );
  await gone;
  using second = await Deno.connect(options);
  using third = await Deno.connect(options);
  strictEqual(await third.read(new Uint8Array(1)), null);
  await door.close();
  strictEqual(await first.read(new Uint8Array(1)), null);
  strictEqual(await second.read(new Uint8Array(1)), null);
});

Deno.test("Door cuts a client that has too many connections which have not asked", () =>
  withDoor(undefined, async (port) => {
    const options = { hostname: "127.0.0.1", port };
    using first = await Deno.connect(options);
    using second = await Deno.connect(options);
    using third = await Deno.connect(options);
    strictEqual(await third.read(new Uint8Array(1)), null);
    match(await talk(first, UPGRADE), / 503 /);
    match(await talk(second, UPGRADE), / 503 /);
    match(await talk(await Deno.connect(options), UPGRADE), / 503 /);
  }));

Deno.test("Door.renew() shows the certificate of now to who asks for no name", async () => {
  const tls = {
    own: await pairOf("elsewhere"),
    choose: () => tls.own,
  };
  const door = new Door({
    ...{ hostname: "127.0.0.1", port: 0, ...LIMITS, tls },
  }, KEEPER);
  await door.open();
  const { port } = door.address;
  const caCerts = [await textOf("authority")];
  const ask = async () => {
    const options = { hostname: "127.0.0.1", port, caCerts };
    const socket = await Deno.connectTls(options);
    try {
      await socket.handshake();
    } catch (error) {
      // Passed on, when nothing is left open.
      socket.close();
      throw error;
    }
    return await talk(socket, UPGRADE);
  };
  await rejects(ask());
  tls.own = await pairOf("here");
  await door.renew();
  match(await ask(), / 503 /);
  await door.close();
});
