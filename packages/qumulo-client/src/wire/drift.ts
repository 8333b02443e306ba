/**
 * Compares the types that this package promises with those generated from the API's schemas. No code: when the schemas
 * change under a type, this file does not compile any more, and the error names the type. What a call sends, and that
 * its endpoint and query parameters exist, is checked where the call is made (`transport/endpoint.ts`).
 */
import type { AccessToken } from '../api/access-tokens.ts';
import type { NodeState, TimeSettings, Version } from '../api/cluster.ts';
import type { AtimeSettings, FileSystemStats, NotifySettings } from '../api/file-system.ts';
import type { Ace, Acl, Identity } from '../api/files/acl.ts';
import type { AggregateEntry, DirectoryAggregates } from '../api/files/aggregates.ts';
import type { CopyChunk } from '../api/files/data.ts';
import type { FileLockPatch } from '../api/files/file-lock.ts';
import type { ClientLock } from '../api/files/locks.ts';
import type { ResolvedPath } from '../api/files/resolve.ts';
import type { NamedStream } from '../api/files/streams.ts';
import type { TreeDeleteJob } from '../api/files/tree-delete.ts';
import type { AttributesPatch, ExtendedAttributes, FileAttributes, FileLock } from '../api/files/types.ts';
import type { FullIdentity } from '../api/identity.ts';
import type { NfsExport, NfsRestriction } from '../api/nfs-exports.ts';
import type { FtpSettings, S3Settings } from '../api/protocol-settings.ts';
import type { WhoAmI } from '../api/session.ts';
import type { SmbSession } from '../api/smb.ts';
import type { ShareNetworkPermission, SharePermission, SmbShare } from '../api/smb-shares.ts';
import type { Snapshot, SnapshotChange, SnapshotV2 } from '../api/snapshots.ts';
import type { Tenant } from '../api/tenants.ts';
import type { NotifyEvent, notifyEventTypes } from '../notify/types.ts';
import type * as wire from './generated.ts';

/** True when every key of ours is one of the API's, with a type that the API's allows. */
export type Fits<Ours, Wire> = [Exclude<keyof Ours, keyof Wire>] extends [never]
  ? Ours extends Partial<Wire>
    ? true
    : { aTypeDiffers: { [K in keyof Ours & keyof Wire as Ours[K] extends Wire[K] ? never : K]: [Ours[K], Wire[K]] } }
  : { notInTheApi: Exclude<keyof Ours, keyof Wire> };

/** True when we also know every key of the API's. */
export type Covers<Ours, Wire> = [Exclude<keyof Wire, keyof Ours>] extends [never]
  ? Fits<Ours, Wire>
  : { missingHere: Exclude<keyof Wire, keyof Ours> };

export type Assert<T extends true> = T;

type Entry<T extends { entries?: unknown }> = NonNullable<T['entries']> extends readonly (infer E)[] ? E : never;
type FileEntry<T extends { files?: unknown }> = NonNullable<T['files']> extends readonly (infer E)[] ? E : never;
type Json = wire.ApiGetFilesAttributes;

export type Drift = [
  Assert<Covers<FileAttributes, Json>>,
  Assert<Fits<Omit<FileAttributes, 'lock'>, FileEntry<wire.ApiFilesDirectoryEntries>>>,
  Assert<Covers<FileLock, NonNullable<Json['lock']>>>,
  Assert<Covers<ExtendedAttributes, NonNullable<Json['extended_attributes']>>>,
  Assert<Covers<FileLockPatch, wire.ApiPatchFileLock>>,
  Assert<Fits<AttributesPatch, wire.ApiSettableFilesAttributes>>,
  Assert<Covers<CopyChunk, wire.ApiFilesCopyChunk>>,
  Assert<Covers<Acl, wire.ApiFilesAclV2>>,
  Assert<Covers<Ace, NonNullable<wire.ApiFilesAclV2['aces']>[number]>>,
  Assert<Covers<Identity, wire.ApiIdentity>>,
  Assert<Covers<FullIdentity, wire.SdkIdentity>>,
  Assert<Covers<NamedStream, wire.ApiNamedStreamAttributes>>,
  Assert<Fits<ResolvedPath, wire.FsApiRefIdPath>>,
  Assert<Covers<DirectoryAggregates, wire.ApiFilesDirAggregates>>,
  Assert<Covers<AggregateEntry, FileEntry<wire.ApiFilesDirAggregates>>>,
  Assert<Covers<ClientLock, wire.SdkLockGrant>>,
  Assert<Covers<Omit<WhoAmI, 'privileges'>, Omit<wire.ApiUserInfo, 'privileges'>>>,
  Assert<Covers<AccessToken, wire.ApiAccessTokenMetadata>>,
  Assert<Covers<Snapshot, wire.ApiSnapshotInfo>>,
  Assert<Covers<SnapshotV2, wire.ApiSnapshotInfoV2>>,
  Assert<Covers<SnapshotChange, Entry<wire.ApiSnapshotTreeDiff>>>,
  Assert<Covers<Version, wire.ApiVersionInfo>>,
  Assert<Covers<NodeState, wire.ApiNodeState>>,
  Assert<Covers<TimeSettings, wire.SdkTimeSettings>>,
  Assert<Covers<NotifySettings, wire.FsNotifyConfig>>,
  Assert<Covers<AtimeSettings, wire.AtimeConfig>>,
  Assert<Covers<FileSystemStats, wire.ApiFsAttributes>>,
  Assert<Covers<SmbSession, wire.SdkSmbSession>>,
  Assert<Covers<Tenant, wire.SdkTenant>>,
  Assert<Covers<SmbShare, wire.SdkSmbShare>>,
  Assert<Covers<SharePermission, wire.SdkSmbAce>>,
  Assert<Covers<ShareNetworkPermission, wire.SdkSmbNetworkAce>>,
  Assert<Covers<NfsExport, wire.SdkNfsExport>>,
  Assert<Covers<NfsRestriction, wire.SdkNfsRestriction>>,
  Assert<Covers<S3Settings, wire.SdkS3Settings>>,
  Assert<Covers<FtpSettings, wire.SdkFtpSettings>>,
  Assert<Covers<TreeDeleteJob, wire.TreeDeleteJobStatus>>,
  Assert<Covers<Omit<NotifyEvent, 'type' | 'spine'>, Omit<wire.XNotifyEvent, 'type' | 'spine'>>>,
  // Every type of change that the API has is in our list, and no other.
  Assert<
    Exclude<NonNullable<wire.XNotifyEvent['type']>, (typeof notifyEventTypes)[number]> extends never ? true : false
  >,
];
