using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Accounts.ApiKeys;

/// <summary>Where the first key is shown to who started Kener: the terminal, never the log, which is kept and shipped.</summary>
internal sealed record Terminal(TextWriter Output);

/// <summary>
/// Nobody is locked out of a new installation: where no key exists at the start, <c>Kener__BootstrapApiKey</c> becomes one, or else one is
/// made and shown.
/// </summary>
internal sealed class FirstKey(IServiceScopeFactory scopes, IOptions<KenerSettings> settings, Terminal terminal) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        if (await db.ApiKeys.AnyAsync(cancellationToken)) return;
        var given = settings.Value.BootstrapApiKey;
        var secret = given ?? ApiKey.NewSecret();
        var changes = scope.ServiceProvider.GetRequiredService<Changes<AccountsDb>>();
        var made = await changes.CommitAsync("system", async change =>
        {
            await change.LockSetAsync(cancellationToken);
            // Another replica may have been faster.
            if (await change.Db.ApiKeys.AnyAsync(cancellationToken)) return false;
            await CreateKey.MakeAsync(change, secret, given is null ? "first key" : "bootstrap", Permissions.OfKeys, null, cancellationToken);
            return true;
        }, cancellationToken);
        if (made && given is null) await terminal.Output.WriteLineAsync(Notice(secret));
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Notice(string secret) => $"""

        ────────────────────────────────────────────────────────────────────────────────
          Your first API key, with every permission. It is shown this once: keep it safe.

              {secret}

          Try it:
              curl {settings.Value.SiteUrl}/api/v4/monitors \
                -H "Authorization: Bearer {secret}"

          Make further keys, with fewer permissions, by POST /api/v5/api-keys.
        ────────────────────────────────────────────────────────────────────────────────

        """;
}
