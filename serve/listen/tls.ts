/**
 * Certificates of a listener, and their renewal while it runs.
 *
 * @module
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import type { Host } from "@rusm/otp";
import { TLS_NAMES_MAX, TLS_SETTLE_MS } from "../limits.ts";
import { type KeyPair, listenTls, listenTlsByName } from "./deno_http.ts";

/** Where a certificate and its key are. */
export interface TlsFiles {
  /** Absolute path of the certificate, and those that lead to its root, as PEM. */
  readonly cert: string;
  /** Absolute path of its key, as PEM. */
  readonly key: string;
}

/** What a listener shows of itself. */
export interface TlsConfig extends TlsFiles {
  /** What it shows to those who ask for a name: `a.example`, `*.a.example`. In lower case. */
  readonly sni: ReadonlyMap<string, TlsFiles>;
}

/** The certificates of a listener, as they were read. */
export interface Certificates {
  /** For whoever asks for no other. */
  readonly own: KeyPair;
  /** By the names of {@linkcode TlsConfig.sni}. */
  readonly sni: ReadonlyMap<string, KeyPair>;
}

/** A pair of files that cannot be used; the message names one of them. */
export class TlsError extends Error {
  /** The name of the class. */
  override readonly name: string = "TlsError";
}

/**
 * Reads the certificates and checks that each goes with its key.
 *
 * @throws {TlsError} One cannot be read, or does not.
 */
export function readCertificates(config: TlsConfig): Certificates {
  const sni = [...config.sni].map(([name, files]) =>
    [name, readPair(files)] as const
  );
  return { own: readPair(config), sni: new Map(sni) };
}

function readPair({ cert, key }: TlsFiles): KeyPair {
  const pair = { cert: readPem(cert), key: readPem(key) };
  const certificate = read(cert, () => new X509Certificate(pair.cert));
  const privateKey = read(key, () => createPrivateKey(pair.key));
  if (certificate.checkPrivateKey(privateKey)) return pair;
  throw new TlsError(`Cannot use a key that is not that of ${cert}: ${key}`);
}

function readPem(path: string): string {
  return read(path, () => Deno.readTextFileSync(path));
}

function read<Value>(path: string, reader: () => Value): Value {
  try {
    return reader();
  } catch (error) {
    // Whatever is wrong with a file, its user is to hear which one it is.
    const why = error instanceof Error ? error.message : String(error);
    throw new TlsError(`Cannot read for TLS ${path}: ${why}`);
  }
}

/** Chooses by name: the whole one first, then `*` for its first label. */
export function chooseCertificate(
  { own, sni }: Certificates,
  name: string,
): KeyPair {
  const lower = name.toLowerCase();
  const parent = /^[^.]+(\..+)$/.exec(lower)?.[1];
  return sni.get(lower) ?? sni.get(`*${parent}`) ?? own;
}

/** Told of the files of {@linkcode LiveCertificates}. Must not throw. */
export interface TlsObserver {
  /** New files cannot be used; the old certificates stay. */
  refused(error: unknown): void;
  /** New certificates are shown. */
  renewed(): void;
}

/** What {@linkcode LiveCertificates} need. */
export interface CertificatesOptions {
  /** Waits until files are whole. */
  readonly host: Host;
  /** Where the files are. */
  readonly config: TlsConfig;
  /** Hears of changes. */
  readonly observer: TlsObserver;
}

/** Certificates that are read again when their files change. */
export class LiveCertificates {
  readonly #options: CertificatesOptions;
  #current: Certificates;
  #changed: (() => void) | undefined;
  #watcher: Deno.FsWatcher | undefined;
  #stopTimer: (() => void) | undefined;

  /**
   * Reads them. They are not watched yet.
   *
   * @throws {TlsError} A file cannot be used.
   */
  constructor(options: CertificatesOptions) {
    this.#options = options;
    this.#current = readCertificates(options.config);
  }

  /** As they were read last. */
  get current(): Certificates {
    return this.#current;
  }

  /** Watches the files. `changed` is called when there are other certificates. */
  watch(changed: () => void): void {
    this.#changed = changed;
    const { config } = this.#options;
    const files = [config, ...config.sni.values()];
    // Directories, since whoever renews a file puts another one in its place.
    const directories = files.flatMap(({ cert, key }) => [cert, key])
      .map(dirname);
    this.#watcher = Deno.watchFs([...new Set(directories)], {
      recursive: false,
    });
    this.#heed(this.#watcher);
  }

  async #heed(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind } of watcher) {
      if (kind !== "access") this.#renewSoon();
    }
  }

  // Certificate and key are written one after the other.
  #renewSoon(): void {
    this.#stopTimer ??= this.#options.host.timer(TLS_SETTLE_MS, () => {
      this.#stopTimer = undefined;
      this.#renew();
    });
  }

  #renew(): void {
    const { config, observer } = this.#options;
    try {
      const certificates = readCertificates(config);
      if (isSame(certificates, this.#current)) return;
      this.#current = certificates;
    } catch (error) {
      // The files are the user's to mend, while clients are served as before.
      return observer.refused(error);
    }
    this.#changed?.();
    observer.renewed();
  }

  /** Stops watching. Idempotent. */
  stop(): void {
    this.#changed = undefined;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

/** What {@linkcode TlsListening} needs. */
export interface TlsOptions extends CertificatesOptions {
  /** Where it listens. */
  readonly hostname: string;
  /** TCP port; 0 lets the system choose one. */
  readonly port: number;
}

/**
 * A TLS listener that is replaced when its certificates change: Deno has no
 * other way to show another one. Connections that were accepted stay; those
 * that the system holds ready for the old listener are lost, which is why it is
 * not done for files that are as they were.
 */
export class TlsListening {
  /** The listener of the beginning. */
  readonly first: Deno.TlsListener;
  readonly #hostname: string;
  readonly #certificates: LiveCertificates;
  #replace: ((open: () => Deno.TlsListener) => void) | undefined;

  /**
   * Starts to listen.
   *
   * @throws {TlsError} A file cannot be used.
   * @throws {Deno.errors.AddrInUse} Someone else listens there.
   */
  constructor({ hostname, port, ...options }: TlsOptions) {
    this.#hostname = hostname;
    this.#certificates = new LiveCertificates(options);
    this.first = this.#listen(port);
  }

  #listen(port: number): Deno.TlsListener {
    const { current } = this.#certificates;
    if (current.sni.size === 0) {
      return listenTls(this.#hostname, port, current.own);
    }
    // Deno remembers every name that a client makes up.
    const names = new Set<string>();
    return listenTlsByName(this.#hostname, port, (name) => {
      names.add(name);
      if (names.size === TLS_NAMES_MAX) queueMicrotask(() => this.#relisten());
      return chooseCertificate(current, name);
    });
  }

  /** Watches the files, and has `replace` close the listener and open another one. */
  watch(replace: (open: () => Deno.TlsListener) => void): void {
    this.#replace = replace;
    this.#certificates.watch(() => this.#relisten());
  }

  #relisten(): void {
    const { port } = this.first.addr as Deno.NetAddr;
    this.#replace?.(() => this.#listen(port));
  }

  /** Stops watching. Idempotent. The listener is whose it was handed to. */
  stop(): void {
    this.#replace = undefined;
    this.#certificates.stop();
  }
}

function isSame(left: Certificates, right: Certificates): boolean {
  return textOf(left) === textOf(right);
}

function textOf({ own, sni }: Certificates): string {
  return JSON.stringify([own, [...sni]]);
}
