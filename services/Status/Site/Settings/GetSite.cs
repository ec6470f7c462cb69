using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.Status.Database;
using Microsoft.Extensions.Options;

namespace Kener.Status.Site.Settings;

/// <summary>GET /api/v4/site and GET /api/v4/site/{config_key}.</summary>
internal static class GetSite
{
    public static async Task<IResult> ListAsync(StatusDb db, IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var set = await db.SetValuesAsync(cancel);
        return ApiResponse.Of(new SiteList(SiteKeys.All.Select(key => SiteResponse.Of(key, set, settings.Value)).OfType<SiteResponse>()));
    }

    public static async Task<IResult> OneAsync(string key, StatusDb db, IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var known = SiteReading.Known(key);
        return ApiResponse.Of(SiteResponse.Of(known, await db.SetValuesAsync(cancel), settings.Value) ?? throw Refusal.NotFound($"Config key '{key}' not found"));
    }
}
