import { type Script, script } from './connection.ts';
import { RECORD_LOCK } from './lock-script.ts';

/**
 * What is done in one piece in Redis, each script in one partition. Numbers pass through as the text that they came as: Lua would round them.
 * Texts are JSON, so that they hold no line breaks: values are lines.
 *
 * job:     `<state> <armedAt> <dueAt> <attempts>`, match, the rest as JSON. State: w(aiting), d(ead), p(arked); which ones run is in LEASE.
 *          Where a touch has moved it: `<state> <armedAt> <dueAt> <attempts> <changedAt>`, and ` <path>` if it has another now.
 * again:   `<mode> <armedAt> <dueAt>`, match, the rest as JSON; touched as a job is
 * trace:   job or `-`, file, path, old path or `-`, verdict, the rest as JSON
 * attempts: one line of JSON each
 * locks:   see lock-script.ts; lock-ids: their fields, in order; lock-passing: those that are dropped when they are old, by time
 * entry of the log: batches as packs.ts has them: e(poch) p (root) s(ource) c (batches, events and bytes up to and with it)
 *          m (of each batch a line: received, events, UTF-16 units) d (raw, one after the other)
 */
const KEY_NAMES = [
  'log',
  'meta',
  'writers',
  'jobs',
  'due',
  'running',
  'lease',
  'again',
  'owners',
  'dead',
  'parked',
  'traces',
  'trace-at',
  'by-file',
  'by-path',
  'attempts',
  'expect',
  'locks',
  'lock-ids',
  'lock-passing',
] as const;

type KeyName = (typeof KEY_NAMES)[number];

/** A script and the keys that it uses, in this order. */
export interface PartitionScript extends Script {
  readonly keys: readonly KeyName[];
}

const PRELUDE = `
local CHANNEL = ARGV[1]
local call = redis.call
-- A user may lack the right to publish: others then hear of it a second later.
local function tell(topic) redis.pcall('PUBLISH', CHANNEL, topic) end
local function line(text, from)
  local stop = string.find(text, '\\n', from, true)
  return string.sub(text, from, stop - 1), stop + 1
end
local function head(record)
  local first, rest = line(record, 1)
  local state, armed, due, attempts, touched = string.match(first, '^(%S+) (%S+) (%S+) ?(%S*)(.*)$')
  return state, armed, due, attempts, string.sub(record, rest), touched
end
local function put(key, state, armed, due, attempts, rest, touched)
  call('HSET', JOBS, key, state .. ' ' .. armed .. ' ' .. due .. ' ' .. attempts .. (touched or '') .. '\\n' .. rest)
end
local function begin(key, armed, due, rest, touched)
  put(key, 'w', armed, due, '0', rest, touched)
  call('ZADD', DUE, due, key)
end
local function withAttempt(present, json)
  if not present then return json end
  if present == json or string.sub(present, -#json - 1) == '\\n' .. json then return present end
  return present .. '\\n' .. json
end
local function addAttempt(match, json)
  if json ~= '' then call('HSET', ATTEMPTS, match, withAttempt(call('HGET', ATTEMPTS, match), json)) end
end
-- A call with many arguments instead of many calls: each has its price, and is a line of its own in the append-only file.
local function bulk(command, target, args)
  for i = 1, #args, 1000 do call(command, target, unpack(args, i, math.min(i + 999, #args))) end
end
local function bulkGet(target, fields)
  local found = {}
  for i = 1, #fields, 1000 do
    local values = call('HMGET', target, unpack(fields, i, math.min(i + 999, #fields)))
    for n, value in ipairs(values) do found[fields[i + n - 1]] = value end
  end
  return found
end
local function giveBack(key)
  local due = call('ZSCORE', RUNNING, key)
  call('HDEL', LEASE, key)
  call('ZREM', RUNNING, key)
  if due then call('ZADD', DUE, due, key) end
end
`;

/** Keys that a script does not use are left out: they would be a large part of a short call. */
function partitionScript(keys: readonly KeyName[], text: string): PartitionScript {
  const variables = (names: readonly KeyName[]) =>
    names.map((name) => name.toUpperCase().replaceAll('-', '_')).join(', ');
  return { ...script(`local ${variables(KEY_NAMES)}\n${variables(keys)} = unpack(KEYS)\n${PRELUDE}${text}`), keys };
}

