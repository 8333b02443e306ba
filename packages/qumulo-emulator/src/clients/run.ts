import type { Cluster } from '../cluster/cluster.ts';
import { DEFAULT_TENANT } from '../cluster/tenants.ts';
import { FsError } from '../fs/errors.ts';
import { throughExport } from './nfs.ts';
import { type ClientOutcome, ClientRefused, type ClientRequest } from './request.ts';
import { throughHandle, throughShare, userOf } from './smb.ts';
import { act, demandAccess, type Entrance, pathIn } from './tree.ts';

/**
 * What a client of another protocol would meet if it did this now. There is no NFS, SMB, S3 or FTP here: these requests
 * reach the same tree under the same switches, so that a test can see whether stopping a protocol stops its writes.
 */
export function asClient(cluster: Cluster, request: ClientRequest): ClientOutcome {
  try {
    return run(cluster, request);
  } catch (error) {
    if (error instanceof ClientRefused) return { done: false, why: error.why, text: error.message };
    if (error instanceof FsError)
      return { done: false, why: 'file-system', text: `${error.errorClass}: ${error.message}` };
    throw error;
  }
}

function run(cluster: Cluster, request: ClientRequest): ClientOutcome {
  if (request.protocol === 'smb' && request.handle !== undefined) return onHandle(cluster, request, request.handle);
  const tenantId = request.tenantId ?? DEFAULT_TENANT;
  const entrance = enter(cluster, request, tenantId);
  const path = pathIn(entrance.root, request.path);
  if (request.protocol === 'smb' && request.action === 'open') return open(cluster, request, entrance, path, tenantId);
  demandAccess(entrance, request.action);
  return act(cluster.fs, entrance, request, path);
}

function enter(cluster: Cluster, request: ClientRequest, tenantId: number): Entrance {
  const { protocol } = request;
  if (protocol === 'nfs') return throughExport(cluster, request, tenantId);
  if (protocol === 'smb') return throughShare(cluster, request, tenantId);
  const { enabled } = (protocol === 's3' ? cluster.s3Settings : cluster.ftpSettings).value;
  if (!enabled) throw new ClientRefused('protocol-off', `${protocol.toUpperCase()} is off`);
  const caller = cluster.identity.callerOf(userOf(cluster, request.user));
  return { root: '/', caller, mayRead: true, mayWrite: true, name: protocol };
}

/** The file must be there. The handle has the access that the share gives at this moment. */
function open(
  cluster: Cluster,
  request: ClientRequest,
  { mayRead, mayWrite }: Entrance,
  path: string,
  tenantId: number,
): ClientOutcome {
  const fileId = cluster.fs.idOf(path);
  if (fileId === null) throw new ClientRefused('file-system', `No such file: ${path}`);
  const opened = cluster.clients.openFile(
    {
      fileId,
      owner: userOf(cluster, request.user).id,
      ...(request.address === undefined ? {} : { originator: request.address }),
      tenantId,
      shareName: request.share ?? 'Files',
      access: [...(mayRead ? ['READ'] : []), ...(mayWrite ? ['WRITE'] : [])],
    },
    cluster.clock.nowMs(),
  );
  return { done: true, fileId, handle: opened.location };
}

function onHandle(cluster: Cluster, request: ClientRequest, location: string): ClientOutcome {
  const { open: opened, entrance } = throughHandle(cluster, location);
  if (request.action === 'close') {
    cluster.clients.closeFile(location);
    return { done: true, fileId: opened.fileId };
  }
  if (!['read', 'write', 'append', 'remove'].includes(request.action))
    throw new ClientRefused('not-found', `${request.action} needs a path, not an open file`);
  if (cluster.fs.idOf(opened.fileId) === null) throw new ClientRefused('file-system', 'The open file is gone');
  demandAccess(entrance, request.action);
  return act(cluster.fs, entrance, request, opened.fileId);
}
