import type { EmulatorClock } from '../clock.ts';
import type { FileSystemApi } from '../fs/api.ts';
import type { Identity } from '../identity/identity.ts';
import type { Stats } from '../stats.ts';
import type { Unknowns } from '../unknowns.ts';
import { NfsExports } from './nfs-exports.ts';
import { ProtocolClients } from './protocol-clients.ts';
import { SecurityKeys } from './security-keys.ts';
import { defaultTimeSettings, Setting, type TimeSettings } from './settings.ts';
import { SnapshotPolicies } from './snapshot-policies.ts';

export interface ClusterParts {
  readonly fs: FileSystemApi;
  readonly identity: Identity;
  readonly clock: EmulatorClock;
  readonly unknowns: Unknowns;
  readonly stats: Stats;
  readonly clusterId: string;
  readonly clusterName: string;
  /** As `GET /v1/version` tells it. */
  readonly version: {
    readonly revision_id: string;
    readonly build_id: string;
    readonly flavor: string;
    readonly build_date: string;
  };
  /** An address where the API is reached, for network status. */
  readonly address: () => string;
  /** Called with what no handler should ever throw. */
  readonly reportDefect: (error: unknown) => void;
}

/** Everything an operation may act on. State only: no HTTP. */
export class Cluster {
  readonly fs: FileSystemApi;
  readonly identity: Identity;
  readonly clock: EmulatorClock;
  readonly unknowns: Unknowns;
  readonly stats: Stats;
  readonly clusterId: string;
  readonly version: ClusterParts['version'];
  readonly address: () => string;
  readonly reportDefect: (error: unknown) => void;
  readonly name: Setting<string>;
  readonly timeSettings = new Setting<TimeSettings>(defaultTimeSettings);
  /** Versions of the settings that live in the file system. */
  readonly fsSettings = { notify: new Setting(null), atime: new Setting(null) };
  readonly exports = new NfsExports();
  readonly clients = new ProtocolClients();
  readonly policies = new SnapshotPolicies();
  readonly keys: SecurityKeys;
  #deleting = false;

  constructor(parts: ClusterParts) {
    this.fs = parts.fs;
    this.identity = parts.identity;
    this.clock = parts.clock;
    this.unknowns = parts.unknowns;
    this.stats = parts.stats;
    this.clusterId = parts.clusterId;
    this.version = parts.version;
    this.address = parts.address;
    this.reportDefect = parts.reportDefect;
    this.name = new Setting(parts.clusterName);
    this.keys = new SecurityKeys(
      (id) =>
        this.policies.all().some((policy) => policy.lockKeyRef === id) ||
        this.fs.snapshots.list().some((snapshot) => snapshot.lock_key === id),
    );
  }

  /** Lets tree-delete jobs go on in later turns of the event loop, for as long as there are any. */
  runTreeDeletes(): void {
    if (this.#deleting) return;
    this.#deleting = true;
    setImmediate(() => {
      this.#deleting = false;
      if (this.fs.treeDelete.step()) this.runTreeDeletes();
    });
  }
}