/**
 * ARGV: channel, topic, writer, most unread batches, then packs, 10 each: number of the last batch, batches, ms, events, bytes, epoch, root, source,
 * about each, raw. Says how many batches it took, how many of these it wrote now, and the two numbers of the last id that was there before.
 */
export const APPEND = partitionScript(
  ['log', 'meta', 'writers'],
  `
local m = call('HMGET', META, 'ms', 'seq', 'batches', 'events', 'bytes', 'readBatches')
local ms, seq, batches, events, bytes, read = tonumber(m[1] or 0), tonumber(m[2] or 0), tonumber(m[3] or 0), tonumber(m[4] or 0), tonumber(m[5] or 0), tonumber(m[6] or 0)
local writer, most = ARGV[3], tonumber(ARGV[4])
local last = tonumber(call('HGET', WRITERS, writer) or 0)
local taken, written, told = 0, 0, {}
for o = 4, #ARGV - 10, 10 do
  local n, count = tonumber(ARGV[o + 1]), tonumber(ARGV[o + 2])
  if n > last then
    if batches - read + count > most then break end
    local at = tonumber(ARGV[o + 3])
    if at > ms then ms = at seq = count else seq = seq + count end
    batches, events, bytes = batches + count, events + tonumber(ARGV[o + 4]), bytes + tonumber(ARGV[o + 5])
    call('XADD', LOG, string.format('%.0f-%.0f', ms, seq), 'e', ARGV[o + 6], 'p', ARGV[o + 7], 's', ARGV[o + 8],
      'c', string.format('%.0f %.0f %.0f', batches, events, bytes), 'm', ARGV[o + 9], 'd', ARGV[o + 10])
    local epoch = ARGV[o + 6]
    if ARGV[o + 8] == 'stream' then told[epoch] = (told[epoch] or 0) + tonumber(ARGV[o + 4]) end
    last, written = n, written + count
  end
  taken = taken + count
end
if written > 0 then
  call('HSET', META, 'ms', string.format('%.0f', ms), 'seq', string.format('%.0f', seq), 'batches', string.format('%.0f', batches),
    'events', string.format('%.0f', events), 'bytes', string.format('%.0f', bytes))
  call('HSET', WRITERS, writer, string.format('%.0f', last))
  -- See coverage-log.ts.
  for epoch, count in pairs(told) do call('HINCRBY', META, 'told:' .. epoch, string.format('%.0f', count)) end
  tell(ARGV[2])
end
return { taken, written, m[1] or '0', m[2] or '0' }
`,
);

/**
 * ARGV: channel, topic of those who wait for room, position or `*` (another partition's commit), state, age limit (ms), bytes to keep,
 * armings, traces, met expectations, touches; an arming is 5 (key, mode, armed, due, rest) and its trace, a trace 8
 * (match, at, job, file, path, old path, verdict, rest), a touch 4 (key, changed, due, how many renames) and 2 for each rename. Says `back` when the position would go back.
 */
