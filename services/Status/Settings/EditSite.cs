using System.Security.Claims;
using System.Text.Json;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Snapshots;
using Microsoft.Extensions.Options;

namespace Kener.Status.Settings;

/// <summary>PATCH /api/v4/site/{config_key}.</summary>
internal static class EditSite
{
    public static async Task<IResult> HandleAsync(
        string key, HttpRequest request, ClaimsPrincipal user, Changes<StatusDb> changes, PageStore pages, IOptions<KenerSettings> settings,
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
            change.Note("site.changed", "site", () => site.Id, new { site.Version, Key = known.Name });
        }, cancel);
        await pages.ShowAsync();
        return ApiAnswer.Of(new SiteAnswer(known.Name, value, known.DataType));
    }
}

/// <summary>What a client sends to change a setting of the site.</summary>
/// <param name="Value">What the setting accepts: a text, or JSON.</param>
internal sealed record SiteInput(JsonElement Value)
{
    public static SiteInput Read(InputBody body) => body.ReadUnlessNull(nameof(Value), value => new SiteInput(value)).Value ?? throw Refusal.BadRequest("Value is required");
}
