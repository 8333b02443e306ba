import type { FileAttributes, FileIdentity } from '@qwarden/qumulo-client';
import { oneOrMany, textOrWholeNumber, textThat } from '../schema/text.ts';
import { RuleTextError } from '../text-error.ts';
import { byAttributes, condition, type ConditionKind } from './kind.ts';
import { oneOf } from './words.ts';

/** Auth ids of NFS ids are numbers beyond these (FACTS 4). */
const FIRST_UID = 3n << 32n;
const FIRST_GID = 4n << 32n;

type Wanted =
  | { readonly by: 'auth id' | 'NFS_UID' | 'NFS_GID' | 'SMB_SID'; readonly value: string }
  | { readonly by: 'name'; readonly value: string };

/** @throws RuleTextError */
function parseIdentity(text: string): Wanted {
  if (text.trim() === '') throw new RuleTextError('An owner or group is empty.');
  if (/^\d+$/.test(text)) return { by: 'auth id', value: text };
  const [, kind, value = ''] = /^(uid|gid|sid):(.*)$/is.exec(text) ?? [];
  if (kind === undefined) return { by: 'name', value: text };
  const isSid = kind.toLowerCase() === 'sid';
  if (!(isSid ? /^S-1-[\d-]+$/i : /^\d{1,10}$/).test(value)) {
    throw new RuleTextError(`"${text}" names nobody. Accepted: joe, 500 (auth id), uid:1001, gid:1001, sid:S-1-5-….`);
  }
  return { by: isSid ? 'SMB_SID' : kind.toLowerCase() === 'uid' ? 'NFS_UID' : 'NFS_GID', value };
}

function identity(what: 'owner' | 'group'): ConditionKind<readonly string[], string | number | (string | number)[]> {
  const details = (attributes: FileAttributes): FileIdentity => attributes[`${what}_details`];
  return condition({
    schema: oneOrMany(textOrWholeNumber(textThat(parseIdentity))),
    needs: 'attributes',
    summary: `${what === 'owner' ? 'Owner' : 'Group'} of the file: an auth id, \`uid:1001\`, \`gid:1001\`, \`sid:S-1-…\`, or the name of a user or group local to the cluster. A number is an auth id.`,
    example: `${what}: ${what === 'owner' ? '[joe, "uid:1001"]' : '"gid:1001"'}`,
    compile(values, { caseSensitive }) {
      const fold = (name: string): string => (caseSensitive === false ? name.toLowerCase() : name);
      const wanted = values.map(parseIdentity);
      return byAttributes(
        (attributes, { resolveIdentity }) => {
          const authId = attributes[what];
          const { id_type, id_value } = details(attributes);
          return wanted.some(({ by, value }) => {
            if (by === 'auth id') return authId === value;
            if (by === 'NFS_UID' && authId === String(FIRST_UID + BigInt(value))) return true;
            if (by === 'NFS_GID' && authId === String(FIRST_GID + BigInt(value))) return true;
            if (by === 'SMB_SID') return id_type === by && id_value.toUpperCase() === value.toUpperCase();
            if (by !== 'name') return id_type === by && id_value === value;
            const isLocal = id_type === 'LOCAL_USER' || id_type === 'LOCAL_GROUP';
            const known = isLocal ? id_value : resolveIdentity?.(authId);
            return known !== undefined && fold(known) === fold(value);
          });
        },
        (attributes) =>
          `the ${what} is ${attributes[what]} (${details(attributes).id_type} ${details(attributes).id_value})`,
      );
    },
    words: (values) => `${what} ${oneOf(values)}`,
  });
}

export const owner = identity('owner');
export const group = identity('group');
