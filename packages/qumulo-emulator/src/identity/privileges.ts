import type { Privilege } from '@qwarden/qumulo-client/wire';

export type { Privilege };

/** Every privilege of the documented enum (FACTS 8) with a line for people; the compiler checks that none is missing. */
export const privilegeDescriptions: Readonly<Record<Privilege, string>> = {
  PRIVILEGE_AD_READ: 'See Active Directory settings',
  PRIVILEGE_AD_USE: 'Use Active Directory',
  PRIVILEGE_AD_WRITE: 'Change Active Directory settings',
  PRIVILEGE_ANALYTICS_READ: 'See analytics',
  PRIVILEGE_AUDIT_READ: 'See audit settings',
  PRIVILEGE_AUDIT_WRITE: 'Change audit settings',
  PRIVILEGE_AUTH_CACHE_READ: 'See auth cache settings',
  PRIVILEGE_AUTH_CACHE_WRITE: 'Change auth cache settings',
  PRIVILEGE_CLUSTER_READ: 'See cluster settings',
  PRIVILEGE_CLUSTER_WRITE: 'Change cluster settings',
  PRIVILEGE_DEBUG: 'Use debugging calls',
  PRIVILEGE_DNS_READ: 'See DNS settings',
  PRIVILEGE_DNS_USE: 'Use DNS',
  PRIVILEGE_DNS_WRITE: 'Change DNS settings',
  PRIVILEGE_FILE_FULL_ACCESS: 'Read and change every file, whatever its permissions',
  PRIVILEGE_FS_ATTRIBUTES_READ: 'See file system statistics',
  PRIVILEGE_FS_DELETE_TREE_READ: 'See tree delete jobs',
  PRIVILEGE_FS_DELETE_TREE_WRITE: 'Delete whole trees, whatever their permissions',
  PRIVILEGE_FS_LOCK_READ: 'See byte-range and share-mode locks of SMB and NFS clients',
  PRIVILEGE_FS_LOCK_WRITE: 'Release locks of NFS clients',
  PRIVILEGE_FS_SETTINGS_READ: 'See file system settings',
  PRIVILEGE_FS_SETTINGS_WRITE: 'Change file system settings',
  PRIVILEGE_FTP_READ: 'See FTP settings',
  PRIVILEGE_FTP_WRITE: 'Change FTP settings',
  PRIVILEGE_IDENTITY_MAPPING_READ: 'See identity mapping settings',
  PRIVILEGE_IDENTITY_MAPPING_WRITE: 'Change identity mapping settings',
  PRIVILEGE_IDENTITY_READ: 'See identity settings',
  PRIVILEGE_IDENTITY_WRITE: 'Change identity settings',
  PRIVILEGE_KERBEROS_KEYTAB_READ: 'See kerberos keytab settings',
  PRIVILEGE_KERBEROS_KEYTAB_WRITE: 'Change kerberos keytab settings',
  PRIVILEGE_KERBEROS_SETTINGS_READ: 'See kerberos settings',
  PRIVILEGE_KERBEROS_SETTINGS_WRITE: 'Change kerberos settings',
  PRIVILEGE_KV_READ: 'See key-value store settings',
  PRIVILEGE_LDAP_READ: 'See LDAP settings',
  PRIVILEGE_LDAP_USE: 'Use LDAP',
  PRIVILEGE_LDAP_WRITE: 'Change LDAP settings',
  PRIVILEGE_LOCAL_GROUP_READ: 'See local group settings',
  PRIVILEGE_LOCAL_GROUP_WRITE: 'Change local group settings',
  PRIVILEGE_LOCAL_USER_READ: 'See local user settings',
  PRIVILEGE_LOCAL_USER_WRITE: 'Change local user settings',
  PRIVILEGE_METRICS_READ: 'See metrics',
  PRIVILEGE_NETWORK_IP_ALLOCATION_READ: 'See network IP allocation settings',
  PRIVILEGE_NETWORK_READ: 'See network settings',
  PRIVILEGE_NETWORK_WRITE: 'Change network settings',
  PRIVILEGE_NFS_EXPORT_READ: 'See NFS export settings',
  PRIVILEGE_NFS_EXPORT_WRITE: 'Change NFS export settings',
  PRIVILEGE_POWER_CYCLE: 'Turn nodes off and on',
  PRIVILEGE_QUOTA_READ: 'See quota settings',
  PRIVILEGE_QUOTA_WRITE: 'Change quota settings',
  PRIVILEGE_RECONCILER_READ: 'See reconciler settings',
  PRIVILEGE_REPLICATION_REVERSE_RELATIONSHIP: 'Reverse replication relationships',
  PRIVILEGE_REPLICATION_SOURCE_READ: 'See replication source settings',
  PRIVILEGE_REPLICATION_SOURCE_WRITE: 'Change replication source settings',
  PRIVILEGE_REPLICATION_TARGET_READ: 'See replication target settings',
  PRIVILEGE_REPLICATION_TARGET_WRITE: 'Change replication target settings',
  PRIVILEGE_ROLE_READ: 'See role settings',
  PRIVILEGE_ROLE_WRITE: 'Change role settings',
  PRIVILEGE_SMB_SHARE_READ: 'See SMB share settings',
  PRIVILEGE_SMB_SHARE_WRITE: 'Change SMB share settings',
  PRIVILEGE_SNAPSHOT_CALCULATE_USED_CAPACITY_READ: 'Calculate the capacity that snapshots use',
  PRIVILEGE_SNAPSHOT_DIFFERENCE_READ: 'See what changed between snapshots',
  PRIVILEGE_SNAPSHOT_POLICY_READ: 'See snapshot policy settings',
  PRIVILEGE_SNAPSHOT_POLICY_WRITE: 'Change snapshot policy settings',
  PRIVILEGE_SNAPSHOT_READ: 'See snapshot settings',
  PRIVILEGE_SNAPSHOT_WRITE: 'Change snapshot settings',
  PRIVILEGE_SUPPORT_READ: 'See support settings',
  PRIVILEGE_SUPPORT_WRITE: 'Change support settings',
  PRIVILEGE_TEST_ONLY: 'Reserved for tests',
  PRIVILEGE_TIME_READ: 'See time settings',
  PRIVILEGE_TIME_WRITE: 'Change time settings',
  PRIVILEGE_UNCONFIGURED_NODE_READ: 'See unconfigured node settings',
  PRIVILEGE_UPGRADE_READ: 'See upgrade settings',
  PRIVILEGE_UPGRADE_WRITE: 'Change upgrade settings',
  PRIVILEGE_SMB_FILE_HANDLE_READ: 'See SMB file handle settings',
  PRIVILEGE_SMB_FILE_HANDLE_WRITE: 'Change SMB file handle settings',
  PRIVILEGE_SMB_SESSION_READ: 'See SMB session settings',
  PRIVILEGE_SMB_SESSION_WRITE: 'Change SMB session settings',
  PRIVILEGE_REPLICATION_OBJECT_READ: 'See replication object settings',
  PRIVILEGE_REPLICATION_OBJECT_WRITE: 'Change replication object settings',
  PRIVILEGE_ENCRYPTION_WRITE: 'Change encryption settings',
  PRIVILEGE_ENCRYPTION_READ: 'See encryption settings',
  PRIVILEGE_NFS_SETTINGS_READ: 'See NFS settings',
  PRIVILEGE_NFS_SETTINGS_WRITE: 'Change NFS settings',
  PRIVILEGE_SERVICE_PUBLIC_KEYS_WRITE: 'Change service public keys',
  PRIVILEGE_SERVICE_PUBLIC_KEYS_READ: 'See service public keys',
  PRIVILEGE_METRICS_CONFIG_READ: 'See metrics config settings',
  PRIVILEGE_METRICS_CONFIG_WRITE: 'Change metrics config settings',
  PRIVILEGE_REBOOT_USE: 'Reboot nodes',
  PRIVILEGE_REBOOT_READ: 'See reboot settings',
  PRIVILEGE_CHECKSUMMING_READ: 'See checksumming settings',
  PRIVILEGE_S3_SETTINGS_READ: 'See S3 settings',
  PRIVILEGE_S3_SETTINGS_WRITE: 'Change S3 settings',
  PRIVILEGE_WEB_UI_SETTINGS_WRITE: 'Change Web UI settings',
  PRIVILEGE_S3_CREDENTIALS_READ: 'See S3 credentials',
  PRIVILEGE_S3_CREDENTIALS_WRITE: 'Change S3 credentials',
  PRIVILEGE_TENANT_READ: 'See tenant settings',
  PRIVILEGE_TENANT_WRITE: 'Change tenant settings',
  PRIVILEGE_SAML_SETTINGS_READ: 'See SAML settings',
  PRIVILEGE_SAML_SETTINGS_WRITE: 'Change SAML settings',
  PRIVILEGE_S3_BUCKETS_READ: 'See S3 buckets',
  PRIVILEGE_S3_BUCKETS_WRITE: 'Change S3 buckets',
  PRIVILEGE_ACCESS_TOKENS_READ: 'See access tokens',
  PRIVILEGE_ACCESS_TOKENS_WRITE: 'Change access tokens',
  PRIVILEGE_S3_UPLOADS_READ: 'See S3 uploads',
  PRIVILEGE_S3_UPLOADS_WRITE: 'Change S3 uploads',
  PRIVILEGE_SNAPSHOT_LOCK: 'Lock and unlock snapshots',
  PRIVILEGE_FS_KEY_MANAGEMENT_WRITE: 'Change file system key management settings',
  PRIVILEGE_FS_KEY_MANAGEMENT_READ: 'See file system key management settings',
  PRIVILEGE_IDENTITY_CONFIG_WRITE: 'Change identity config settings',
  PRIVILEGE_IDENTITY_CONFIG_READ: 'See identity config settings',
  PRIVILEGE_FILE_READ_ACCESS: 'Read every file, whatever its permissions',
  PRIVILEGE_PORTAL_SPOKE_READ: 'See portal spoke settings',
  PRIVILEGE_PORTAL_SPOKE_WRITE: 'Change portal spoke settings',
  PRIVILEGE_PORTAL_SPOKE_EVICT: 'Evict cached data from portal spokes',
  PRIVILEGE_PORTAL_HUB_READ: 'See portal hub settings',
  PRIVILEGE_PORTAL_HUB_WRITE: 'Change portal hub settings',
  PRIVILEGE_PORTAL_GLOBAL_READ: 'See portal global settings',
  PRIVILEGE_FS_FILE_LOCK_WRITE: 'Change retention periods and legal holds of files',
  PRIVILEGE_LICENSE_READ: 'See license settings',
  PRIVILEGE_CAPACITY_READ: 'See capacity settings',
  PRIVILEGE_CAPACITY_WRITE: 'Change capacity settings',
  PRIVILEGE_OBJECT_STORAGE_URIS_READ: 'See object storage uris',
  PRIVILEGE_OBJECT_STORAGE_URIS_WRITE: 'Change object storage uris',
};

