/**
 * What must happen whole: Redis runs a script as one step.
 *
 * A conversation is a hash (`owner` is the key of its owner's list); its messages are a list in the order they were added,
 * their feedback and answers are hashes by message. Signatures are a list: the title's, then the messages'; a conversation
 * that was begun without them never has any. An owner's list has the conversations by time of change, pinned ones above; `all` has
 * everybody's by time of change; `judged` has messages with feedback by its time, `judged in` the conversation of each.
 */

/** Pinned conversations stand above every time: the score of one is its time of change and this. */
const SCORE = `string.format('%.0f', tonumber(redis.call('HGET', KEYS[1], 'pinned')) * 1e12 + tonumber(redis.call('HGET', KEYS[1], 'updated')))`;
const IS_OWN = `redis.call('HGET', KEYS[1], 'owner') == KEYS[2]`;

/** KEYS: conversation, owner's list, all, signatures. ARGV: id, signature of its title (empty: none), then names and values of its fields. */
export const CREATE = `
redis.call('HSET', KEYS[1], 'owner', KEYS[2], unpack(ARGV, 3))
if ARGV[2] ~= '' then redis.call('RPUSH', KEYS[4], ARGV[2]) end
redis.call('ZADD', KEYS[2], ${SCORE}, ARGV[1])
redis.call('ZADD', KEYS[3], redis.call('HGET', KEYS[1], 'updated'), ARGV[1])
return 1`;

/** KEYS: conversation, owner's list, signatures. ARGV: id, signature of a new title (empty: none), then names and values of the fields that change. 0: no such conversation. */
export const UPDATE = `
if not (${IS_OWN}) then return 0 end
if #ARGV > 2 then redis.call('HSET', KEYS[1], unpack(ARGV, 3)) end
if ARGV[2] ~= '' and redis.call('EXISTS', KEYS[3]) == 1 then redis.call('LSET', KEYS[3], 0, ARGV[2]) end
redis.call('ZADD', KEYS[2], ${SCORE}, ARGV[1])
return 1`;

/**
 * KEYS: conversation, owner's list, all, messages, answers, signatures. ARGV: id, now, leaf (empty: as before), turn (empty:
 * none), how many messages, how many values of answers, then messages, ids and answers, signatures. 0: no such conversation,
 * or the turn is over.
 */
export const APPEND = `
if not (${IS_OWN}) then return 0 end
if ARGV[4] ~= '' and ARGV[4] ~= redis.call('HGET', KEYS[1], 'turn') then return 0 end
local answers = 7 + ARGV[5]
local signatures = answers + ARGV[6]
for index = 7, answers - 1 do redis.call('RPUSH', KEYS[4], ARGV[index]) end
for index = answers, signatures - 1, 2 do redis.call('HSET', KEYS[5], ARGV[index], ARGV[index + 1]) end
for index = signatures, #ARGV do redis.call('RPUSHX', KEYS[6], ARGV[index]) end
redis.call('HSET', KEYS[1], 'updated', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'leaf', ARGV[3]) end
redis.call('ZADD', KEYS[2], ${SCORE}, ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
return 1`;

/** KEYS: conversation, owner's list, all, messages, feedback, judged, judged in, answers, signatures. ARGV: id. 0: no such conversation. */
export const DELETE = `
if not (${IS_OWN}) then return 0 end
for _, message in ipairs(redis.call('HKEYS', KEYS[5])) do
  redis.call('ZREM', KEYS[6], message)
  redis.call('HDEL', KEYS[7], message)
end
redis.call('DEL', KEYS[1], KEYS[4], KEYS[5], KEYS[8], KEYS[9])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1`;

/**
 * KEYS: owner's list. ARGV: from which rank, how many conversations are looked at, how many are wanted, what keys of
 * signatures begin with, then the hashes of a probe. Answers how many were looked at, then those that may hold what is searched.
 */
export const FIND = `
local byte, band, lshift, rshift = string.byte, bit.band, bit.lshift, bit.rshift
local hashes = {}
for index = 5, #ARGV do hashes[index - 4] = tonumber(ARGV[index]) end
local function holds(signature)
  local bits = #signature * 8
  for index = 1, #hashes do
    local place = hashes[index] % bits
    if band(byte(signature, rshift(place, 3) + 1), lshift(1, band(place, 7))) == 0 then return false end
  end
  return true
end
local function mayHold(signatures)
  for index = 1, #signatures do
    if holds(signatures[index]) then return true end
  end
  return #signatures == 0
end
local found = {0}
for seen, id in ipairs(redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1] + ARGV[2] - 1, 'REV')) do
  found[1] = seen
  if mayHold(redis.call('LRANGE', ARGV[4] .. id, 0, -1)) then found[#found + 1] = id end
  if #found > tonumber(ARGV[3]) then break end
end
return found`;

/** KEYS: conversation, owner's list, feedback, judged, judged in. ARGV: id, message, feedback (empty: none), its time. 0: no such conversation. */
export const SET_FEEDBACK = `
if not (${IS_OWN}) then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[3], ARGV[2])
  redis.call('ZREM', KEYS[4], ARGV[2])
  redis.call('HDEL', KEYS[5], ARGV[2])
else
  redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
  redis.call('ZADD', KEYS[4], ARGV[4], ARGV[2])
  redis.call('HSET', KEYS[5], ARGV[2], ARGV[1])
end
return 1`;

/** Milliseconds, by the clock of Redis. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;
const HOLD = `redis.call('HSET', KEYS[1], 'turn', ARGV[1], 'turn_until', string.format('%.0f', now + ARGV[2]))`;

/** KEYS: conversation. ARGV: token, milliseconds. 0: no such conversation, or a turn is running. */
export const BEGIN_TURN = `${NOW}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local running = redis.call('HGET', KEYS[1], 'turn_until')
if running and tonumber(running) > now then return 0 end
${HOLD}
return 1`;

/** KEYS: conversation. ARGV: token, milliseconds. 0: another turn has taken over. */
export const RENEW_TURN = `${NOW}
if redis.call('HGET', KEYS[1], 'turn') ~= ARGV[1] then return 0 end
${HOLD}
return 1`;

/** KEYS: conversation. ARGV: token. */
export const END_TURN = `
if redis.call('HGET', KEYS[1], 'turn') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'turn', 'turn_until')
end
return 1`;
