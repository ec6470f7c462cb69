namespace Kener.ServiceDefaults.Snapshots;

/// <summary>Reads the site from the snapshot store.</summary>
public sealed class CurrentSite(SnapshotStore board)
{
    private sealed record Read(Snapshot Of, PublishedSite Site);

    private Read? _read;

    /// <summary>The site as it is now; the defaults until one is published. If a new one cannot be read, the previous one stays.</summary>
    public PublishedSite Now
    {
        get
        {
            if (board.Find(PublishedSite.SnapshotKey) is not { } snapshot) return PublishedSite.Default;
            var read = Volatile.Read(ref _read);
            if (read is not null && ReferenceEquals(read.Of, snapshot)) return read.Site;
            var site = PublishedSite.TryFrom(snapshot) ?? read?.Site ?? PublishedSite.Default;
            Volatile.Write(ref _read, new Read(snapshot, site));
            return site;
        }
    }
}
