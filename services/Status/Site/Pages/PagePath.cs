using System.Collections.Frozen;
using System.Text;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Pages;

/// <summary>The path of a page: one segment that no other part of Kener serves.</summary>
internal static class PagePath
{
    // The first segments of all paths that Kener serves or will serve (Behavior: PAG-9).
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(StringComparer.Ordinal,
        "account", "alive", "api", "assets", "badge", "badges", "dashboard-apis", "docs", "embed", "embeds", "events", "ext", "feed", "feeds",
        "health", "healthcheck", "incidents", "internal", "live", "maintenances", "manage", "monitors", "preferences", "ready", "subscribe",
        "subscriptions", "unsubscribe");

    /// <summary>Returns the text in lower case, trimmed, spaces as "-", with only a-z, 0-9, "_" and "-" (Behavior: PAG-9).</summary>
    public static string Sanitise(string text)
    {
        var path = new StringBuilder(text.Length);
        foreach (var letter in text.Trim().ToLowerInvariant())
        {
            if (char.IsWhiteSpace(letter)) path.Append('-');
            else if (char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '-') path.Append(letter);
        }
        return path.ToString();
    }

    /// <summary>Returns the sanitized path; 400 if Kener itself serves it, or it is too long.</summary>
    public static string Wanted(string text)
    {
        var path = Sanitise(text);
        if (path.Length > StatusPage.LongestPath) throw Refusal.BadRequest($"page_path must not be longer than {StatusPage.LongestPath} characters");
        return Reserved.Contains(path) ? throw Refusal.BadRequest($"page_path '{path}' is reserved") : path;
    }

    public static Refusal Taken(string path) => Refusal.BadRequest($"Page with path '{path}' already exists");

    public static Refusal NotFound(string word) => Refusal.NotFound($"Page with path '{word}' not found");

    /// <summary>Returns the id of the page with this path, or of "~home"; 404 if there is none. Called before the body is read.</summary>
    public static async Task<long> ExistingAsync(this StatusDb db, string word, CancellationToken cancel)
    {
        // No path contains U+0000, and PostgreSQL rejects text with it.
        if (word.Length is 0 or > StatusPage.LongestPath || word.Contains('\0', StringComparison.Ordinal)) throw NotFound(word);
        var path = word == StatusPage.HomeWord ? "" : word;
        var id = await db.Pages.Where(page => page.Path == path).Select(page => (long?)page.Id).FirstOrDefaultAsync(cancel);
        return id ?? throw NotFound(word);
    }

    /// <summary>Locks and returns the page; 404 if it was deleted meanwhile.</summary>
    public static async Task<StatusPage> LockPageAsync(this Change<StatusDb> change, long id, string word, CancellationToken cancel) =>
        await change.LockAsync<StatusPage>(id, cancel) ?? throw NotFound(word);

    /// <summary>Throws 400 for a path that another page has. Of two concurrent requests, the unique index rejects one.</summary>
    public static async Task RefuseTakenAsync(this Change<StatusDb> change, string path, long own, CancellationToken cancel)
    {
        if (await change.Db.Pages.AnyAsync(page => page.Path == path && page.Id != own, cancel)) throw Taken(path);
    }
}
