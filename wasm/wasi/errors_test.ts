import { strictEqual, throws } from "node:assert";

import { ERRNO } from "./errno.ts";
import { errnoOf, ProcessExit, WasiError } from "./errors.ts";

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

// deno-fmt-ignore
const ERRORS: readonly [error: Error, errno: number][] = [
  [new WasiError("EMFILE"),                       ERRNO.EMFILE],
  [coded("ENOTEMPTY"),                            ERRNO.ENOTEMPTY],
  [coded("ENOSPC"),                               ERRNO.ENOSPC],
  [new Deno.errors.NotFound("x"),                 ERRNO.ENOENT],
  [new Deno.errors.AlreadyExists("x"),            ERRNO.EEXIST],
  [new Deno.errors.NotADirectory("x"),            ERRNO.ENOTDIR],
  [new Deno.errors.IsADirectory("x"),             ERRNO.EISDIR],
  [new Deno.errors.FilesystemLoop("x"),           ERRNO.ELOOP],
  [new Deno.errors.PermissionDenied("x"),         ERRNO.EACCES],
  [new Deno.errors.NotCapable("x"),               ERRNO.ENOTCAPABLE],
  [new Deno.errors.Busy("x"),                     ERRNO.EBUSY],
  [new Deno.errors.BrokenPipe("x"),               ERRNO.EPIPE],
  [new Deno.errors.WriteZero("x"),                ERRNO.EIO],
  [new Deno.errors.NotSupported("x"),             ERRNO.ENOTSUP],
  [new Error("File too large (os error 27)"),     ERRNO.EFBIG],
  [new Error("No such number (os error 99999)"),  ERRNO.EIO],
];

for (const [error, errno] of ERRORS) {
  Deno.test(`errnoOf() ${error.name} ${error.message} is ${errno}`, () => {
    strictEqual(errnoOf(error), errno);
  });
}

for (
  const error of [new ProcessExit(3), new TypeError("our mistake"), "killed"]
) {
  Deno.test(`errnoOf() throws ${error} itself, which is no failure of a call`, () => {
    throws(() => errnoOf(error), (thrown) => thrown === error);
  });
}
