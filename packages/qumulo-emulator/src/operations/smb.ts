import { rfc3339 } from '../clock.ts';
import type { SmbOpen, SmbSession } from '../cluster/protocol-clients.ts';
import { empty, json } from '../http/answer.ts';
import { array, object, string } from '../http/decode.ts';
import { badRequest } from '../http/errors.ts';
import { type Call, on, onBody } from '../http/operation.ts';
import { page } from './paging.ts';

/** `path` is empty unless it was asked for; public lock managers read it inside `handle_info` (FACTS 13). */
function handleBody(call: Call, opened: SmbOpen, path: string) {
  const { clients, identity } = call.cluster;
  const session = clients.session(opened.sessionLocation);
  return {
    file_number: opened.fileId,
    handle_info: {
      owner: opened.owner,
      owner_identity: identity.directory.trustee(opened.owner),
      access_mask: [...opened.access],
      version: 1,
      location: opened.location,
      num_byte_range_locks: 0,
      session: opened.sessionLocation,
      originator: session?.originator ?? '',
      path,
    },
  };
}

function sessionBody(call: Call, session: SmbSession) {
  const { clients, identity } = call.cluster;
  const opens = clients.opens().filter((opened) => opened.sessionLocation === session.location);
  return {
    location: session.location,
    originator: session.originator,
    user_identity: identity.directory.trustee(session.owner),
    share_names: [...session.shareNames],
    num_opens: opens.length,
    time_open: rfc3339(session.openedAtMs),
  };
}

/** A session named by location, or by the whole object that the list gave (FACTS 12: at most 100 a call). */
const CLOSE_LIMIT = 100;

/** SMB open files and sessions (FACTS 12). */
export const smbOperations = {
  ...on('GET /v1/smb/files/', {
    privilege: 'PRIVILEGE_SMB_FILE_HANDLE_READ',
    handle(call) {
      const withPaths = call.query.flag('resolve_paths');
      const number = call.query.bigCount('file_number');
      const found = call.cluster.clients.opens(number === undefined ? undefined : String(number));
      const { entries, paging } = page(call, found, ['file_number', 'resolve_paths']);
      const ids = withPaths ? entries.map((opened) => opened.fileId) : [];
      const paths = new Map(call.cluster.fs.resolve(call.caller, ids).map(({ id, path }) => [id, path]));
      return json({
        file_handles: entries.map((opened) => handleBody(call, opened, paths.get(opened.fileId) ?? '')),
        paging,
      });
    },
  }),
  ...onBody('POST /v1/smb/files/close', array(object({ handle_info: object({ location: string }) })), {
    privilege: 'PRIVILEGE_SMB_FILE_HANDLE_WRITE',

    handle({ cluster }, handles) {
      for (const { handle_info: handle } of handles) cluster.clients.closeFile(handle.location);
      return empty();
    },
  }),
  ...on('GET /v1/smb/sessions/', {
    privilege: 'PRIVILEGE_SMB_SESSION_READ',
    handle(call) {
      const wanted = call.query.text('identity');
      const owner =
        wanted === undefined || wanted === '' ? undefined : call.cluster.identity.directory.fromDisplayForm(wanted);
      const all = call.cluster.clients.sessions();
      const found = wanted === undefined || wanted === '' ? all : all.filter((session) => session.owner === owner);
      const { entries, paging } = page(call, found, ['identity']);
      return json({ session_infos: entries.map((session) => sessionBody(call, session)), paging });
    },
  }),
  ...onBody('POST /v1/smb/sessions/close', array(object({ location: string })), {
    privilege: 'PRIVILEGE_SMB_SESSION_WRITE',

    handle({ cluster }, sessions) {
      if (sessions.length > CLOSE_LIMIT) throw badRequest(`At most ${CLOSE_LIMIT} sessions can be closed in one call`);
      for (const { location } of sessions) cluster.clients.closeSession(location);
      return empty();
    },
  }),
};