export const COMMIT = partitionScript(
  ['log', 'meta', 'jobs', 'due', 'lease', 'again', 'dead', 'traces', 'trace-at', 'by-file', 'by-path', 'expect'],
  `
local position, o = ARGV[3], 10
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms or 0), tonumber(seq or 0)
end
if position ~= '*' then
  local ms, seq = parts(position)
  local oldMs, oldSeq = parts(call('HGET', META, 'position') or '')
  if ms < oldMs or (ms == oldMs and seq < oldSeq) then return 'back' end
end
local news = false
local seen, records, times, files, paths = {}, {}, {}, {}, {}
local function known(match) return seen[match] or call('HEXISTS', TRACES, match) == 1 end
local function add(list, one, other) list[#list + 1] = one list[#list + 1] = other end
local function trace(verdict)
  local match, at, job, file, path, old, given, rest = unpack(ARGV, o + 1, o + 8)
  o = o + 8
  if not verdict and known(match) then return end
  seen[match] = true
  add(records, match, table.concat({ job, file, path, old, verdict or given, rest }, '\\n'))
  add(times, at, match)
  add(files, 0, file .. ' ' .. match)
  add(paths, 0, path .. ' ' .. match)
  if old ~= '-' then add(paths, 0, old .. ' ' .. match) end
end
local function arm(key, mode, armed, due, rest)
  local record = call('HGET', JOBS, key)
  if not record then
    begin(key, armed, due, rest)
    news = true
    return '"armed"'
  end
  local state, since = head(record)
  if state == 'p' then return '"held back: the job is parked"' end
  if call('HEXISTS', LEASE, key) == 1 then
    if mode == 'single' or mode == 'parallel' then return '"ignored: the job runs already"' end
    call('HSET', AGAIN, key, mode .. ' ' .. armed .. ' ' .. due .. '\\n' .. rest)
    return '"runs again afterwards"'
  end
  news = true
  call('HDEL', AGAIN, key)
  if state == 'd' then
    call('ZREM', DEAD, key)
    begin(key, armed, due, rest)
    return '"armed"'
  end
  begin(key, since, due, rest)
  return '"settles anew"'
end
for i = 1, tonumber(ARGV[7]) do
  local key, mode, armed, due, rest, match = unpack(ARGV, o + 1, o + 6)
  o = o + 5
  if known(match) then o = o + 8
  else trace(arm(key, mode, armed, due, rest)) end
end
for i = 1, tonumber(ARGV[8]) do trace() end
bulk('HSET', TRACES, records)
bulk('ZADD', TRACE_AT, times)
bulk('ZADD', BY_FILE, files)
bulk('ZADD', BY_PATH, paths)
for i = 1, tonumber(ARGV[9]) do call('HDEL', EXPECT, ARGV[o + i]) end
o = o + tonumber(ARGV[9])
local function later(one, other) return tonumber(one) > tonumber(other) and one or other end
local function touched(changed, before, rest, names)
  local path = string.match(before, '^ %S+ (.+)$')
  for i = 1, #names, 2 do
    local from = names[i]
    if path == from or (not path and string.find(rest, '"path":' .. from .. ',"change":', 1, true)) then path = names[i + 1] end
  end
  return ' ' .. changed .. (path and ' ' .. path or '')
end
local function touch(key, changed, due, names)
  local again = call('HGET', AGAIN, key)
  if again then
    local mode, armed, present, _, rest, before = head(again)
    call('HSET', AGAIN, key, mode .. ' ' .. armed .. ' ' .. later(due, present) .. ' 0' .. touched(changed, before, rest, names) .. '\\n' .. rest)
  end
  local record = call('HGET', JOBS, key)
  if not record or call('HEXISTS', LEASE, key) == 1 then return end
  local state, armed, present, attempts, rest, before = head(record)
  if state == 'w' and attempts == '0' and string.find(rest, '"step":0,', 1, true) then
    begin(key, armed, later(due, present), rest, touched(changed, before, rest, names))
  end
end
for i = 1, tonumber(ARGV[10]) do
  local key, changed, due, renames = unpack(ARGV, o + 1, o + 4)
  o = o + 4
  local names = {}
  for n = 1, 2 * tonumber(renames) do names[n] = ARGV[o + n] end
  o = o + #names
  touch(key, changed, due, names)
end
if news then tell('jobs') end
if position == '*' then return 'ok' end
call('HSET', META, 'position', position, 'state', ARGV[4])
local function cumulated(entry)
  local sums, about
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'c' then sums = entry[2][i + 1] elseif entry[2][i] == 'm' then about = entry[2][i + 1] end
  end
  local batches, events, bytes = string.match(sums, '^(%d+) (%d+) (%d+)$')
  return tonumber(batches), tonumber(events), tonumber(bytes), about
end
local ms, seq = parts(position)
-- The entry that it is in has the id of its last batch.
local entry = position ~= '' and call('XRANGE', LOG, position, '+', 'COUNT', 1)[1]
if entry then
  local batches, events, _, about = cumulated(entry)
  local its = {}
  for count in string.gmatch(about, '%S+ (%d+) %d+') do its[#its + 1] = tonumber(count) end
  local lastMs, lastSeq = parts(entry[1])
  if lastMs == ms and lastSeq - #its < seq then
    for i = #its, #its - (lastSeq - seq) + 1, -1 do batches, events = batches - 1, events - its[i] end
    call('HSET', META, 'readBatches', string.format('%.0f', batches), 'readEvents', string.format('%.0f', events))
    tell(ARGV[2])
  end
end
-- What was decided about and is too old, or too much, goes; some at a time.
local first = call('XRANGE', LOG, '-', '+', 'COUNT', 1)[1]
local oldest = tonumber(ARGV[5])
local keep = tonumber(ARGV[6])
local total = tonumber(call('HGET', META, 'bytes') or 0)
local gone = tonumber(call('HGET', META, 'goneBytes') or 0)
local before = gone
local function decided(id)
  local a, b = parts(id)
  return a < ms or (a == ms and b <= seq), a
end
for i = 1, 2000 do
  if not first then break end
  local may, at = decided(first[1])
  if not may or (at >= oldest and total - gone <= keep) then break end
  local _, _, bytes = cumulated(first)
  call('XDEL', LOG, first[1])
  gone = bytes
  first = call('XRANGE', LOG, '-', '+', 'COUNT', 1)[1]
end
if gone ~= before then call('HSET', META, 'goneBytes', string.format('%.0f', gone)) end
return 'ok'
`,
);

