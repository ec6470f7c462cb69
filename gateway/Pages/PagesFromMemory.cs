using System.Globalization;
using Kener.ServiceDefaults;

namespace Kener.Gateway.Pages;

/// <summary>
/// Answers pages from the board, without asking anybody (architecture rules 7 and 8): to each visitor the variant that he chose. A page
/// that is not there is asked of its owner; where he is silent, that of those who chose nothing is better than none.
/// </summary>
internal sealed class PagesFromMemory(RequestDelegate next, SnapshotBoard board, SiteOnBoard site, OldPages oldPages)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (PagePath.Of(context.Request) is not { } path) return next(context);
        var visitor = site.Now.VisitorOf(context.Request);
        var age = oldPages.AgeSeconds;
        if (board.Find(Variant.KeyOf(path, visitor.Variant)) is not { } page)
        {
            if (age is null || visitor.Variant is null || board.Find(Variant.KeyOf(path, null)) is not { } plain) return next(context);
            return AnswerAsync(context, plain, site.Now.Language, visitor.ByCookie, age);
        }
        return AnswerAsync(context, page, visitor.Sees.Language, visitor.ByCookie, age);
    }

    private Task AnswerAsync(HttpContext context, Snapshot page, string language, bool forOne, long? age)
    {
        if (age is null) return SnapshotAnswer.WriteAsync(context, page, language, forOne);
        context.Response.Headers.Age = age.Value.ToString(CultureInfo.InvariantCulture);
        return SnapshotAnswer.WriteAsync(context, oldPages.WithNotice(page), language, forOne);
    }
}
