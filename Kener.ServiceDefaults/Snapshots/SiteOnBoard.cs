namespace Kener.ServiceDefaults;

/// <summary>The site as the board has it.</summary>
public sealed class SiteOnBoard(SnapshotBoard board)
{
    private sealed record Read(Snapshot Of, PublishedSite Site);

    private Read? _read;

    /// <summary>What is known of the site now; the defaults before anything is. A site that cannot be read leaves the one before.</summary>
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
