/**
 * The starters of `rusm new`, as a newcomer runs them: built and served.
 *
 * @module
 */

import { strictEqual } from "node:assert";
import { main } from "@rusm/cli";
import { STARTERS } from "../../cli/templates.ts";
import { record, withDirectory } from "../../cli/testdata/recorder.ts";
import { type Served, withApp } from "../serving/served.ts";

/** A starter that is served. */
export interface Started extends Served {
  /** Where its listeners are, in the order of the manifest, without a slash at the end. */
  readonly urls: readonly string[];
  /**
   * Has the process of that name killed, by a component that the test puts beside
   * those of the starter. Resolves when it has ended.
   */
  kill(name: string): Promise<void>;
}

const KILLER = `
exports.default = (request) => {
  const name = new URL(request.url).pathname.slice(1);
  return new Response(String(Process.kill(Process.whereis(name))));
};
`;

const KILLER_MANIFEST = `
[components.killer]
capability = "trusted"

[[serve]]
protocol = "http"
listen = "127.0.0.1:0"
component = "killer"
`;

/**
 * Builds the starter of that name in a directory of its own, serves it on ports
 * that the system chooses, and stops it after `test`.
 *
 * @param again Called afterwards, when the app has been started once more.
 */
export async function withStarter(
  name: string,
  test: (started: Started) => Promise<void>,
  again?: (started: Started) => Promise<void>,
): Promise<void> {
  const { files } = STARTERS.find((starter) => starter.name === name)!;
  const manifest = files.get("rusm.toml")!
    .replaceAll(/^listen = "127\.0\.0\.1:\d+"$/gm, 'listen = "127.0.0.1:0"');
  await withDirectory(Object.fromEntries(files), async (directory) => {
    await build(directory);
    await Deno.writeTextFile(`${directory}/wasm/killer.js`, KILLER);
    for (const use of again === undefined ? [test] : [test, again]) {
      await withApp(
        manifest + KILLER_MANIFEST,
        (served) => use(startedOf(served)),
        { directory },
      );
    }
  });
}

// Its types are checked by the tests of the templates.
async function build(directory: string): Promise<void> {
  const { io, stderr } = record(directory);
  const code = await main(["build", "--no-check"], io);
  strictEqual(`${code} ${stderr()}`, "0 ");
}

function startedOf(served: Served): Started {
  const urls = served.app.endpoints.map(({ url }) => url);
  return {
    ...{ ...served, urls },
    async kill(name) {
      const answer = await fetch(`${urls.at(-1)}/${name}`);
      strictEqual(await answer.text(), "true");
    },
  };
}
