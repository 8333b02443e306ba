import type { TimeSource } from './clock.ts';
import type { AccessLogEntry } from './http/pipeline.ts';
import type { SeedState } from './seed.ts';
import type { Unknowns } from './unknowns.ts';

/** How to start an emulator. Everything has a default; `{}` is a fresh cluster on a free port. */
export interface EmulatorOptions {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** 0 = any free port (default). */
  readonly port?: number;
  /** Default true: HTTPS with a new self-signed certificate. */
  readonly tls?: boolean;
  /** A PEM key and certificate to use instead of a generated one. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** The administrator; default `admin` and `Admin123!`. `'random'` makes a password up. */
  readonly username?: string;
  readonly password?: string;
  /** Where time comes from; default the system's clock. It can be moved and frozen in any case. */
  readonly clock?: TimeSource;
  /** Between `: keepalive` comments of notify streams; default `unknowns.keepaliveSeconds`, 15 s. */
  readonly keepaliveMs?: number;
  /** Life of a session; default 10 h (FACTS 1). */
  readonly sessionTtlMs?: number;
  /** Files and users that are there from the start; default none but the administrator and the guest. */
  readonly initial?: SeedState;
  /** Answers to what is UNKNOWN of real clusters. */
  readonly unknowns?: Partial<Unknowns>;
  /** Three parts behind `Qumulo Core ` (FACTS 9); default 7.10.2. */
  readonly version?: string;
  readonly clusterName?: string;
  /** Default: made up, a new one per start. */
  readonly clusterId?: string;
  /** Seed of everything that faults leave to chance; default 1. */
  readonly seed?: number;
  /** Largest body of a data upload and of a JSON request, in bytes; default 2 GiB and 16 MiB. */
  readonly maxBodyBytes?: number;
  readonly maxJsonBytes?: number;
  /** Called once per request; default: no access log. */
  readonly accessLog?: (entry: AccessLogEntry) => void;
  /** Called with errors that no request should ever cause; default: printed on stderr. */
  readonly onDefect?: (error: unknown) => void;
}
