export type { AccessToken, AccessTokensApi } from './api/access-tokens.ts';
export type { ClusterApi, NodeState, TimeSettings, Version } from './api/cluster.ts';
export type {
  AtimeSettings,
  FileSystemApi,
  FileSystemStats,
  NotifySettings,
  PermissionsSettings,
} from './api/file-system.ts';
export type { Ace, Acl, AclApi, AclRight, Identity, IdentityDomain } from './api/files/acl.ts';
export type { AggregateEntry, AggregatesApi, AggregatesOptions, DirectoryAggregates } from './api/files/aggregates.ts';
export type { AttributesApi } from './api/files/attributes.ts';
export type { CopyFileApi, CopyFileOptions, CopySource } from './api/files/copy-file.ts';
export type { CopyChunk, DataApi, ReadOptions } from './api/files/data.ts';
export type { EntriesApi, EntriesOptions, EntriesPage, UnixFile } from './api/files/entries.ts';
export type { FileLockApi, FileLockPatch } from './api/files/file-lock.ts';
export type { FilesApi } from './api/files/index.ts';
export type { ClientLock, ClientLocksApi, ListLocksOptions } from './api/files/locks.ts';
export type { ResolveApi, ResolvedPath } from './api/files/resolve.ts';
export type { NamedStream, StreamsApi } from './api/files/streams.ts';
export type { TreeDeleteApi, TreeDeleteJob } from './api/files/tree-delete.ts';
export type {
  AttributesPatch,
  ExtendedAttributes,
  FileAttributes,
  FileIdentity,
  FileLock,
  FileType,
} from './api/files/types.ts';
export type { UserMetadata, UserMetadataApi, UserMetadataType } from './api/files/user-metadata.ts';
export type { ExpandedIdentity, FullIdentity, IdentityApi } from './api/identity.ts';
export type { NfsExport, NfsExportsApi, NfsRestriction } from './api/nfs-exports.ts';
export type { FtpSettings, S3Settings, SettingsApi } from './api/protocol-settings.ts';
export type { SessionApi, WhoAmI } from './api/session.ts';
export type { SmbApi, SmbFileHandle, SmbSession } from './api/smb.ts';
export type {
  ShareNetworkPermission,
  SharePermission,
  ShareRight,
  SmbShare,
  SmbSharesApi,
} from './api/smb-shares.ts';
export type {
  Snapshot,
  SnapshotChange,
  SnapshotFilter,
  SnapshotsApi,
  SnapshotsV2Api,
  SnapshotV2,
} from './api/snapshots.ts';
export type { Tenant, TenantsApi } from './api/tenants.ts';
export { type AppliedOptions, createClient, type QumuloClient } from './client.ts';
export { QumuloApiError, QumuloLoginError, QumuloProtocolError } from './errors/api-error.ts';
export { isQumuloError, QumuloError } from './errors/base.ts';
export { type ConnectionErrorKind, QumuloConnectionError } from './errors/connection-error.ts';
export { readRetryAfter } from './errors/from-answer.ts';
export {
  type NotifyBatch,
  type NotifyBurst,
  type NotifyEnd,
  type NotifyEndReason,
  type NotifyEvent,
  type NotifyEvents,
  type NotifyEventType,
  type NotifyOptions,
  type NotifyStream,
  notifyEventTypes,
} from './notify/types.ts';
export { readNotifyEvents } from './notify/burst-builder.ts';
export { parseNotifyBatch } from './notify/read-line.ts';
export type {
  Answer,
  CallOptions,
  ClientOptions,
  Credentials,
  FileRef,
  RequestInfo,
  TlsOptions,
} from './options.ts';
export { type Clock, systemClock } from './time/clock.ts';
export type { ClusterClock } from './time/cluster-clock.ts';
export type { ServerCertificate } from './tls/certificate.ts';
export { normaliseFingerprint } from './tls/fingerprint.ts';
export { readServerCertificate } from './tls/read-certificate.ts';
export { defaultRetryPolicy, type RetryPolicy } from './transport/retry-policy.ts';
export { VERSION } from './version.ts';
export type { WalkOptions } from './walk/options.ts';
export type { Privilege } from './wire/generated.ts';
