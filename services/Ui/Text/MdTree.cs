using Kener.Contracts;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Kener.Ui.Text;

/// <summary>What makes users' Markdown fit into a page: its outline, its links, the direction of its blocks.</summary>
internal static class MdTree
{
    private const int FirstLevel = 4;

    /// <summary>Changes the tree so that writing it out is safe and fits below an update's heading.</summary>
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
                // One way back, however often a footnote is named.
                case FootnoteLink { IsBackLink: true } back when !named.Add(back.Footnote): back.Remove(); break;
            }
        }
        MdDirection.Set(document);
    }

    // Whatever levels were typed, none is skipped: the first is h4, and each lies at most one below what it stands under.
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
        // A page asks nobody else for anything, so an image is a link to it.
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

    // A box that nobody can tick is a mark, not a control, and stands where others have a bullet.
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
