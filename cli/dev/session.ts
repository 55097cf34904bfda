/**
 * An app that follows its sources.
 *
 * @module
 */

import { systemHost } from "@rusm/otp";
import type { App, AppError, Manifest } from "@rusm/serve";
import { buildChanged } from "../bundle/changed.ts";
import { type Component, findComponents } from "../bundle/component.ts";
import type { Outcome } from "../bundle/outcome.ts";
import { formatProblem, type Problem, wholeFile } from "../bundle/problem.ts";
import { checkTypes, rememberTypes } from "../check/types.ts";
import { CommandFailure } from "../errors.ts";
import { shortenAll } from "../file.ts";
import { type Io, moduleCacheOf, paint, print } from "../io.ts";
import type { Serving } from "../serving.ts";
import { Changes } from "./changes.ts";
import { Complaints, type Subject } from "./complaints.ts";
import { FollowedApp } from "./followed_app.ts";
import { type Relevance, relevanceOf, watchedFor } from "./relevance.ts";
import { type Round, roundLines } from "./report.ts";
import { type TypeCheck, TypeChecks } from "./type_checks.ts";
import { Watcher, WatchFailed } from "./watcher.ts";

/** How an app is worked on. */
export interface DevOptions {
  /** Absolute path of its manifest. */
  readonly manifest: string;
  /** Absolute path of the app. */
  readonly directory: string;
  /** Whether types are checked. */
  readonly checks: boolean;
  /** Counts instead of what the manifest says. */
  readonly overrides: Partial<Manifest>;
}

/** Everything, as when the work begins. */
const ALL: Relevance = { components: "all", paths: [], isRelevant: true };

/** An app that is built and taken up again whenever its sources change. */
export class DevSession implements Serving {
  /** Never: what cannot run waits to be mended. */
  readonly gaveUp: Promise<AppError> = new Promise(() => {});
  readonly #options: DevOptions;
  readonly #io: Io;
  readonly #changes = new Changes(systemHost());
  readonly #watcher = new Watcher(this.#changes);
  readonly #complaints: Complaints;
  readonly #checks: TypeChecks;
  readonly #followed: FollowedApp;
  #inputs: ReadonlyMap<string, readonly string[]> = new Map();
  readonly #mended = new Set<Subject>();
  // What is said when the round is told of; undefined between rounds.
  #held: string[] | undefined;
  #following: Promise<void> | undefined;
  #isStopping = false;

