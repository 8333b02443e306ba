import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { json } from '../http/answer.ts';
import { boolean, object, oneOf, optional } from '../http/decode.ts';
import { on, onBody } from '../http/operation.ts';

const granularity = oneOf(['HOUR', 'DAY', 'WEEK']);

/** Statistics and settings of the file system as a whole (FACTS 6.1, 8, 14). */
export const fileSystemOperations = {
  ...on('GET /v1/file-system', {
    privilege: 'PRIVILEGE_FS_ATTRIBUTES_READ',
    handle: ({ cluster }) => json(cluster.fs.stats()),
  }),
  ...on('GET /v1/file-system/settings/notify', {
    privilege: 'PRIVILEGE_FS_SETTINGS_READ',
    handle: ({ cluster }) =>
      json({ recursive_mode: cluster.fs.settings.notifyMode }, etagOf(cluster.fsSettings.notify.version)),
  }),
  ...onBody(
    'PUT /v1/file-system/settings/notify',
    object({ recursive_mode: oneOf(['ENABLED', 'DISABLED_ERROR', 'DISABLED_IGNORE']) }),
    {
      privilege: 'PRIVILEGE_FS_SETTINGS_WRITE',

      handle({ cluster, ifMatch }, { recursive_mode: mode }) {
        checkIfMatch(ifMatch, cluster.fsSettings.notify.version);
        cluster.fs.settings.notifyMode = mode;
        cluster.fsSettings.notify.value = null;
        return json({ recursive_mode: mode }, etagOf(cluster.fsSettings.notify.version));
      },
    },
  ),
  ...on('GET /v1/file-system/settings/atime', {
    privilege: 'PRIVILEGE_FS_SETTINGS_READ',
    handle: ({ cluster }) => json({ ...cluster.fs.settings.atime }, etagOf(cluster.fsSettings.atime.version)),
  }),
  ...onBody('PUT /v1/file-system/settings/atime', object({ enabled: boolean, granularity }), {
    privilege: 'PRIVILEGE_FS_SETTINGS_WRITE',

    handle({ cluster, ifMatch }, settings) {
      checkIfMatch(ifMatch, cluster.fsSettings.atime.version);
      cluster.fs.settings.atime = settings;
      cluster.fsSettings.atime.value = null;
      return json(settings, etagOf(cluster.fsSettings.atime.version));
    },
  }),
  ...onBody(
    'PATCH /v1/file-system/settings/atime',
    object({ enabled: optional(boolean), granularity: optional(granularity) }),
    {
      privilege: 'PRIVILEGE_FS_SETTINGS_WRITE',

      handle({ cluster, ifMatch }, change) {
        checkIfMatch(ifMatch, cluster.fsSettings.atime.version);
        cluster.fs.settings.atime = { ...cluster.fs.settings.atime, ...change };
        cluster.fsSettings.atime.value = null;
        return json({ ...cluster.fs.settings.atime }, etagOf(cluster.fsSettings.atime.version));
      },
    },
  ),
  ...on('GET /v1/file-system/settings/permissions', {
    privilege: 'PRIVILEGE_FS_SETTINGS_READ',
    handle: ({ cluster }) => json({ mode: cluster.fs.settings.permissionsMode }),
  }),
  ...onBody(
    'PUT /v1/file-system/settings/permissions',
    object({
      mode: oneOf(['NATIVE', '_DEPRECATED_MERGED_V1', 'CROSS_PROTOCOL', 'CROSS_PROTOCOL_POSIX_PRIORITY']),
    }),
    {
      privilege: 'PRIVILEGE_FS_SETTINGS_WRITE',

      handle({ cluster }, { mode }) {
        cluster.fs.settings.permissionsMode = mode;
        return json({ mode });
      },
    },
  ),
};
