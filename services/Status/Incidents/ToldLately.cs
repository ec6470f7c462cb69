using Kener.Contracts;

namespace Kener.Status.Incidents;

/// <summary>The incidents that this process took in last, so that whoever draws them need not read them. Some of them: it holds 64 at most, and no large ones.</summary>
internal sealed class ToldLately
{
    private const int MostText = 1 << 16;
    private readonly IncidentChanged?[] _incidents = new IncidentChanged?[64];

    /// <summary>Keeps it, in the place of an older one. Only what is committed.</summary>
    public void Keep(IncidentChanged incident)
    {
        // 64 incidents of a mebibyte each would be more than the service itself needs; large ones are read instead.
        if (incident.Updates.Sum(update => update.Markdown.Length) <= MostText) Volatile.Write(ref PlaceOf(incident.Id), incident);
    }

    /// <summary>The incident of that id as it was at that version; null where it is not here.</summary>
    public IncidentChanged? Find(long id, long version) => Volatile.Read(ref PlaceOf(id)) is { } kept && kept.Id == id && kept.Version == version ? kept : null;

    private ref IncidentChanged? PlaceOf(long id) => ref _incidents[(int)((ulong)id % (ulong)_incidents.Length)];
}