/** ARGV: channel, now, how many at most. When the earliest of those that are due are due: that alone, in one text. */
export const EARLIEST = partitionScript(
  ['due'],
  `
local due, times = call('ZRANGEBYSCORE', DUE, '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', 0, ARGV[3]), {}
for i = 2, #due, 2 do times[#times + 1] = due[i] end
return table.concat(times, ' ')
`,
);

/** ARGV: channel, now, limit, owner, its lease's end, token, `1` when the same call was made before. Gives key and job, one after the other. */
export const TAKE = partitionScript(
  ['jobs', 'due', 'running', 'lease', 'owners'],
  `
local now, owner, token = ARGV[2], ARGV[4], ARGV[6]
call('ZADD', OWNERS, ARGV[5], owner)
local function jobsOf(keys)
  local jobs, found = bulkGet(JOBS, keys), {}
  for i, key in ipairs(keys) do found[2 * i - 1] = key found[2 * i] = jobs[key] end
  return found
end
local keys = {}
if ARGV[7] == '1' then
  local leases = call('HGETALL', LEASE)
  for i = 1, #leases, 2 do
    if leases[i + 1] == token then keys[#keys + 1] = leases[i] end
  end
  if #keys > 0 then
    return jobsOf(keys)
  end
end
local earliest = call('ZRANGEBYSCORE', DUE, '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local running, leases = {}, {}
keys = {}
for i = 1, #earliest, 2 do
  local key = earliest[i]
  keys[#keys + 1] = key
  running[i], running[i + 1] = earliest[i + 1], key
  leases[i], leases[i + 1] = key, token
end
bulk('ZREM', DUE, keys)
bulk('ZADD', RUNNING, running)
bulk('HSET', LEASE, leases)
return jobsOf(keys)
`,
);

/** ARGV: channel, now, owner. Takes jobs from owners whose lease has ended, but never from this one. Gives these, and how many each had. */
export const RECLAIM = partitionScript(
  ['due', 'running', 'lease', 'owners'],
  `
local over = call('ZRANGEBYSCORE', OWNERS, '-inf', '(' .. ARGV[2])
local gone, any = {}, false
for _, owner in ipairs(over) do
  if owner ~= ARGV[3] then
    gone[owner] = 0
    any = true
    call('ZREM', OWNERS, owner)
  end
end
if not any then return {} end
local leases = call('HGETALL', LEASE)
for i = 1, #leases, 2 do
  local owner = string.match(leases[i + 1], '^(.*):%d+$')
  if gone[owner] then
    giveBack(leases[i])
    gone[owner] = gone[owner] + 1
  end
end
local freed = {}
for owner, count in pairs(gone) do
  if count > 0 then
    freed[#freed + 1] = owner
    freed[#freed + 1] = count
  end
end
if #freed > 0 then tell('jobs') end
return freed
`,
);

