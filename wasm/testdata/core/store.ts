import { ModuleStore } from "../../core/module_store.ts";

/** A directory for stores, which is not there yet. */
export interface StoreDirectory {
  readonly directory: string;
  /** What the stores told for debugging. */
  readonly said: string[];
  /** Another store of the same directory. */
  open(bytesMax?: number): ModuleStore;
}

/** Calls `test` with a directory, and removes it after. */
export async function withStore(
  test: (store: StoreDirectory) => Promise<void>,
): Promise<void> {
  const above = await Deno.makeTempDir();
  const directory = `${above}/a/cache`;
  const said: string[] = [];
  await Deno.mkdir(`${above}/a`);
  const debug = (text: string) => void said.push(text);
  const open = (bytesMax?: number) =>
    new ModuleStore(
      bytesMax === undefined
        ? { directory, debug }
        : { directory, debug, bytesMax },
    );
  try {
    await test({ directory, said, open });
  } finally {
    await Deno.remove(above, { recursive: true });
  }
}

/** Paths of all files in a directory, sorted. */
export async function saved(directory: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  return entries.map(({ name }) => `${directory}/${name}`).sort();
}
