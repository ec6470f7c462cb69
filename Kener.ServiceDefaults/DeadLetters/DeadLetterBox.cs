namespace Kener.ServiceDefaults;

/// <summary>An event that was given up, as the API shows it. <paramref name="DeadAt"/> in Unix seconds.</summary>
public sealed record DeadLetterEntry(long Id, string Service, string Type, string Subject, string Error, long DeadAt);

/// <summary>The newest dead letters of a service, and how many there are in all.</summary>
public sealed record DeadLetterList(string Service, int Total, IReadOnlyList<DeadLetterEntry> DeadLetters);

/// <summary>
/// Where the dead letters of one service are read: in the same process from its database, else over HTTP, with the authorization of who
/// asks. The gateway puts the boxes of all services together.
/// </summary>
public sealed record DeadLetterBox(string Service, Func<string, CancellationToken, Task<DeadLetterList>> ReadAsync)
{
    /// <summary>Where that service answers for its dead letters.</summary>
    public static string PathOf(string service) => $"/api/v5/dead-letters/{service}";
}
