using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Database;

/// <summary>Something stored that cannot be shown, and why.</summary>
/// <param name="What">What operators call it, such as "Monitor api".</param>
/// <param name="Exception">Why.</param>
internal sealed record StoredFault(string What, Exception Exception)
{
    /// <summary>
    /// Whether the cause is the data of one item, so that the others can be shown. A database that is away or refuses concerns them all.
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
