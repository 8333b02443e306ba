import type { Answer, CallOptions } from '../options.ts';
import type { Caller } from '../transport/caller.ts';
import { endpoint } from '../transport/endpoint.ts';
import { object, parseJson } from '../transport/read-body.ts';

export interface Version {
  /** `"Qumulo Core 7.9.0"`. */
  revision_id: string;
  build_id?: string;
  flavor?: string;
  build_date?: string;
}

export interface NodeState {
  /** `ACTIVE` = part of the quorum (FACTS 9). */
  state: 'UNCONFIGURED' | 'STOPPED' | 'PAUSED' | 'ACTIVE' | 'REMOVED';
  node_id: number;
  /** `""` when unconfigured. */
  cluster_id: string;
}

export interface TimeSettings {
  source?: 'API_TIME_SOURCE_NTP' | 'API_TIME_SOURCE_HYPERVISOR';
  use_ad_for_primary: boolean;
  ntp_servers: string[];
}

export interface ClusterApi {
  /** Needs no login (FACTS 1). */
  version(options?: CallOptions): Promise<Answer<Version>>;
  nodeState(options?: CallOptions): Promise<Answer<NodeState>>;
  settings(options?: CallOptions): Promise<Answer<{ cluster_name: string }>>;
  timeSettings(options?: CallOptions): Promise<Answer<TimeSettings>>;
  /** Its form is not documented (FACTS 9), so it comes as it is. For the cluster's clock use `clusterClock`. */
  timeStatus(options?: CallOptions): Promise<Answer<unknown>>;
}

const version = endpoint('GET /v1/version', object<Version>('revision_id'));
const nodeState = endpoint('GET /v1/node/state', object<NodeState>('state'));
const settings = endpoint('GET /v1/cluster/settings', object<{ cluster_name: string }>('cluster_name'));
const timeSettings = endpoint('GET /v2/time/settings', object<TimeSettings>());
const timeStatus = endpoint('GET /v2/time/status', parseJson);

export function clusterApi(caller: Caller): ClusterApi {
  return {
    version: (options) => caller.call(version, [], options, { anonymous: true }),
    nodeState: (options) => caller.call(nodeState, [], options),
    settings: (options) => caller.call(settings, [], options),
    timeSettings: (options) => caller.call(timeSettings, [], options),
    timeStatus: (options) => caller.call(timeStatus, [], options),
  };
}
