namespace Kener.Status.Snapshots;

/// <summary>
/// Which pages are dropped: what visitors can ask for without end, namely other time zones, and pages that are drawn on demand. Those used
/// least go first, and no client takes away what others use.
/// </summary>
internal static class PageLimits
{
    /// <summary>Pages of one kind that are drawn on demand, and their bytes.</summary>
    public const int PagesAtMost = 1000;
    public const long BytesAtMost = 64 * 1024 * 1024;
    /// <summary>Variants of one page in other zones than the site's, and such zones of all pages.</summary>
    public const int VariantsAtMost = 64, ZonesAtMost = 16;
    /// <summary>Such variants that one client may have kept, each of any number of pages.</summary>
    public const int AtMostPerClient = 4;
    /// <summary>Such a variant that was not used for so long goes.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    public static IReadOnlyCollection<StoredPage> Surplus(IReadOnlyList<StoredPage> all, string ownZone, Func<StoredPage, long> usedMs, long nowMs)
    {
        var surplus = new HashSet<StoredPage>();
        var foreign = all.Where(page => page.Variant is { } variant && variant.Zone != ownZone && !surplus.Contains(page));
        surplus.UnionWith(foreign.Where(page => usedMs(page) <= nowMs - (long)KeptFor.TotalMilliseconds).ToList());
        foreach (var ofClient in foreign.GroupBy(page => page.Client).ToList()) Bound(ofClient, page => page.Variant!, AtMostPerClient);
        foreach (var ofPage in foreign.GroupBy(page => page.Path).ToList()) Bound(ofPage, page => page.Variant!, VariantsAtMost);
        Bound(foreign, page => page.Variant!.Zone, ZonesAtMost);
        foreach (var ofKind in all.Where(page => page.Definition.Kind.IsOnDemand && !surplus.Contains(page)).GroupBy(page => page.Definition).ToList())
        {
            if (ofKind.Count() <= PagesAtMost && ofKind.Sum(page => page.Bytes) <= BytesAtMost) continue;
            var (count, bytes) = (0, 0L);
            // The one used last stays, however large it is.
            surplus.UnionWith(ofKind.OrderByDescending(Rank).ToList().Where(page => ++count > PagesAtMost | (bytes += page.Bytes) > BytesAtMost && count > 1));
        }
        return surplus;

        (long, long) Rank(StoredPage page) => (usedMs(page), page.Asked.Count);

        void Bound<TKey>(IEnumerable<StoredPage> pages, Func<StoredPage, TKey> keyOf, int atMost)
        {
            var groups = pages.GroupBy(keyOf).ToList();
            surplus.UnionWith(groups.OrderByDescending(group => group.Max(Rank)).Skip(atMost).SelectMany(group => group).ToList());
        }
    }
}
