import { type Finding, findingsOf } from '../../examine/finding.ts';
import { type RedisAddress, redisAddress } from './address.ts';
import { eviction, fsyncWarning, oldVersion, readInfo, replica, volatile } from './checks.ts';
import { connectRedis, type RawRedis } from './client.ts';
import { isRefusal, toRedisError } from './errors.ts';
import { DEFAULT_NAMESPACE, partitionKey } from './partitions.ts';
import { num, textOrUndefined } from './replies.ts';

/** So full that it should be looked at before it is. */
const NEARLY_FULL = 0.8;

const PERSISTENCE = 'redis-persistence';
const server = findingsOf('redis');
const persistence = findingsOf(PERSISTENCE);
const policy = findingsOf('redis-eviction');
const memory = findingsOf('redis-memory');
const owner = findingsOf('store-cluster');

/** What a look at a Redis found, and whether there is a queue of ours in it that can be opened. */
export interface RedisExamination {
  readonly findings: readonly Finding[];
  readonly hasQueue: boolean;
}

/** Looks at the Redis of a queue without changing anything in it. Never rejects. */
export async function examineRedis(url: string, clusterId: string | undefined): Promise<RedisExamination> {
  let refused: unknown;
  let raw: RawRedis | undefined;
  let about: Pick<RedisAddress, 'shown' | 'password'> = { shown: 'the address given', password: undefined };
  try {
    const address = redisAddress(url);
    about = address;
    const at = address.shown;
    raw = await connectRedis(address, {
      onReady: () => undefined,
      onError: (error) => {
        if (isRefusal(error)) refused = error;
      },
      reconnectIn: () => undefined,
    });
    const findings: Finding[] = [];
    for (const info of await raw.info()) findings.push(...judge(readInfo(info), at));
    // How often it writes means nothing where it keeps nothing, or cannot write.
    if (!findings.some(({ check, verdict }) => check === PERSISTENCE && verdict === 'failed'))
      findings.push(...(await durability(raw, at)));
    const key = partitionKey(address.namespace ?? DEFAULT_NAMESPACE, 0, 'about');
    const hasQueue = num(await raw.send(key, true, ['HLEN', key])) > 0;
    if (hasQueue) findings.push(...(await sameCluster(raw, key, at, clusterId)));
    return { findings, hasQueue };
  } catch (error) {
    const { message } = toRedisError(refused ?? error, about);
    const remedy =
      'See the message; then run doctor again, which looks at persistence and eviction only once it is in.';
    return { findings: [server.failed(message, remedy)], hasQueue: false };
  } finally {
    raw?.destroy();
  }
}

function judge(about: ReadonlyMap<string, string>, at: string): Finding[] {
  const says = (name: string) => about.get(name) ?? '';
  const kind = says('valkey_version') === '' ? `Redis ${says('redis_version')}` : `Valkey ${says('valkey_version')}`;
  const unfit = oldVersion(about, at) ?? replica(about, at);
  const found = [
    unfit === undefined
      ? server.ok(`${kind} answers at ${at}.`)
      : server.failed(unfit.message, 'Give the address of a primary of Redis 7 or newer, or Valkey.'),
    aof(about, at),
    evicts(about, at),
  ];
  const [used, most] = [Number(says('used_memory')), Number(says('maxmemory'))];
  if (most > 0) {
    const part = `${Math.round((used / most) * 100)} % of maxmemory (${says('maxmemory_human')}) is used.`;
    found.push(
      used / most < NEARLY_FULL
        ? memory.ok(part)
        : memory.warning(part, 'Raise maxmemory: when it is full everything waits.'),
    );
  }
  return found;
}

function aof(about: ReadonlyMap<string, string>, at: string): Finding {
  const off = volatile(about, at);
  const remedy = 'CONFIG SET appendonly yes, and the same in redis.conf.';
  if (off !== undefined) return persistence.failed(off.message, remedy);
  const broken = ['aof_last_write_status', 'aof_last_bgrewrite_status'].filter(
    (name) => (about.get(name) ?? 'ok') !== 'ok',
  );
  if (broken.length > 0) {
    const message = `Redis at ${at} cannot write its append-only file (${broken.map((name) => `${name} ${about.get(name)}`).join(', ')}).`;
    return persistence.failed(message, 'Look at its disk and its log.');
  }
  return persistence.ok('It keeps what it is given (appendonly yes).');
}

async function durability(raw: RawRedis, at: string): Promise<Finding[]> {
  try {
    const warnings = (await raw.setting('appendfsync')).flatMap((set) => fsyncWarning(set, at) ?? []);
    return warnings
      .slice(0, 1)
      .map((message) => persistence.warning(message, 'CONFIG SET appendfsync always, and the same in redis.conf.'));
  } catch {
    const message = `Redis at ${at} does not tell how often it writes to its disk (CONFIG GET appendfsync is refused).`;
    return [
      persistence.unknown(message, 'Ask whoever runs it for "appendfsync always", or allow the user CONFIG GET.'),
    ];
  }
}

async function sameCluster(raw: RawRedis, key: string, at: string, clusterId: string | undefined): Promise<Finding[]> {
  const known = textOrUndefined(await raw.send(key, true, ['HGET', key, 'cluster']));
  if (clusterId === undefined || clusterId === '' || known === undefined) return [];
  if (known === clusterId) return [owner.ok('The queue belongs to this cluster.')];
  const message = `The queue in Redis at ${at} belongs to another cluster (${known}, and this is ${clusterId}).`;
  return [owner.failed(message, 'Another database (redis://HOST:PORT/1), or ?namespace=NAME behind the address.')];
}

function evicts(about: ReadonlyMap<string, string>, at: string): Finding {
  const trouble = eviction(about, at);
  if (trouble === undefined)
    return policy.ok(`Nothing of ours is evicted (maxmemory-policy ${about.get('maxmemory_policy') ?? 'not told'}).`);
  return policy.failed(trouble.message, 'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.');
}
