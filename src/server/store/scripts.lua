-- What a store does for a mock, in one go. KEYS: head, log, state, token, origin. ARGV[1] says what is to be done.
--
-- head: epoch, why it began (empty, asked), requests counted, last number of a request in the log, requests that the log no longer has
--       (base) and the token of the last of these, the position of the state that is kept with the token there, and the bytes since.
-- origin: what a world began from that began from another: the number of requests counted there (20 digits), and the state.
-- log:  the requests from base on, each with its token (32 bytes) and its number (20 digits) first.
local head, log, state, origin = KEYS[1], KEYS[2], KEYS[3], KEYS[5]
local what = ARGV[1]

local function field(name)
  return redis.call('HGET', head, name)
end

local function number(name)
  return tonumber(field(name) or '0')
end

-- The token of the request before a position; false where it is not known any more.
local function token_before(at)
  local base = number('base')
  if at == 0 then return '' end
  if at == base then return field('base_token') end
  if at < base or at > base + redis.call('LLEN', log) then return false end
  return string.sub(redis.call('LINDEX', log, at - 1 - base), 1, 32)
end

-- True where a mock that says so has carried out what is here.
local function is_known(epoch, at, token)
  return field('epoch') == epoch and token_before(at) == token
end

local function onwards(at)
  return redis.call('LRANGE', log, at - number('base'), -1)
end

-- Lets the world begin from a state, or from the start where that is false.
local function from_state(epoch, why, from)
  redis.call('DEL', head, log, state)
  redis.call('HSET', head, 'epoch', epoch, 'why', why)
  if from then
    local counted = tonumber(string.sub(from, 1, 20))
    redis.call('SET', state, string.sub(from, 21))
    redis.call('HSET', head, 'counted', counted, 'last', counted)
  end
end

-- Lets the world begin: from a state that is given, else from what it began from before, else from the start.
local function start(epoch, why, given)
  if given ~= '' then redis.call('SET', origin, given) end
  from_state(epoch, why, redis.call('GET', origin))
end

if what == 'enter' then
  local epoch, at, token = ARGV[2], tonumber(ARGV[3]), ARGV[4]
  if not is_known(epoch, at, token) then return {'otherwise'} end
  local counted = redis.call('HINCRBY', head, 'counted', ARGV[5])
  return {'onwards', counted, 0, onwards(at)}
end

if what == 'commit' then
  local epoch, at, before, token, asked, content = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7]
  if not is_known(epoch, at, before) then return {'otherwise'} end
  if redis.call('SET', KEYS[4], '1', 'NX', 'EX', 600) then
    local its = asked
    -- What is no request has no number.
    if its > 0 and its <= number('last') then its = redis.call('HINCRBY', head, 'counted', 1) end
    redis.call('RPUSH', log, token .. string.format('%020d', its) .. content)
    if its > 0 then redis.call('HSET', head, 'last', its) end
    redis.call('HINCRBY', head, 'bytes', #content)
  end
  local length = number('base') + redis.call('LLEN', log) - number('state_at')
  return {'onwards', length, number('bytes'), onwards(at)}
end

if what == 'load' then
  if not field('epoch') then
    if ARGV[2] == '' then return {'', '', 0, '', false} end
    start(ARGV[2], 'empty', ARGV[3])
  end
  return {field('epoch'), field('why'), number('state_at'), field('state_token') or '', redis.call('GET', state)}
end

if what == 'keep' then
  local epoch, at, token = ARGV[2], tonumber(ARGV[3]), ARGV[4]
  if not is_known(epoch, at, token) or at <= number('state_at') then return {'done'} end
  redis.call('SET', state, ARGV[5])
  -- Some requests are left for mocks that are a little behind.
  local base, tail = number('base'), tonumber(ARGV[6])
  local cut = math.max(base, at - tail)
  if cut > base then
    redis.call('HSET', head, 'base_token', token_before(cut))
    redis.call('LTRIM', log, cut - base, -1)
    redis.call('HSET', head, 'base', cut)
  end
  redis.call('HSET', head, 'state_at', at, 'state_token', token, 'bytes', 0)
  return {'done'}
end

if what == 'begin' then
  start(ARGV[2], 'asked', ARGV[3])
  return {'done'}
end

if what == 'restore' then
  from_state(ARGV[2], 'asked', ARGV[3])
  return {'done'}
end

return redis.error_reply('unknown ' .. what)
