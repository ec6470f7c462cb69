using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Database;

/// <summary>Stored data that cannot be rendered, and the reason.</summary>
/// <param name="What">The name shown to operators, such as "Monitor api".</param>
/// <param name="Exception">The reason.</param>
internal sealed record StoredFault(string What, Exception Exception)
{
    /// <summary>
    /// Whether the data of one item is the cause, so that the others can still be rendered. A database that is unavailable or rejects a command
    /// affects all of them.
    /// </summary>
    public static bool IsOfData(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is InvalidDataException or JsonException) return true;
            if (cause is DbException or DbUpdateException or TimeoutException or OperationCanceledException or IOException or ObjectDisposedException or OutOfMemoryException)
                return false;
        }
        return true;
    }
}
