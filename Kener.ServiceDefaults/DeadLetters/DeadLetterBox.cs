namespace Kener.ServiceDefaults.DeadLetters;

/// <summary>A dead letter as the API returns it. <paramref name="DeadAt"/> is in Unix seconds.</summary>
public sealed record DeadLetterEntry(long Id, string Service, string Type, string Subject, string Error, long DeadAt);

/// <summary>The newest dead letters of a service, and the total number of its dead letters.</summary>
public sealed record DeadLetterList(string Service, int Total, IReadOnlyList<DeadLetterEntry> DeadLetters);

/// <summary>
/// Reads the dead letters of one service: in the same process from its database, else over HTTP with the caller's authorization. The gateway merges
/// those of all services.
/// </summary>
public sealed record DeadLetterBox(string Service, Func<string, CancellationToken, Task<DeadLetterList>> ReadAsync)
{
    /// <summary>Returns the path of the service's dead letters.</summary>
    public static string PathOf(string service) => $"/api/v5/dead-letters/{service}";
}
