using Kener.Contracts;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Kener.Ui.Text;

/// <summary>Adapts users' Markdown to a page: heading levels, links, and the direction of blocks.</summary>
internal static class MdTree
{
    private const int FirstLevel = 4;

    /// <summary>Changes the tree so that rendering it is safe and its headings fit below that of an update.</summary>
    public static void Tame(MarkdownDocument document, string ids)
    {
        Outline(document.Descendants<HeadingBlock>());
        var headings = MdHeadings.Of(document, ids);
        var named = new HashSet<Footnote>();
        foreach (var inline in document.Descendants<Inline>().ToArray())
        {
            switch (inline)
            {
                case LinkInline link: TameLink(link, headings); break;
                case AutolinkInline auto: TameAutolink(auto); break;
                case TaskList task: TameTask(task); break;
                // One back link, however often a footnote is referenced.
                case FootnoteLink { IsBackLink: true } back when !named.Add(back.Footnote): back.Remove(); break;
            }
        }
        MdDirection.Set(document);
    }

    // No level is skipped, whatever levels were typed: the first is h4, and each is at most one level below its parent.
    private static void Outline(IEnumerable<HeadingBlock> headings)
    {
        var open = new Stack<int>();
        foreach (var heading in headings.ToArray())
        {
            while (open.TryPeek(out var above) && above >= heading.Level) open.Pop();
            open.Push(heading.Level);
            heading.Level = Math.Min(FirstLevel - 1 + open.Count, 6);
        }
    }

    private static void TameLink(LinkInline link, MdHeadings headings)
    {
        // A page loads nothing from other sites, so an image becomes a link to it.
        link.IsImage = false;
        link.Url = headings.Resolve(link.Url)?.Replace(" ", "%20", StringComparison.Ordinal);
        if (link.Title?.Length > MarkdownBounds.MaxTitle) link.Title = null;
        if (!Address.IsLink(link.Url) || link.FindParentOfType<LinkInline>().Any(other => other != link))
        {
            var text = new ContainerInline();
            link.ReplaceBy(text, copyChildren: true);
            return;
        }
        if (link.FirstChild is null) link.AppendChild(new LiteralInline(link.Url!));
        if (!Address.IsOwn(link.Url)) Mark(link);
    }

    private static void TameAutolink(AutolinkInline link)
    {
        if (Address.IsLink(link.IsEmail ? "mailto:" + link.Url : link.Url)) Mark(link);
        else link.ReplaceBy(new LiteralInline(link.Url));
    }

    // Visitors cannot tick the box, so it is shown as a character instead of a control, in place of the bullet.
    private static void TameTask(TaskList task)
    {
        if (task.Parent?.ParentBlock?.Parent is ListItemBlock item) item.GetAttributes().AddClass("todo");
        task.ReplaceBy(new LiteralInline(task.Checked ? "☑" : "☐"));
    }

    private static void Mark(MarkdownObject link)
    {
        var attributes = link.GetAttributes();
        attributes.AddPropertyIfNotExist("rel", "noopener noreferrer nofollow");
        attributes.AddPropertyIfNotExist("target", "_blank");
    }
}
