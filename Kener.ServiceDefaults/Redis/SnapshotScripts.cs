namespace Kener.ServiceDefaults.Redis;

/// <summary>
/// Lua scripts, each of which Redis runs as one atomic step. They trust nothing in Redis: they bound what they return, and a key of the wrong type is
/// a result, not an error.
/// </summary>
internal static class SnapshotScripts
{
    /// <summary>KEYS: any number of strings. Returns the first 40 bytes of each; nil for one that is not a string.</summary>
    public const string Facts = """
        local facts = {}
        for i, key in ipairs(KEYS) do
            local value = redis.pcall('GETRANGE', key, 0, 39)
            facts[i] = type(value) == 'string' and value
        end
        return facts
        """;

    /// <summary>
    /// KEYS: versions. ARGV: maximum number of keys, maximum length of a key. Returns key, version, key, version…; '?' for a version that is too
    /// long.
    /// </summary>
    public const string Inventory = """
        if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[1]) then return redis.error_reply('There are more snapshots than allowed') end
        local all, found = redis.call('HGETALL', KEYS[1]), {}
        for i = 1, #all, 2 do
            if #all[i] <= tonumber(ARGV[2]) then
                found[#found + 1] = all[i]
                found[#found + 1] = #all[i + 1] <= 16 and all[i + 1] or '?'
            end
        end
        return found
        """;

    /// <summary>KEYS: versions, bodies. ARGV: key, maximum size of a body. Returns version, body and the body's length, read atomically.</summary>
    public const string Read = """
        local version, size = redis.pcall('HGET', KEYS[1], ARGV[1]), redis.pcall('HSTRLEN', KEYS[2], ARGV[1])
        if type(version) == 'table' or type(size) == 'table' then return {'?', false, 0} end
        if version and #version > 16 then version = '?' end
        return {version, size > 0 and size <= tonumber(ARGV[2]) and redis.call('HGET', KEYS[2], ARGV[1]), size}
        """;

    /// <summary>
    /// KEYS: versions, bodies, writes. ARGV: channel for news, key, highest possible version and, unless the snapshot is to be removed, version and
    /// bytes. Writes a version that is newer than the stored one; a stored version that no owner can have written does not count. The body is written
    /// first, so that no version is announced without it.
    /// </summary>
    public const string Write = """
        local news, key, latest, version, bytes = unpack(ARGV)
        local known = redis.call('HGET', KEYS[1], key)
        if version then
            local isVersion = known and #known <= 16 and string.find(known, '^%d+$') and tonumber(known) <= tonumber(latest)
            if isVersion and tonumber(known) >= tonumber(version) then return 0 end
            redis.call('HSET', KEYS[2], key, bytes)
            redis.call('HSET', KEYS[1], key, version)
        else
            if not known then return 0 end
            redis.call('HDEL', KEYS[1], key)
            redis.call('HDEL', KEYS[2], key)
        end
        if type(redis.pcall('INCR', KEYS[3])) == 'table' then redis.call('SET', KEYS[3], '1') end
        redis.call('PUBLISH', news, key)
        return 1
        """;

    /// <summary>
    /// KEYS: versions, bodies, writes, confirmed, epoch. ARGV: a new epoch, and '1' if the caller has written under the present one. Returns the
    /// epoch; a new one if there was none, or if one of the hashes was lost or had the wrong type: each owner then writes everything again.
    /// </summary>
    public const string Epoch = """
        local isLost = false
        for i, expected in ipairs({'hash', 'hash', 'string', 'string', 'string'}) do
            local kind = redis.call('TYPE', KEYS[i]).ok
            if kind == 'none' then
                isLost = isLost or (i <= 2 and ARGV[2] == '1')
            elseif kind ~= expected then
                redis.call('DEL', KEYS[i])
                isLost = isLost or i <= 2
            end
        end
        -- One hash without the other is useless, and what is still there would not be written again.
        if isLost then redis.call('DEL', KEYS[1], KEYS[2]) end
        local epoch = redis.call('GET', KEYS[5])
        if isLost or not epoch or #epoch ~= #ARGV[1] then
            epoch = ARGV[1]
            redis.call('SET', KEYS[5], epoch)
        end
        return epoch
        """;
}
