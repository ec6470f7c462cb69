namespace Kener.Status.Publishing;

/// <summary>
/// Decides which pages are dropped, of those that visitors can request without limit: variants in other time zones, and pages that are rendered on
/// demand. The least recently used go first, and no client evicts what others use.
/// </summary>
internal static class PageLimits
{
    /// <summary>The maximum number of pages of a kind that is rendered on demand, and of their bytes.</summary>
    public const int PagesAtMost = 1000;
    public const long BytesAtMost = 64 * 1024 * 1024;
    /// <summary>The maximum number of variants of one page in zones other than the site's, and of such zones over all pages.</summary>
    public const int VariantsAtMost = 64, ZonesAtMost = 16;
    /// <summary>The maximum number of such variants of one client, each for any number of pages.</summary>
    public const int AtMostPerClient = 4;
    /// <summary>How long such a variant is kept without being used.</summary>
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
            // The page that was used last stays, however large it is.
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
