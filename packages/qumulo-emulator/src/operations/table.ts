import type { EndpointName } from '@qwarden/qumulo-client/wire';
import type { Row } from '../http/operation.ts';
import { Router } from '../http/router.ts';
import { accessTokenOperations } from './access-tokens.ts';
import { auditDestinationOperations } from './audit-destinations.ts';
import { auditOperations, auditUndocumented } from './audit.ts';
import { caCertificateOperations } from './ca-certificate.ts';
import { clusterOperations } from './cluster.ts';
import { earlierVersions } from './earlier-versions.ts';
import { fileAclOperations } from './file-acl.ts';
import { fileExtentOperations } from './file-extents.ts';
import { fileLockOperations } from './file-lock.ts';
import { fileLookupOperations } from './file-lookups.ts';
import { fileStreamOperations } from './file-streams.ts';
import { fileSystemOperations } from './file-system.ts';
import { fileOperations } from './files.ts';
import { groupOperations } from './groups.ts';
import { identityOperations } from './identities.ts';
import { networkOperations, networkUndocumented } from './network.ts';
import { nfsExportOperations, nfsExportV2Operations } from './nfs-exports.ts';
import { notBuiltOperations } from './not-built.ts';
import { notifyOperations } from './notify.ts';
import { protocolLockOperations } from './protocol-locks.ts';
import { protocolSettingsOperations, protocolSettingsUndocumented } from './protocol-settings.ts';
import { quotaOperations } from './quotas.ts';
import { roleOperations } from './roles.ts';
import { securityKeyOperations } from './security-keys.ts';
import { serviceSettingsUndocumented } from './service-settings.ts';
import { sessionOperations } from './session.ts';
import { smbOperations } from './smb.ts';
import { smbShareOperations, smbShareV2Operations } from './smb-shares.ts';
import { snapshotDiffOperations } from './snapshot-diff.ts';
import { snapshotPolicyOperations } from './snapshot-policies.ts';
import { snapshotV2Operations } from './snapshots-v2.ts';
import { snapshotV3Operations } from './snapshots-v3.ts';
import { tenantOperations } from './tenants.ts';
import { tenantSettingsOperations } from './tenant-settings.ts';
import { treeDeleteOperations } from './tree-delete.ts';
import { userMetadataOperations } from './user-metadata.ts';
import { userOperations } from './users.ts';
import { webUiOperations, webUiUndocumented } from './web-ui.ts';

/** A row for every documented endpoint: one that is missing here does not compile. */
export type OperationTable = { readonly [E in EndpointName]: Row };

/** The documented API. */
export const documentedOperations: OperationTable = {
  ...sessionOperations,
  ...accessTokenOperations,
  ...userOperations,
  ...groupOperations,
  ...roleOperations,
  ...identityOperations,
  ...clusterOperations,
  ...caCertificateOperations,
  ...webUiOperations,
  ...auditOperations,
  ...auditDestinationOperations,
  ...fileSystemOperations,
  ...fileOperations,
  ...fileLockOperations,
  ...fileAclOperations,
  ...fileStreamOperations,
  ...fileExtentOperations,
  ...fileLookupOperations,
  ...userMetadataOperations,
  ...notifyOperations,
  ...quotaOperations,
  ...treeDeleteOperations,
  ...snapshotV2Operations,
  ...snapshotV3Operations,
  ...snapshotDiffOperations,
  ...snapshotPolicyOperations,
  ...securityKeyOperations,
  ...nfsExportOperations,
  ...protocolLockOperations,
  ...smbOperations,
  ...smbShareOperations,
  ...tenantOperations,
  ...tenantSettingsOperations,
  ...protocolSettingsOperations,
  ...networkOperations,
  ...notBuiltOperations,
};

/** Endpoints that the schemas lack, and that programs on real clusters use (FACTS 12-14). */
export const undocumentedOperations: Readonly<Record<string, Row>> = {
  ...nfsExportV2Operations,
  ...smbShareV2Operations,
  ...protocolSettingsUndocumented,
  ...webUiUndocumented,
  ...auditUndocumented,
  ...serviceSettingsUndocumented,
  ...networkUndocumented,
  ...earlierVersions,
};

/** Every row of both tables. */
export const allOperations: readonly Row[] = [
  ...Object.values(documentedOperations),
  ...Object.values(undocumentedOperations),
];

export function makeRouter(rows: readonly Row[] = allOperations): Router<Row> {
  const router = new Router<Row>();
  for (const row of rows) {
    const [method = '', pattern = ''] = row.name.split(' ');
    router.add(method, pattern, row);
  }
  return router;
}
