import { deepStrictEqual, strictEqual, throws } from "node:assert";
import type { Down, ExitMessage } from "@rusm/otp";

import { BUILT_IN_PROFILES } from "./capability.ts";
import type { EngineObserver } from "./engine_options.ts";
import { SystemLimit } from "./errors.ts";
import { assemble } from "./instrument/testdata/text.ts";
import type { GuestReply, GuestRequest } from "./message.ts";
import { FRAMES_PER_PUBLISH } from "./ring/limits.ts";
import { withEngine } from "./testdata/workers.ts";

const SANDBOXED = BUILT_IN_PROFILES.get("sandboxed")!;
const MODULE = `(module
  (import "rusm" "receive" (func $receive (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run"))
  (func (export "wait") (drop (call $receive (i32.const 0) (i32.const 0))))
  (func (export "trap") unreachable))`;

const ISOLATIONS = ["shared", "dedicated"] as const;

for (const isolation of ISOLATIONS) {
  Deno.test(`spawnMonitor() tells why a process ended that ends at once, ${isolation}`, () =>
    withEngine({}, async ({ engine, runtime }) => {
      const bytes = await assemble(MODULE);
      const options = { isolation };
      const component = await engine.loadModule("m", bytes, SANDBOXED, options);
      // So many, and so slowly, that some are seen while others are still spawned.
      const count = isolation === "shared" ? 4 * FRAMES_PER_PUBLISH : 3;
      const reasons = new Set<unknown>();
      await runtime.spawn<Down>(async (self) => {
        // So that what is shown at once does not end between two processes.
        engine.spawn(component, "run");
        const all = Array.from(
          { length: count },
          () => {
            const endMs = performance.now() + 0.2;
            while (performance.now() < endMs);
            return engine.spawnMonitor(self, component, "run");
          },
        );
        const pids = new Map(all.map(({ ref, pid }) => [ref, `${pid}`]));
        for (const _ of all) {
          const { ref, pid, reason } = await self.receive();
          strictEqual(pids.get(ref), `${pid}`);
          pids.delete(ref);
          reasons.add(reason);
        }
      }).join().then((reason) => strictEqual(reason, "normal"));
      deepStrictEqual([...reasons], ["normal"]);
    }));
}

Deno.test("spawnMonitor() gives a monitor that can be ended", () =>
  withEngine({}, async ({ engine, runtime, ends }) => {
    const bytes = await assemble(MODULE);
    const component = await engine.loadModule("m", bytes, SANDBOXED);
    await runtime.spawn<Down | string>(async (self) => {
      const { pid, ref } = engine.spawnMonitor(self, component, "wait");
      strictEqual(self.demonitor(ref), true);
      runtime.send(pid, "end");
      strictEqual(await ends.of(pid), "normal");
      runtime.send(self.pid, "last");
      strictEqual(await self.receive(), "last");
    }).join().then((reason) => strictEqual(reason, "normal"));
  }));

Deno.test("spawnLink() links both ways before the process runs", () =>
  withEngine({}, async ({ engine, runtime, ends }) => {
    const bytes = await assemble(MODULE);
    const component = await engine.loadModule("m", bytes, SANDBOXED);
    await runtime.spawn<ExitMessage>(async (self) => {
      self.trapExits(true);
      const pid = engine.spawnLink(self, component, "trap");
      const { from, reason } = await self.receive();
      strictEqual(`${from}`, `${pid}`);
      strictEqual(typeof reason === "object" && reason.type, "crashed");
    }).join().then((reason) => strictEqual(reason, "normal"));
    let child: ReturnType<typeof engine.spawn> | undefined;
    const parent = runtime.spawn((self) => {
      child = engine.spawnLink(self, component, "wait");
      return self.receive();
    });
    const { pid } = runtime.spawn(() => {});
    await turn();
    runtime.exit(parent.pid, "shutdown", pid);
    strictEqual(await ends.of(child), "shutdown");
  }));

for (const isolation of ISOLATIONS) {
  Deno.test(`Engine tells its observer by whose link a ${isolation} process ended`, async () => {
    const linked = Promise.withResolvers<string>();
    const observer: EngineObserver = {
      exited: (_pid, _name, reason, to) => linked.resolve(`${reason} ${to}`),
    };
    await withEngine({ observer }, async ({ engine, runtime }) => {
      const bytes = await assemble(MODULE);
      const component = await engine.loadModule("m", bytes, SANDBOXED, {
        isolation,
      });
      const parent = runtime.spawn((self) => {
        engine.spawnLink(self, component, "wait");
        return self.receive();
      });
      await turn();
      runtime.exit(parent.pid, "shutdown");
      strictEqual(await linked.promise, `shutdown ${parent.pid}`);
    });
  });
}

Deno.test("spawnMonitor() and spawnLink() throw SystemLimit when nothing can be spawned", () =>
  withEngine({}, async ({ engine, runtime }) => {
    const bytes = await assemble(MODULE);
    const component = await engine.loadModule("m", bytes, SANDBOXED);
    await engine.close();
    await runtime.spawn<Down>((self) => {
      throws(() => engine.spawnMonitor(self, component, "run"), SystemLimit);
      throws(() => engine.spawnLink(self, component, "run"), SystemLimit);
    }).join().then((reason) => strictEqual(reason, "normal"));
  }));

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const HEAD = JSON.stringify({
  ...{ method: "POST", url: "http://a/b", headers: [["x-a", "c"]] },
  ...{ params: [], action: null },
});

Deno.test("spawnMonitor() has a script answer the request that it starts with, once, and not another that it is sent", () =>
  withEngine({}, async ({ engine, runtime }) => {
    const component = await engine.load(
      "echo",
      `exports.default = async (request) =>
        new Response(request.url + await request.text());`,
      SANDBOXED,
    );
    const heard: (GuestReply | Down)[] = [];
    await runtime.spawn<GuestReply | Down>(async (self) => {
      const body = new TextEncoder().encode("!");
      const request: GuestRequest = {
        ...{ type: "request", from: self.pid.toJSON(), head: HEAD, body },
      };
      const start = { entry: "handle", request };
      const watcher = self as Parameters<typeof engine.spawnMonitor>[0];
      const { pid } = engine.spawnMonitor(watcher, component, start);
      runtime.send(pid, { ...request, body: null });
      for (let count = 0; count < 2; count++) {
        heard.push(await self.receive());
      }
    }).join();
    const [reply, down] = heard as [GuestReply, Down];
    strictEqual(new TextDecoder().decode(reply.body!), "http://a/b!");
    deepStrictEqual([down.type, down.reason], ["down", "normal"]);
  }));
