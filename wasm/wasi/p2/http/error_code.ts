/**
 * Errors of HTTP, as WASI 0.2 names them.
 *
 * @module
 */

import { ComponentError } from "../../../component/canonical/mod.ts";
import { IoError, StreamFailure } from "../io/io_error.ts";

/** Cases without a payload. */
type PlainTag =
  | "DNS-timeout"
  | "destination-unavailable"
  | "connection-refused"
  | "connection-terminated"
  | "connection-timeout"
  | "connection-read-timeout"
  | "connection-limit-reached"
  | "TLS-protocol-error"
  | "TLS-certificate-error"
  | "HTTP-request-denied"
  | "HTTP-request-method-invalid"
  | "HTTP-request-URI-invalid"
  | "HTTP-upgrade-failed"
  | "HTTP-protocol-error";

/** Cases of the variant `error-code` of `wasi:http/types` that are told here. */
export type HttpErrorCode =
  | { readonly tag: PlainTag }
  | {
    readonly tag: "DNS-error";
    readonly val: {
      readonly rcode: string | undefined;
      readonly infoCode: number | undefined;
    };
  }
  | {
    readonly tag: "TLS-alert-received";
    readonly val: {
      readonly alertId: number | undefined;
      readonly alertMessage: string | undefined;
    };
  }
  | {
    readonly tag: "HTTP-request-body-size" | "HTTP-response-body-size";
    readonly val: bigint | undefined;
  }
  | {
    readonly tag: "HTTP-response-header-section-size";
    readonly val: number | undefined;
  }
  | { readonly tag: "internal-error"; readonly val: string | undefined };

/** An error of HTTP, on its way to whoever waits for it. */
export class HttpFailure extends Error {
  /** What the guest is told. */
  readonly code: HttpErrorCode;

  /** Carries `code`. */
  constructor(code: HttpErrorCode) {
    super(`Cannot go on with HTTP: ${code.tag}`);
    this.name = "HttpFailure";
    this.code = code;
  }
}

/** What tells the guest of `code`, where a function answers with an error code. */
export function httpError(code: HttpErrorCode): ComponentError {
  return new ComponentError(code);
}

/** The tag of errors of `wasi:http`. */
export const HTTP = "http";

/** What a stream of a body fails with. */
export function bodyFailure(code: HttpErrorCode): StreamFailure {
  const text = `Cannot go on with the body: ${code.tag}`;
  return new StreamFailure(new IoError(text, { type: HTTP, code }));
}

/** The error code of an error of a stream; undefined when it is not of HTTP. */
export function httpErrorCode({ detail }: IoError): HttpErrorCode | undefined {
  return detail?.type === HTTP ? detail.code as HttpErrorCode : undefined;
}

// deno-fmt-ignore
const BY_CODE: ReadonlyMap<string, PlainTag> = new Map([
  ["ECONNREFUSED", "connection-refused"],
  ["ECONNRESET",   "connection-terminated"],
  ["ECONNABORTED", "connection-terminated"],
  ["EPIPE",        "connection-terminated"],
  ["ETIMEDOUT",    "connection-timeout"],
  ["EHOSTUNREACH", "destination-unavailable"],
  ["ENETUNREACH",  "destination-unavailable"],
  ["EADDRNOTAVAIL", "destination-unavailable"],
  ["EAI_AGAIN",    "DNS-timeout"],
  ["ENOTCAPABLE",  "HTTP-request-denied"],
  ["EPERM",        "HTTP-request-denied"],
]);

/**
 * What a guest is told of `error`, which the client of the platform gave.
 *
 * It names no more of the host than what kind of error it was.
 */
export function codeOf(error: unknown): HttpErrorCode {
  if (error instanceof HttpFailure) return error.code;
  if (error instanceof Deno.errors.NotCapable) {
    return { tag: "HTTP-request-denied" };
  }
  const { code, message } = error as { code?: unknown; message?: unknown };
  return codeFor(String(code ?? ""), String(message ?? ""));
}

function codeFor(code: string, message: string): HttpErrorCode {
  const tag = BY_CODE.get(code);
  if (tag !== undefined) return { tag };
  if (code === "ENOTFOUND") {
    return { tag: "DNS-error", val: { rcode: code, infoCode: undefined } };
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return { tag: "HTTP-response-header-section-size", val: undefined };
  }
  if (code.startsWith("HPE_")) return { tag: "HTTP-protocol-error" };
  const [, alertMessage] = /fatal alert: (\w+)/.exec(message) ?? [];
  if (alertMessage !== undefined) {
    const val = { alertId: ALERTS.get(alertMessage), alertMessage };
    return { tag: "TLS-alert-received", val };
  }
  if (/certificate|^CERT_|SELF_SIGNED|UNABLE_TO/i.test(`${code} ${message}`)) {
    return { tag: "TLS-certificate-error" };
  }
  if (/tls|ssl|handshake/i.test(`${code} ${message}`)) {
    return { tag: "TLS-protocol-error" };
  }
  return { tag: "internal-error", val: undefined };
}

// RFC 8446, 6: those that a client gets, as Deno calls them.
// deno-fmt-ignore
const ALERTS: ReadonlyMap<string, number> = new Map([
  ["UnexpectedMessage",       10],
  ["BadRecordMac",            20],
  ["RecordOverflow",          22],
  ["HandshakeFailure",        40],
  ["BadCertificate",          42],
  ["UnsupportedCertificate",  43],
  ["CertificateRevoked",      44],
  ["CertificateExpired",      45],
  ["CertificateUnknown",      46],
  ["IllegalParameter",        47],
  ["UnknownCA",               48],
  ["AccessDenied",            49],
  ["DecodeError",             50],
  ["DecryptError",            51],
  ["ProtocolVersion",         70],
  ["InsufficientSecurity",    71],
  ["InternalError",           80],
  ["MissingExtension",       109],
  ["UnsupportedExtension",   110],
  ["UnrecognisedName",       112],
  ["CertificateRequired",    116],
  ["NoApplicationProtocol",  120],
]);
