/**
 * Reads the module graph of a workspace, as Deno itself resolves it.
 *
 * @module
 */

import { memberOf } from "./members.ts";
import { relativePath } from "./paths.ts";
import type { Import, Target } from "./rules.ts";
import type { Config, Workspace } from "./workspace.ts";

/** An import and where it stands. */
export interface LocatedImport extends Import {
  /** Line of the specifier, 1-based. */
  readonly line: number;
  /** Column of the specifier, 1-based. */
  readonly column: number;
}

/** Every import of every script, and what could not be read. */
export interface Graph {
  /** In no particular order. */
  readonly imports: readonly LocatedImport[];
  /** A sentence for each script that is missing or cannot be parsed. */
  readonly broken: readonly string[];
}

/** What `deno info --json` prints, as far as it matters here. */
export interface ModuleInfo {
  /** Every module that the entry point reaches, itself included. */
  readonly modules: readonly Module[];
}

/** One module of a {@linkcode ModuleInfo}. */
export interface Module {
  /** Its URL. */
  readonly specifier: string;
  /** Why it could not be read, if so. */
  readonly error?: string;
  /** Its imports. */
  readonly dependencies?: readonly Dependency[];
}

/** One import of a {@linkcode Module}; types may come from elsewhere than code. */
export interface Dependency {
  /** As it stands in the source. */
  readonly specifier: string;
  /** Where its code is. */
  readonly code?: Resolution;
  /** Where its types are. */
  readonly type?: Resolution;
}

/** Where a specifier leads. */
export interface Resolution {
  /** A URL; absent when nothing was found. */
  readonly specifier?: string;
  /** Where the import stands; lines and characters are 0-based. */
  readonly span: {
    /** The opening quote of the specifier. */
    readonly start: { readonly line: number; readonly character: number };
  };
}

/**
 * Asks Deno for the graph of all of a workspace's scripts at once.
 *
 * Every script is an entry point, so a Worker's entry, which no import names,
 * cannot hide. Nothing is downloaded: where npm packages, JSR and URLs lead
 * does not matter to the rules.
 *
 * @param files Entry points; relative to the workspace.
 * @throws {Error} Deno could not be asked; the message is its own.
 */
export async function readGraph(
  workspace: Workspace,
  files: readonly string[],
): Promise<Graph> {
  const imports = files.map((file) =>
    `import ${JSON.stringify(new URL(file, workspace.root).href)};`
  );
  const entry = `data:application/typescript,${
    encodeURIComponent(imports.join(""))
  }`;
  return graphOf(workspace, await denoInfo(workspace.root, entry));
}

/** Turns what `deno info` prints into imports. Pure. */
export function graphOf(workspace: Workspace, info: ModuleInfo): Graph {
  const local = info.modules.filter(isFile);
  return {
    imports: local.flatMap((module) => importsOf(workspace, module)),
    broken: local.flatMap(({ error }) => error ?? []),
  };
}

async function denoInfo(root: URL, entry: string): Promise<ModuleInfo> {
  const offline = ["--no-lock", "--no-npm", "--no-remote"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config=deno.json", ...offline, entry],
    cwd: root,
    env: { NO_COLOR: "1" },
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return JSON.parse(new TextDecoder().decode(stdout)) as ModuleInfo;
}

function isFile({ specifier }: Module): boolean {
  return specifier.startsWith("file:");
}

function importsOf(workspace: Workspace, module: Module): LocatedImport[] {
  const from = relativePath(workspace.root, new URL(module.specifier));
  return (module.dependencies ?? []).flatMap(({ specifier, code, type }) => {
    const resolutions = code?.specifier === type?.specifier
      ? [code ?? type]
      : [code, type];
    return resolutions.filter((at) => at !== undefined).map((at) => ({
      from,
      specifier,
      target: targetOf(workspace, from, specifier, at.specifier),
      line: at.span.start.line + 1,
      column: at.span.start.character + 1,
    }));
  });
}

function targetOf(
  workspace: Workspace,
  from: string,
  specifier: string,
  resolved: string | undefined,
): Target {
  if (resolved === undefined) return { type: "nothing" };
  const url = new URL(resolved);
  switch (url.protocol) {
    case "file:":
      return { type: "file", path: relativePath(workspace.root, url) };
    case "node:":
      return { type: "node" };
    case "npm:": {
      const config = workspace.members.get(memberOf(from) ?? "");
      return { type: "npm", mapped: isMapped(specifier, config) };
    }
    default:
      return { type: "remote" };
  }
}

function isMapped(specifier: string, config: Config | undefined): boolean {
  return Object.keys(config?.imports ?? {}).some((name) =>
    specifier === name || specifier.startsWith(name.replace(/\/?$/, "/"))
  );
}
