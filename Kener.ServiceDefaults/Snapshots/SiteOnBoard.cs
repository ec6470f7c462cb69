namespace Kener.ServiceDefaults;

/// <summary>The site as the board has it.</summary>
public sealed class SiteOnBoard(SnapshotBoard board)
{
    private sealed record Read(Snapshot Of, PublishedSite Site);

    private Read? _read;

    /// <summary>What is known of the site now; the defaults before anything is.</summary>
    public PublishedSite Now
    {
        get
        {
            if (board.Find(PublishedSite.SnapshotKey) is not { } snapshot) return PublishedSite.Default;
            if (Volatile.Read(ref _read) is { } read && ReferenceEquals(read.Of, snapshot)) return read.Site;
            var site = PublishedSite.From(snapshot);
            Volatile.Write(ref _read, new Read(snapshot, site));
            return site;
        }
    }
}
