using System.Security.Claims;
using System.Text.Json;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Kener.Status.Database;
using Kener.Status.Projections;
using Microsoft.Extensions.Options;

namespace Kener.Status.Site.Settings;

/// <summary>PATCH /api/v4/site/{config_key}.</summary>
internal static class UpdateSite
{
    public static async Task<IResult> HandleAsync(
        string key, HttpRequest request, ClaimsPrincipal user, Changes<StatusDb> changes, RenderTrigger trigger, IOptions<KenerSettings> settings,
        CancellationToken cancel)
    {
        var known = SiteReading.Known(key);
        var input = SiteInput.Read(await InputBody.ReadAsync(request, cancel));
        var value = known.Checked(input.Value);
        await changes.CommitAsync(user.Subject(), async change =>
        {
            var site = await change.LockSiteAsync(cancel);
            site.Set(known, value.DeepClone());
            change.Tell(site, settings.Value);
            change.Audit("site.changed", "site", () => site.Id, new { site.Version, Key = known.Name });
        }, cancel);
        await trigger.RenderNowAsync();
        return ApiResponse.Of(new SiteResponse(known.Name, value, known.DataType));
    }
}

/// <summary>What a client sends to change a setting of the site.</summary>
/// <param name="Value">What the setting accepts: a text, or JSON.</param>
internal sealed record SiteInput(JsonElement Value)
{
    public static SiteInput Read(InputBody body) => body.ReadUnlessNull(nameof(Value), value => new SiteInput(value)).Value ?? throw Refusal.BadRequest("Value is required");
}
