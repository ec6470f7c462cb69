using Kener.Contracts;

namespace Kener.Status.Projections.Incidents;

/// <summary>
/// The incidents that this process received most recently, so that they need not be read when pages are rendered. Holds at most 64, and no large
/// ones.
/// </summary>
internal sealed class RecentIncidents
{
    private const int MostText = 1 << 16;
    private readonly IncidentChanged?[] _incidents = new IncidentChanged?[64];

    /// <summary>Keeps the incident in place of an older one. To be called only after the commit.</summary>
    public void Keep(IncidentChanged incident)
    {
        // 64 incidents of 1 MiB each would take more memory than the service itself; large ones are read instead.
        if (incident.Updates.Sum(update => update.Markdown.Length) <= MostText) Volatile.Write(ref PlaceOf(incident.Id), incident);
    }

    /// <summary>Returns the incident at exactly this version; null if it is not kept.</summary>
    public IncidentChanged? Find(long id, long version) => Volatile.Read(ref PlaceOf(id)) is { } kept && kept.Id == id && kept.Version == version ? kept : null;

    private ref IncidentChanged? PlaceOf(long id) => ref _incidents[(int)((ulong)id % (ulong)_incidents.Length)];
}
