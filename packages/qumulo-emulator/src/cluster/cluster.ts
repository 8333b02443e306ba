import type { EmulatorClock } from '../clock.ts';
import type { FileSystemApi } from '../fs/api.ts';
import type { Identity } from '../identity/identity.ts';
import type { Stats } from '../stats.ts';
import type { Unknowns } from '../unknowns.ts';
import { AuditDestinations } from './audit-destinations.ts';
import { noNfsSettings, noSmbSettings } from './errors.ts';
import { NfsExports } from './nfs-exports.ts';
import { ProtocolClients } from './protocol-clients.ts';
import {
  defaultFtpSettings,
  defaultNfsSettings,
  defaultS3Settings,
  defaultSmbSettings,
  type FtpSettings,
  type NfsSettings,
  type S3Settings,
  type SmbSettings,
} from './protocol-settings.ts';
import { SecurityKeys } from './security-keys.ts';
import { ServiceSettings } from './service-settings.ts';
import { defaultTimeSettings, Setting, type TimeSettings } from './settings.ts';
import { addFreshShare, SmbShares } from './smb-shares.ts';
import { SnapshotPolicies } from './snapshot-policies.ts';
import { TenantSettings } from './tenant-settings.ts';
import { Tenants } from './tenants.ts';

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
  readonly shares = new SmbShares();
  readonly nfsSettings = new TenantSettings<NfsSettings>(defaultNfsSettings, noNfsSettings);
  readonly smbSettings = new TenantSettings<SmbSettings>(defaultSmbSettings, noSmbSettings);
  readonly s3Settings = new Setting<S3Settings>(defaultS3Settings);
  readonly ftpSettings = new Setting<FtpSettings>(defaultFtpSettings);
  readonly services = new ServiceSettings();
  readonly auditDestinations = new AuditDestinations();
  readonly tenants = new Tenants((id) => {
    this.exports.removeOfTenant(id);
    this.shares.removeOfTenant(id);
    this.nfsSettings.remove(id);
    this.smbSettings.remove(id);
  });
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
    if (parts.unknowns.freshShare === 'Files') addFreshShare(this.shares);
    this.keys = new SecurityKeys(
      (id) =>
        this.policies.all().some((policy) => policy.lockKeyRef === id) ||
        this.fs.snapshots.list().some((snapshot) => snapshot.lock_key === id),
    );
  }

  /** Whether clients of a tenant can use SMB at all. */
  smbIsOn(tenantId: number): boolean {
    const enabled = this.tenants.find(tenantId)?.config.smb_enabled === true;
    return enabled && this.smbSettings.effective(tenantId).supported_dialects.length > 0;
  }

  /** After a change of tenants or SMB settings: sessions of tenants without SMB may be over (UNKNOWN). */
  smbChanged(): void {
    if (this.unknowns.smbOff !== 'ends-sessions') return;
    for (const { location, tenantId } of this.clients.sessions())
      if (!this.smbIsOn(tenantId)) this.clients.closeSession(location);
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
