/**
 * The ledger, in Lua: a function that other scripts have in them, so that a record is written in one piece with the end of its step.
 *
 * Its argument is lines: field (file and directory), when it was recorded, and the record as it is kept: state, retention lock, creation time or
 * `-`, path, the rest as JSON; or nothing. Must do what `keptRecord` (ledger/lock-record.ts) says.
 */
export const RECORD_LOCK = `
local function recordLock(text)
  if text == '' then return end
  local field, at = line(text, 1)
  local recorded, from = line(text, at)
  local record = string.sub(text, from)
  local function read(of)
    local state, a = line(of, 1)
    local lock, b = line(of, a)
    local created, c = line(of, b)
    local path, d = line(of, c)
    return state, lock, created, path, string.sub(of, d)
  end
  local state, lock, created, path = read(record)
  local passing = state == 'skipped' or state == 'forgotten'
  local present = call('HGET', LOCKS, field)
  if present then
    local oldState, oldLock, oldCreated, _, oldRest = read(present)
    local sameFile = created == oldCreated or created == '-' or oldCreated == '-'
    if sameFile and (oldState == 'locked' or oldState == 'already-locked') then
      if passing or state == 'failed' then return end
      if state == 'already-locked' and oldState == 'locked' and lock == oldLock then
        call('HSET', LOCKS, field, table.concat({ oldState, oldLock, oldCreated, path, oldRest }, '\\n'))
        return
      end
    end
  end
  call('HSET', LOCKS, field, record)
  call('ZADD', LOCK_IDS, 0, field)
  if passing then call('ZADD', LOCK_PASSING, recorded, field) elseif present then call('ZREM', LOCK_PASSING, field) end
end
`;
