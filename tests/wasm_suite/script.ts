/**
 * Scripts of the WebAssembly test suite, as `wast2json` and
 * `wasm-tools json-from-wast` write them.
 *
 * @see wabt, docs/wast2json.md.
 *
 * @module
 */

/** A value that is given, or expected. */
export interface Value {
  /** Name of its type, such as `i32`, `v128` or `externref`; `either` for one of `values`. */
  readonly type: string;
  /** Bits as a decimal, `nan:canonical`, `nan:arithmetic`, `null`, or the number of a host object; lanes of a vector. Absent when any of the type will do. */
  readonly value?: string | readonly string[];
  /** Type of the lanes of a vector. */
  readonly lane_type?: string;
  /** Of which one is expected. */
  readonly values?: readonly Value[];
}

/** Something that is done with an instance. */
export interface Action {
  /** `invoke` or `get`. */
  readonly type: string;
  /** Name of the instance; the latest when absent. */
  readonly module?: string;
  /** Name of the export. */
  readonly field: string;
  /** What it is called with. */
  readonly args?: readonly Value[];
}

/** One command of a script. Which members are there depends on the type. */
export interface Command {
  /** `module`, `assert_return` and so on. */
  readonly type: string;
  /** Line in the original. */
  readonly line: number;
  /** Name of what is made or registered. */
  readonly name?: string;
  /** File of a module. */
  readonly filename?: string;
  /** Whether `filename` is `text` or `binary`. */
  readonly module_type?: string;
  /** File of the binary of a module in text. */
  readonly binary_filename?: string;
  /** Name of the definition that is instantiated; the latest when absent. */
  readonly module?: string;
  /** Name of the instance to be made. */
  readonly instance?: string;
  /** What to register an instance as. */
  readonly as?: string;
  /** What to do. */
  readonly action?: Action;
  /** What it must return. */
  readonly expected?: readonly Value[];
}

/** A script, and where its modules are. */
export interface Script {
  /** Path of the `.json` file, from the directory of the suite. */
  readonly path: string;
  /** What it does, in order. */
  readonly commands: readonly Command[];
  /** Reads a file that it names. */
  readonly read: (filename: string) => Uint8Array<ArrayBuffer>;
}

/**
 * The scripts of a directory and of those in it, by path.
 *
 * @throws {SyntaxError} A `.json` file holds something else.
 */
export function readScripts(directory: string): Script[] {
  return pathsIn(directory, "", ".json").map((path) => {
    const text = Deno.readTextFileSync(`${directory}/${path}`);
    const { commands } = JSON.parse(text) as { commands?: Command[] };
    if (!Array.isArray(commands)) {
      throw new SyntaxError(`Cannot find commands in a script: ${path}`);
    }
    const folder = `${directory}/${path.replace(/[^/]*$/, "")}`;
    const read = (filename: string) =>
      Deno.readFileSync(`${folder}${filename}`);
    return { path, commands, read };
  });
}

/** The paths of all files under `directory` that end in `ending`, sorted. */
export function pathsIn(
  directory: string,
  folder: string,
  ending: string,
): string[] {
  const entries = [...Deno.readDirSync(`${directory}/${folder}`)];
  return entries.flatMap(({ name, isDirectory }) => {
    const path = `${folder}${name}`;
    if (isDirectory) return pathsIn(directory, `${path}/`, ending);
    return path.endsWith(ending) ? [path] : [];
  }).sort();
}

/** The file of the binary module of a command; undefined when there is only text, which engines do not read. */
export function binaryOf(command: Command): string | undefined {
  if (command.module_type === "text") return command.binary_filename;
  return command.filename;
}
