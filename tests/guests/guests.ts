/**
 * The guests, and what each is made of.
 *
 * @module
 */

/** A guest: a component that is built from source. */
export interface Guest {
  /** Its name: `built/<name>.wasm`. */
  readonly name: string;
  /**
   * Its sources, relative to this directory. The ending of the first says which
   * compiler takes them.
   */
  readonly sources: readonly string[];
  /** What the compiler is told besides. */
  readonly flags: readonly string[];
  /**
   * Files with the WIT of its world, relative to this directory. None when the
   * adapter has all of it.
   */
  readonly wit: readonly string[];
  /** The name of its world. */
  readonly world: string;
  /** How its strings are encoded. */
  readonly encoding: "utf8" | "utf16" | "compact-utf16";
  /** What stands between it and WASI 0.2 when it is made for preview 1. */
  readonly adapter?: "command" | "reactor";
}

const RUSM = ["actor", "kv", "log", "pg", "serve", "streams", "types", "world"]
  .map((name) => `../../wit/${name}.wit`);

const PROCESS = {
  flags: [],
  wit: RUSM,
  world: "process",
  encoding: "utf8",
} as const;

const COMMAND = {
  flags: [],
  wit: ["wit/wasi.wit"],
  world: "command",
  encoding: "utf8",
} as const;

const VALUES = {
  ...PROCESS,
  wit: ["wit/values.wit"],
  world: "only-texts",
  sources: ["c/texts.c", "c/abi.c"],
};

/** All guests, by language. */
export const GUESTS: readonly Guest[] = [
  { ...PROCESS, name: "probe", sources: ["c/probe.c", "c/abi.c"] },
  {
    ...PROCESS,
    name: "probe_all_in_actor",
    sources: ["c/probe.c", "c/abi.c"],
    flags: ["-DALL_IN_ACTOR"],
    wit: ["wit/all_in_actor.wit"],
  },
  { ...PROCESS, name: "counter", sources: ["c/counter.c", "c/abi.c"] },
  { ...PROCESS, name: "child", sources: ["c/child.c", "c/abi.c"] },
  { ...PROCESS, name: "speaker", sources: ["c/speaker.c", "c/abi.c"] },
  {
    ...VALUES,
    name: "values",
    sources: [
      ...["c/numbers.c", "c/texts.c", "c/compounds.c", "c/counters.c"],
      ...["c/lies.c", "c/abi.c"],
    ],
    world: "all",
  },
  { ...VALUES, name: "values_utf16", flags: ["-DUTF16"], encoding: "utf16" },
  {
    ...VALUES,
    name: "values_latin1",
    flags: ["-DLATIN1"],
    encoding: "compact-utf16",
  },
  ...["cli", "files", "sockets"].map((area) => ({
    ...COMMAND,
    name: `p2_${area}`,
    sources: [`c/p2_${area}.c`, "c/run.c", "c/wasi.c", "c/abi.c"],
  })),
  {
    ...COMMAND,
    name: "p2_http",
    sources: ["c/p2_http.c", "c/http.c", "c/run.c", "c/wasi.c", "c/abi.c"],
  },
  {
    ...COMMAND,
    name: "handler",
    sources: ["c/handler.c", "c/http.c", "c/wasi.c", "c/abi.c"],
    world: "handler",
  },
  {
    ...COMMAND,
    name: "p3_command",
    sources: ["c/p3_command.c", "c/wasi.c", "c/abi.c"],
    wit: ["wit/p3.wit"],
  },
  {
    ...COMMAND,
    name: "command",
    sources: ["c/command.c"],
    wit: [],
    adapter: "command",
  },
  { ...PROCESS, name: "echo_wat", sources: ["wat/echo.wat"] },
  {
    ...PROCESS,
    name: "echo_assemblyscript",
    sources: ["assemblyscript/echo.ts"],
    flags: ["--runtime", "incremental", "--use", "abort="],
  },
  {
    ...PROCESS,
    name: "echo_rust",
    sources: ["rust/echo.rs"],
    adapter: "reactor",
  },
];
