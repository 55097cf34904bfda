/**
 * What supervisors are asked, on our side.
 *
 * @module
 */

import {
  type ChildInfo,
  countChildren,
  countDynamicChildren,
  deleteChild,
  type DynamicSupervisorMessage,
  type Pid,
  restartChild,
  startChild,
  startDynamicChild,
  SupervisorDown,
  terminateChild,
  terminateDynamicChild,
  whichChildren,
  whichDynamicChildren,
} from "@rusm/otp";
import { type Cast, pick, type Supervisor } from "./cast.ts";
import {
  type Result,
  terminatedResult,
  toReason,
  youngestFirst,
} from "./differences.ts";
import type { Supervising } from "./scenario.ts";
import { specOf } from "./supervising.ts";
import type { Word } from "./trace.ts";

/** What a supervisor that was started is told. */
export type Request = Exclude<
  Supervising,
  { readonly type: "supervise" | "superviseDynamic" }
>;

type Question = Exclude<Request, { readonly type: "stop" }>;
type DynamicOnly = Question & {
  readonly type: "startDynamic" | "terminateDynamic";
};
type Either = Question & {
  readonly type: "whichChildren" | "countChildren";
};
type DynamicQuestion = DynamicOnly | Either;
type StaticQuestion = Exclude<Question, DynamicOnly>;

// When all is quiet.
type Words = () => Word[];

/** Tells a supervisor; its answer is noted when it comes. */
export function ask(cast: Cast, request: Request): void {
  const supervisor = pick(request.supervisor, cast.supervisors);
  const mayStop = supervisor !== undefined && !supervisor.isNested;
  if (mayStop && request.type === "stop") {
    cast.runtime.exit(supervisor.pid, toReason(request.reason));
    return;
  }
  const answer = supervisor && request.type !== "stop"
    ? answerOf(cast, request, supervisor)
    : undefined;
  if (answer === undefined) return cast.note(() => ["result", "none"]);
  answer.then(
    (words) => cast.note(() => ["result", ...words()]),
    (error) => cast.note(() => ["result", ...failed(error)]),
  );
}

function failed(error: unknown): Word[] {
  if (error instanceof SupervisorDown) return ["down"];
  throw error;
}

function answerOf(
  cast: Cast,
  question: Question,
  supervisor: Supervisor,
): Promise<Words> | undefined {
  if (supervisor.isDynamic) {
    const pid = supervisor.pid as Pid<never>;
    return isDynamicOnly(question) || isEither(question)
      ? answerOfDynamic(cast, question, pid)
      : undefined;
  }
  return isDynamicOnly(question)
    ? undefined
    : answerOfStatic(cast, question, supervisor);
}

function isDynamicOnly(question: Question): question is DynamicOnly {
  const { type } = question;
  return type === "startDynamic" || type === "terminateDynamic";
}

function isEither(question: Question): question is Either {
  const { type } = question;
  return type === "whichChildren" || type === "countChildren";
}

async function answerOfStatic(
  cast: Cast,
  question: StaticQuestion,
  supervisor: Supervisor,
): Promise<Words> {
  const { runtime } = cast;
  const { pid } = supervisor;
  switch (question.type) {
    case "whichChildren": {
      const children = await whichChildren(runtime, pid);
      return () =>
        youngestFirst(children).map((child) => childWord(cast, child));
    }
    case "countChildren": {
      const { specs, active } = await countChildren(runtime, pid);
      return () => [specs, active];
    }
    case "startChild": {
      const spec = specOf(cast, supervisor.key, question.spec);
      const result = await startChild(runtime, pid, spec);
      return resultWords(cast, result);
    }
    case "terminateChild":
      return resultWords(cast, await terminateChild(runtime, pid, question.id));
    case "restartChild":
      return resultWords(cast, await restartChild(runtime, pid, question.id));
    case "deleteChild":
      return resultWords(cast, await deleteChild(runtime, pid, question.id));
  }
}

function childWord(cast: Cast, { id, pid }: ChildInfo): Word {
  if (pid === undefined) return [id, "none"];
  return [id, pid === "restarting" ? pid : cast.numberOf(pid)];
}

type Dynamic = Pid<DynamicSupervisorMessage<void, unknown>>;

async function answerOfDynamic(
  cast: Cast,
  question: DynamicQuestion,
  supervisor: Pid<never>,
): Promise<Words> {
  const { runtime } = cast;
  const pid = supervisor as Dynamic;
  switch (question.type) {
    case "whichChildren": {
      const pids = await whichDynamicChildren(runtime, pid);
      return () => pids.map((child) => ["dynamic", cast.numberOf(child)]);
    }
    case "countChildren": {
      const { specs, active } = await countDynamicChildren(runtime, pid);
      return () => [specs, active];
    }
    case "startDynamic":
      return resultWords(
        cast,
        await startDynamicChild(runtime, pid, undefined),
      );
    case "terminateDynamic": {
      const child = pick(question.process, cast.processes)!;
      const isDead = !runtime.isAlive(child);
      const result = await terminateDynamicChild(runtime, pid, child);
      return resultWords(cast, terminatedResult(result, isDead));
    }
  }
}

function resultWords(cast: Cast, { type, pid }: Result): Words {
  switch (type) {
    case "started":
      return () => [cast.numberOf(pid!)];
    case "alreadyStarted":
      return () => [type, cast.numberOf(pid!)];
    case "terminated":
    case "deleted":
      return () => ["done"];
    default:
      return () => [type];
  }
}