/** ARGV: channel, owner. What it holds is free; it is forgotten. */
export const LEAVE = partitionScript(
  ['due', 'running', 'lease', 'owners', 'writers'],
  `
local leases = call('HGETALL', LEASE)
for i = 1, #leases, 2 do
  if string.match(leases[i + 1], '^(.*):%d+$') == ARGV[2] then giveBack(leases[i]) end
end
call('ZREM', OWNERS, ARGV[2])
call('HDEL', WRITERS, ARGV[2])
tell('jobs')
return 1
`,
);

/** ARGV: channel, then 6 each: key, token, rest (match and JSON), match, attempt, lock or nothing. For each 1: what is left is to be left out. */
export const STEP_DONE = partitionScript(
  ['jobs', 'lease', 'again', 'attempts', 'locks', 'lock-ids', 'lock-passing'],
  `${RECORD_LOCK}
local answers = {}
for o = 1, #ARGV - 6, 6 do
  local key, token, rest, match, attempt, lock = unpack(ARGV, o + 1, o + 6)
  local answer = 1
  if call('HGET', LEASE, key) == token then
    local state, armed, due = head(call('HGET', JOBS, key))
    put(key, state, armed, due, '0', rest)
    addAttempt(match, attempt)
    recordLock(lock)
    local again = call('HGET', AGAIN, key)
    if not again or head(again) ~= 'restart' then answer = 0 end
  end
  answers[#answers + 1] = answer
end
return answers
`,
);

/**
 * ARGV: channel, now, then 9 each: key, token, kind, due, attempts, rest (nothing when done), match, attempt or nothing, lock or nothing. For each
 * 0: it was not this worker's any more.
 */
export const FINISH = partitionScript(
  ['jobs', 'due', 'running', 'lease', 'again', 'dead', 'parked', 'attempts', 'locks', 'lock-ids', 'lock-passing'],
  `${RECORD_LOCK}
local answers, news = {}, false
local keys, matches = {}, {}
for o = 2, #ARGV - 9, 9 do
  keys[#keys + 1] = ARGV[o + 1]
  if ARGV[o + 7] ~= '' then matches[#matches + 1] = ARGV[o + 7] end
end
local leases, agains, attemptsOf = bulkGet(LEASE, keys), bulkGet(AGAIN, keys), bulkGet(ATTEMPTS, matches)
local ended, over, noted = {}, {}, {}
local function finish(key, token, kind, due, attempts, rest, match, attempt, lock)
  if leases[key] ~= token then return 0 end
  leases[key] = nil
  ended[#ended + 1] = key
  local again = kind ~= 'parked' and agains[key]
  if again then
    local _, armed, dueAgain, _, restAgain, touched = head(again)
    call('HDEL', AGAIN, key)
    begin(key, armed, dueAgain, restAgain, touched)
    news = true
  elseif kind == 'done' then
    over[#over + 1] = key
  else
    local _, armed = head(call('HGET', JOBS, key))
    if kind == 'again' then
      put(key, 'w', armed, due, attempts, rest)
      call('ZADD', DUE, due, key)
      news = true
    else
      put(key, kind == 'dead' and 'd' or 'p', armed, '-', attempts, rest)
      call('ZADD', kind == 'dead' and DEAD or PARKED, ARGV[2], key)
    end
  end
  if attempt ~= '' then
    attemptsOf[match] = withAttempt(attemptsOf[match], attempt)
    noted[#noted + 1] = match
    noted[#noted + 1] = attemptsOf[match]
  end
  recordLock(lock)
  return 1
end
for o = 2, #ARGV - 9, 9 do answers[#answers + 1] = finish(unpack(ARGV, o + 1, o + 9)) end
bulk('HDEL', LEASE, ended)
bulk('ZREM', RUNNING, ended)
bulk('HDEL', JOBS, over)
bulk('HSET', ATTEMPTS, noted)
if news then tell('jobs') end
return answers
`,
);

/** ARGV: channel, key, token. */
export const RELEASE = partitionScript(
  ['due', 'running', 'lease'],
  `
if call('HGET', LEASE, ARGV[2]) ~= ARGV[3] then return 0 end
giveBack(ARGV[2])
tell('jobs')
return 1
`,
);