export function isPrivilege(name: unknown): name is Privilege {
  return typeof name === 'string' && Object.hasOwn(privilegeDescriptions, name);
}

export const allPrivileges: readonly Privilege[] = Object.keys(privilegeDescriptions).filter(isPrivilege);

/** Privileges that only look at things. File contents are another matter, and so are tokens and keys of others. */
const observerPrivileges = allPrivileges.filter(
  (name) =>
    name.endsWith('_READ') && name !== 'PRIVILEGE_ACCESS_TOKENS_READ' && name !== 'PRIVILEGE_S3_CREDENTIALS_READ',
);

const dataAdministratorAreas =
  /^PRIVILEGE_(ANALYTICS|DNS_USE|FILE_FULL_ACCESS|FS_(ATTRIBUTES|DELETE_TREE|LOCK|SETTINGS_READ)|IDENTITY_READ|LOCAL_(USER|GROUP)_READ|METRICS_READ|NFS|QUOTA|REPLICATION|S3|SMB|SNAPSHOT|TENANT_READ)/;

/**
 * The three built-in roles (FACTS 8 names them; which privileges the last two hold is not published, this is a reading of
 * their purpose).
 */
export function builtInRoles(dataAdministratorsMayLock: boolean): readonly BuiltInRole[] {
  const dataAdministrator = allPrivileges.filter(
    (name) =>
      dataAdministratorAreas.test(name) || (dataAdministratorsMayLock && name === 'PRIVILEGE_FS_FILE_LOCK_WRITE'),
  );
  return [
    { name: 'Administrators', description: 'Full access to the cluster', privileges: allPrivileges },
    {
      name: 'Data-Administrators',
      description: 'Full access to files, shares, exports, quotas and snapshots',
      privileges: dataAdministrator,
    },
    {
      name: 'Observers',
      description: 'Read-only access to the cluster, without file contents',
      privileges: observerPrivileges,
    },
  ];
}

export interface BuiltInRole {
  readonly name: string;
  readonly description: string;
  readonly privileges: readonly Privilege[];
}