  /** Nothing runs yet. */
  constructor(options: DevOptions, io: Io) {
    this.#options = options;
    this.#io = io;
    this.#complaints = new Complaints(
      (text) => this.#say(text),
      (subject, isLast) => this.#tellMended(subject, isLast),
    );
    this.#followed = new FollowedApp({
      ...{ manifest: options.manifest, overrides: options.overrides },
      cacheDir: moduleCacheOf(io),
      complaints: this.#complaints,
    });
    this.#checks = new TypeChecks(
      (check, signal) => this.#checkTypes(check, signal),
      (problems) => this.#tellTypes(problems),
    );
  }

  /** The app, unless it could not be started yet. */
  get app(): App | undefined {
    return this.#followed.app;
  }

  /** What the app listens on, in the order of its endpoints. */
  get listeners(): Manifest["listeners"] {
    return this.#followed.listeners;
  }

  /**
   * Watches, builds and starts the app. What is wrong with it is printed, and can
   * be mended.
   *
   * @throws {CommandFailure} It cannot be watched.
   */
  async begin(): Promise<void> {
    try {
      await this.#watch();
    } catch (error) {
      // What cannot be followed need not be started.
      if (!(error instanceof WatchFailed)) throw error;
      throw new CommandFailure(error.message);
    }
    print(this.#io.stdout, "building");
    await this.#round(ALL);
  }

  /** Follows the sources. Resolves when the session has ended. */
  follow(): Promise<void> {
    return this.#following ??= this.#follow();
  }

  async #follow(): Promise<void> {
    for (;;) {
      const batch = await this.#changes.next();
      if (batch === undefined) return;
      const { directory, manifest } = this.#options;
      const files = { directory, manifest, inputs: this.#inputs };
      const relevance = relevanceOf(batch, files);
      if (relevance.isRelevant) await this.#roundOrTell(relevance);
    }
  }

  async #roundOrTell(relevance: Relevance): Promise<void> {
    try {
      await this.#round(relevance);
      this.#complaints.note("files", undefined);
    } catch (error) {
      // Files come and go while they are read; what comes is told, and tried again.
      if (!isFileError(error)) throw error;
      this.#held = undefined;
      this.#complaints.note("files", `Cannot take up: ${error.message}`);
    }
  }

  async #round({ components, paths }: Relevance): Promise<void> {
    const startMs = performance.now();
    this.#held = [];
    const isAsked = paths.length > 0;
    const found = await this.#find();
    const chosen = components === "all"
      ? found
      : found.filter(({ name }) => components.has(name));
    const outcomes = await this.#build(found, chosen, isAsked);
    const reload = await this.#followed.takeUp(isAsked, this.#mended);
    if (this.#isStopping) return;
    const ms = performance.now() - startMs;
    this.#tell({ paths, outcomes, reload, ms });
    await this.#watchAgain();
    this.#noteMended(found);
    if (this.#options.checks && chosen.length > 0) {
      this.#checks.request({ components: found, inputs: this.#inputs });
    }
  }

  async #find(): Promise<readonly Component[]> {
    return (await findComponents(this.#options.directory))?.found ?? [];
  }

  // What has changed comes before what is wrong with it.
  #tell(round: Round): void {
    const { stdout, cwd } = this.#io;
    print(stdout, ...roundLines(round, cwd, stdout));
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const text of held) this.#say(text);
  }

  #say(text: string): void {
    const { stderr, cwd } = this.#io;
    if (this.#held !== undefined) this.#held.push(text);
    else print(stderr, shortenAll(text, cwd));
  }

  #tellMended(subject: Subject, isLast: boolean): void {
    const { stdout } = this.#io;
    const text = isLast ? "all problems solved" : `solved: ${subject}`;
    print(stdout, paint(stdout, "green", text));
  }

  async #build(
    found: readonly Component[],
    chosen: readonly Component[],
    isAsked: boolean,
  ): Promise<readonly Outcome[]> {
    if (chosen.length === 0) return [];
    const { directory } = this.#options;
    const { outcomes, inputs } = await buildChanged(directory, chosen);
    const known = new Map([...this.#inputs, ...inputs]);
    this.#inputs = new Map(
      found.flatMap(({ name }) => {
        const paths = known.get(name);
        return paths === undefined ? [] : [[name, paths]];
      }),
    );
    for (const outcome of outcomes) this.#noteBuild(outcome, isAsked);
    return outcomes;
  }

  #noteBuild(outcome: Outcome, isAsked: boolean): void {
    const subject = `component ${outcome.component.name}` as const;
    if (outcome.type !== "failed") return void this.#mended.add(subject);
    const text = this.#format(outcome.problems);
    this.#complaints.note(subject, text, isAsked);
  }

  /** The names of components that could not be built. */
  get #broken(): ReadonlySet<string> {
    const prefix = "component ";
    const { subjects } = this.#complaints;
    return new Set(
      subjects.filter((subject) => subject.startsWith(prefix))
        .map((subject) => subject.slice(prefix.length)),
    );
  }

  // After what came of it was told.
  #noteMended(found: readonly Component[]): void {
    const names = new Set(found.map(({ name }) => name));
    for (const name of this.#broken) {
      if (!names.has(name)) this.#mended.add(`component ${name}`);
    }
    for (const subject of this.#mended) {
      this.#complaints.note(subject, undefined);
    }
    this.#mended.clear();
  }

  async #watch(): Promise<boolean> {
    const { directory, manifest } = this.#options;
    const files = { directory, manifest, inputs: this.#inputs };
    return await this.#watcher.update(watchedFor(files));
  }

  async #watchAgain(): Promise<void> {
    try {
      // What was not watched may have changed before it was.
      if (await this.#watch()) this.#changes.addAll();
      this.#mended.add("watch");
    } catch (error) {
      // What was watched still is; the rest can be made room for.
      if (!(error instanceof WatchFailed)) throw error;
      this.#complaints.note("watch", error.message);
    }
  }

  async #checkTypes(
    { components, inputs }: TypeCheck,
    signal: AbortSignal,
  ): Promise<readonly Problem[]> {
    const { directory, manifest } = this.#options;
    const startMs = Date.now();
    try {
      const problems = await checkTypes(directory, components, signal);
      if (problems.length === 0 && !signal.aborted) {
        await rememberTypes(directory, components, inputs, startMs);
      }
      return problems;
    } catch (error) {
      // The app runs without types, too.
      if (!(error instanceof CommandFailure)) throw error;
      const place = wholeFile(manifest);
      return [{ text: error.message, place, source: undefined }];
    }
  }

  // What cannot be built has been told, with all that is wrong with it.
  #tellTypes(problems: readonly Problem[]): void {
    const broken = [...this.#broken].flatMap((name) =>
      this.#inputs.get(name) ?? []
    );
    const known = new Set(broken);
    const left = problems.filter(({ place }) => !known.has(place.file));
    const text = left.length === 0 ? undefined : this.#format(left);
    this.#complaints.note("types", text);
  }

  #format(problems: readonly Problem[]): string {
    const { cwd, stderr } = this.#io;
    return problems.map((problem) => formatProblem(problem, cwd, stderr))
      .join("\n");
  }

  /** See {@linkcode App.info}. */
  info(): ReturnType<App["info"]> {
    return this.app?.info() ?? { started: 0, alive: 0 };
  }

  /**
   * Follows nothing more, and stops the app. What is being built is built to its
   * end, but nothing is done with it. Idempotent.
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#changes.close();
    await Promise.all([this.#checks.close(), this.#followed.stop()]);
    // How following has failed is told by follow(). It may watch until it ends.
    await Promise.allSettled([this.#following]);
    await this.#watcher.close();
  }
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && error.constructor.name in Deno.errors;
}
