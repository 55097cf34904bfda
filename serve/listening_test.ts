import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { Listening, type Server } from "./listening.ts";

/** A server whose end a test brings about. */
class TestServer implements Server {
  readonly addr: Deno.NetAddr;
  readonly finished: Promise<void>;
  isShutDown = false;
  readonly #end = Promise.withResolvers<void>();
  readonly #drained = Promise.withResolvers<void>();

  constructor(port: number) {
    this.addr = { transport: "tcp", hostname: "127.0.0.1", port };
    this.finished = this.#end.promise;
  }

  /** Gives its listener up. */
  lose(): void {
    this.#end.reject(ERROR);
  }

  /** Closes its last connection. */
  drain(): void {
    this.#drained.resolve();
  }

  shutdown(): Promise<void> {
    this.isShutDown = true;
    return this.#drained.promise;
  }
}

const ERROR = new Error("Too many open files");

/** Starts servers, on port 7 when it may choose. */
class Starter {
  readonly servers: TestServer[] = [];
  readonly ports: number[] = [];
  readonly lost: unknown[] = [];
  regained = 0;
  /** How many of the next starts fail. */
  failures = 0;
  #started = Promise.withResolvers<void>();

  listen(): Listening {
    return new Listening(
      0,
      (port) => this.#start(port),
      {
        lost: (error) => void this.lost.push(error),
        regained: () => void (this.regained += 1),
      },
    );
  }

  #start(port: number): TestServer {
    this.ports.push(port);
    if (this.failures-- > 0) throw ERROR;
    const server = new TestServer(port === 0 ? 7 : port);
    this.servers.push(server);
    this.#started.resolve();
    return server;
  }

  /** Loses the last server, and waits until another one runs. */
  async replace(): Promise<void> {
    this.#started = Promise.withResolvers();
    this.servers.at(-1)!.lose();
    await this.#started.promise;
  }
}

Deno.test("Listening starts a server on the same port when one is lost", async () => {
  const starter = new Starter();
  const listening = starter.listen();
  strictEqual(listening.addr.port, 7);
  await starter.replace();
  await starter.replace();
  deepStrictEqual(starter.ports, [0, 7, 7]);
  deepStrictEqual([starter.lost, starter.regained], [[ERROR, ERROR], 2]);
  deepStrictEqual(starter.servers.map(({ isShutDown }) => isShutDown), [
    true,
    true,
    false,
  ]);
});

Deno.test("Listening tries again when it cannot listen", async () => {
  const starter = new Starter();
  starter.listen();
  starter.failures = 2;
  await starter.replace();
  deepStrictEqual(starter.ports, [0, 7, 7, 7]);
  // It is one loss.
  deepStrictEqual([starter.lost, starter.regained], [[ERROR], 1]);
});

Deno.test("Listening throws when its first server cannot start", () => {
  const starter = new Starter();
  starter.failures = 1;
  throws(() => starter.listen(), ERROR);
});

Deno.test("Listening.stop() waits for the connections of every server", async () => {
  const starter = new Starter();
  const listening = starter.listen();
  await starter.replace();
  let isStopped = false;
  const stopped = listening.stop().then(() => isStopped = true);
  const [lost, last] = starter.servers as [TestServer, TestServer];
  strictEqual(last.isShutDown, true);
  last.drain();
  await last.shutdown();
  strictEqual(isStopped, false);
  lost.drain();
  await stopped;
  await listening.stop();
});

Deno.test("Listening.stop() ends the attempts to listen again", async () => {
  const starter = new Starter();
  const listening = starter.listen();
  const [server] = starter.servers as [TestServer];
  server.lose();
  server.drain();
  await server.finished.catch(() => {});
  // A timer that is left would fail the test.
  await listening.stop();
  deepStrictEqual([starter.lost, starter.ports], [[ERROR], [0]]);
});

Deno.test("Listening tells when a server cannot be shut down", async () => {
  const starter = new Starter();
  const listening = starter.listen();
  const [server] = starter.servers as [TestServer];
  server.shutdown = () => Promise.reject(ERROR);
  await listening.stop();
  deepStrictEqual(starter.lost, [ERROR]);
});

Deno.test("Listening.stop() leaves a server lost that is lost afterwards", async () => {
  const starter = new Starter();
  const listening = starter.listen();
  const [server] = starter.servers as [TestServer];
  const stopped = listening.stop();
  server.lose();
  server.drain();
  await stopped;
  await server.finished.catch(() => {});
  strictEqual(starter.servers.length, 1);
});