/** ARGV: channel, key, now, `1` when the same call was made before. */
export const RETRY = partitionScript(
  ['jobs', 'due', 'dead', 'parked'],
  `
local key, now = ARGV[2], ARGV[3]
local record = call('HGET', JOBS, key)
if not record then return 0 end
local state, armed, due, attempts, rest = head(record)
if state == 'w' then return (ARGV[4] == '1' and due == now) and 1 or 0 end
call('ZREM', state == 'd' and DEAD or PARKED, key)
begin(key, armed, now, rest)
tell('jobs')
return 1
`,
);

/** ARGV: channel, key, the job as it was seen, match, attempt, `1` when the same call was made before. -1: it has changed since. */
export const CANCEL = partitionScript(
  ['jobs', 'due', 'lease', 'again', 'dead', 'parked', 'attempts'],
  `
local key = ARGV[2]
local record = call('HGET', JOBS, key)
if not record then
  local present = call('HGET', ATTEMPTS, ARGV[4]) or ''
  return (ARGV[6] == '1' and string.sub(present, -#ARGV[5]) == ARGV[5]) and 1 or 0
end
if call('HEXISTS', LEASE, key) == 1 then return 0 end
if record ~= ARGV[3] then return -1 end
call('HDEL', JOBS, key)
call('HDEL', AGAIN, key)
for _, set in ipairs({ DUE, DEAD, PARKED }) do call('ZREM', set, key) end
addAttempt(ARGV[4], ARGV[5])
return 1
`,
);

/** ARGV: channel, now. Waiting, due, running, dead, parked. */
export const COUNTS = partitionScript(
  ['due', 'running', 'dead', 'parked'],
  `
local due = call('ZCOUNT', DUE, '-inf', ARGV[2])
return { call('ZCARD', DUE) - due, due, call('ZCARD', RUNNING), call('ZCARD', DEAD), call('ZCARD', PARKED) }
`,
);

/** ARGV: channel, now, owner. When the next job is due, and when the next lease of another ends; each may be empty. */
export const NEXT_DUE = partitionScript(
  ['due', 'owners'],
  `
local next = call('ZRANGEBYSCORE', DUE, '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
local leases = call('ZRANGEBYSCORE', OWNERS, '-inf', '+inf', 'WITHSCORES')
local ends
for i = 1, #leases, 2 do
  if leases[i] ~= ARGV[3] and not ends then ends = leases[i + 1] end
end
return { next or '', ends or '' }
`,
);

/** ARGV: channel, before, how many at most, how many to leave out. Gives how many went, and how many of these stay. */
export const PRUNE = partitionScript(
  ['jobs', 'traces', 'trace-at', 'by-file', 'by-path', 'attempts'],
  `
local gone, kept = 0, 0
for _, match in ipairs(call('ZRANGEBYSCORE', TRACE_AT, '-inf', '(' .. ARGV[2], 'LIMIT', ARGV[4], ARGV[3])) do
  local record = call('HGET', TRACES, match)
  local job, at = line(record, 1)
  local present = job ~= '-' and call('HGET', JOBS, job)
  local _, second = line(present or '\\n', 1)
  if present and line(present, second) == match then kept = kept + 1
  else
    local file, path, old
    file, at = line(record, at)
    path, at = line(record, at)
    old = line(record, at)
    call('HDEL', TRACES, match)
    call('HDEL', ATTEMPTS, match)
    call('ZREM', TRACE_AT, match)
    call('ZREM', BY_FILE, file .. ' ' .. match)
    call('ZREM', BY_PATH, path .. ' ' .. match, old .. ' ' .. match)
    gone = gone + 1
  end
end
return { gone, kept }
`,
);

/** ARGV: channel, before, how many at most. Says how many locks went. */
export const PRUNE_LOCKS = partitionScript(
  ['locks', 'lock-ids', 'lock-passing'],
  `
local fields = call('ZRANGEBYSCORE', LOCK_PASSING, '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
for _, field in ipairs(fields) do
  call('HDEL', LOCKS, field)
  call('ZREM', LOCK_IDS, field)
  call('ZREM', LOCK_PASSING, field)
end
return #fields
`,
);
