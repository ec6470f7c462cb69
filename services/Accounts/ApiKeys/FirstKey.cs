using Kener.Accounts.Database;
using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Accounts.ApiKeys;

/// <summary>Where the first key is printed. <paramref name="IsInteractive"/> is true if a person is there to read it.</summary>
internal sealed record ConsoleOutput(TextWriter Output, bool IsInteractive);

/// <summary>
/// Keeps the keys manageable: if no active key can manage keys at the start, <c>Kener__BootstrapApiKey</c> becomes such a key. Without that
/// setting, a new installation gets a generated key, which is printed on a terminal, or else written to a file that only its owner can read.
/// </summary>
internal sealed class FirstKey(
    IServiceScopeFactory scopes, IOptions<KenerSettings> settings, ConsoleOutput terminal, TimeProvider clock, ILogger<FirstKey> log) : IHostedService
{
    /// <summary>The name of the file with the first key, in <see cref="KenerSettings.DataPath"/>.</summary>
    public const string FileName = "first-api-key";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        if (await HasManagerAsync(db, clock.GetUtcNow().ToUnixTimeSeconds(), cancellationToken)) return;
        var changes = scope.ServiceProvider.GetRequiredService<Changes<AccountsDb>>();
        if (settings.Value.BootstrapApiKey is { } given) await BootstrapAsync(changes, given, cancellationToken);
        else if (!await db.ApiKeys.AnyAsync(cancellationToken)) await GenerateAsync(changes, cancellationToken);
        else log.LogWarning("No active API key has the permission {Permission}. Set Kener__BootstrapApiKey and restart to manage keys again", Permissions.ApiKeysWrite);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task<bool> HasManagerAsync(AccountsDb db, long now, CancellationToken cancel) =>
        (await db.ApiKeys.AsNoTracking().Where(key => key.Status == KeyStatus.ACTIVE).ToListAsync(cancel))
            .Exists(key => key.IsUsable(now) && key.Permissions.Contains(Permissions.ApiKeysWrite));

    private static Task BootstrapAsync(Changes<AccountsDb> changes, string secret, CancellationToken cancel) => changes.CommitAsync("system", async change =>
    {
        await change.LockSetAsync(cancel);
        // Checked again under the lock: another replica may have created the key meanwhile.
        if (await HasManagerAsync(change.Db, change.Now, cancel))
        {
            change.Db.ChangeTracker.Clear();
            return;
        }
        var hash = KeyHash.Of(secret);
        if (await change.Db.ApiKeys.SingleOrDefaultAsync(key => key.Hash == hash, cancel) is not { } known)
        {
            await CreateKey.MakeAsync(change, secret, await FreeNameAsync(change.Db, cancel), Permissions.OfKeys, null, cancel);
            return;
        }
        await change.LockAsync<ApiKey>(known.Id, cancel);
        (known.Status, known.ExpiresAt, known.Permissions, known.UpdatedMs) = (KeyStatus.ACTIVE, null, [.. Permissions.OfKeys], change.NowMs);
        change.Audit("api_key.changed", "api_key", () => known.Id,
            new { name = known.Name, status = known.Status.ToString(), expires_at = known.ExpiresAt, permissions = known.Permissions });
    }, cancel);

    /// <summary>Returns "bootstrap" or, if a key already has that name, the first free one of "bootstrap 2", "bootstrap 3" and so on.</summary>
    private static async Task<string> FreeNameAsync(AccountsDb db, CancellationToken cancel)
    {
        const string name = "bootstrap";
        var taken = (await db.ApiKeys.Where(key => key.Name.StartsWith(name)).Select(key => key.Name).ToListAsync(cancel)).ToHashSet();
        return taken.Contains(name) ? Enumerable.Range(2, taken.Count + 1).Select(number => $"{name} {number}").First(free => !taken.Contains(free)) : name;
    }

    private async Task GenerateAsync(Changes<AccountsDb> changes, CancellationToken cancel)
    {
        var (secret, file) = (ApiKey.NewSecret(), Path.Combine(Path.GetFullPath(settings.Value.DataPath), FileName));
        var isMade = await changes.CommitAsync("system", async change =>
        {
            await change.LockSetAsync(cancel);
            if (await change.Db.ApiKeys.AnyAsync(cancel))
            {
                // Write nothing, not even the new version of the set.
                change.Db.ChangeTracker.Clear();
                return false;
            }
            await CreateKey.MakeAsync(change, secret, "first key", Permissions.OfKeys, null, cancel);
            // Before the commit, so that no key is stored that cannot be read anywhere.
            if (!terminal.IsInteractive) await WriteAsync(file, secret, cancel);
            return true;
        }, cancel);
        if (!isMade) return;
        if (terminal.IsInteractive) await terminal.Output.WriteLineAsync(Notice(secret));
        else log.LogWarning("The first API key, with every permission, was written to {File}. Store it in a safe place, then delete the file", file);
    }

    private static async Task WriteAsync(string file, string secret, CancellationToken cancel)
    {
        try
        {
            OwnerOnly.CreateFolder(Path.GetDirectoryName(file)!);
            // Deleted and created anew, never overwritten: it may be left from an earlier attempt, or be a planted link.
            File.Delete(file);
            await using var writer = new StreamWriter(OwnerOnly.CreateFile(file));
            await writer.WriteLineAsync(secret.AsMemory(), cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The first API key cannot be written to '{file}': {fault.Message}. Set Kener__DataPath to a writable folder, or set Kener__BootstrapApiKey.");
        }
    }

    private string Notice(string secret) => $"""

        ────────────────────────────────────────────────────────────────────────────────
          Your first API key, with every permission. It is shown only once: store it safely.

              {secret}

          Try it:
              curl {settings.Value.SiteUrl}/api/v4/monitors \
                -H "Authorization: Bearer {secret}"

          Create more keys, with fewer permissions, with POST /api/v5/api-keys.
        ────────────────────────────────────────────────────────────────────────────────

        """;
}
