import type { Cluster } from '../cluster/cluster.ts';
import type { Setting } from '../cluster/settings.ts';
import { checkIfMatch, etagOf } from '../cluster/versioned.ts';
import { type Answer, json } from '../http/answer.ts';
import type { BodyOperation, Operation } from '../http/operation.ts';
import type { Privilege } from '../identity/privileges.ts';

/** Where the settings are kept, and who may see and change them. */
export interface Kept<T extends object> {
  /** Default: whoever is logged in. */
  readonly read?: Privilege;
  readonly write: Privilege;
  /** The SDK asserts that S3 settings come without one (FACTS 2.3). */
  readonly etag?: false;
  of(cluster: Cluster): Setting<T>;
  /** What the cluster itself makes of changed settings before it keeps them. */
  normal?(settings: T): T;
  /** Told after each change. */
  changed?(cluster: Cluster): void;
}

function shown<T extends object>(kept: Kept<T>, setting: Setting<T>): Answer<T> {
  return json(setting.value, kept.etag === false ? undefined : etagOf(setting.version));
}

/** GET: all keys. */
export function showSettings<T extends object>(kept: Kept<T>): Operation<string, T> {
  const privilege = kept.read === undefined ? {} : { privilege: kept.read };
  return { ...privilege, handle: ({ cluster }) => shown(kept, kept.of(cluster)) };
}

/** PUT and PATCH alike: what was sent replaces what was there; how much must be sent is the decoder's matter. Answers all keys. */
export function changeSettings<T extends object>(kept: Kept<T>): BodyOperation<string, Partial<T>, T> {
  return {
    privilege: kept.write,

    handle(call, sent) {
      const setting = kept.of(call.cluster);
      checkIfMatch(call.ifMatch, setting.version);
      const merged = { ...setting.value, ...sent };
      setting.value = kept.normal?.(merged) ?? merged;
      kept.changed?.(call.cluster);
      return shown(kept, setting);
    },
  };
}
