using Markdig.Extensions.Alerts;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Kener.Ui.Text;

/// <summary>What makes users' Markdown fit into a page: its outline, its links, its wide tables.</summary>
internal static class MdTree
{
    private const int FirstLevel = 4;
    private static readonly string[] Kinds = ["note", "tip", "important", "warning", "caution"];

    /// <summary>Changes the tree so that writing it out is safe and fits below an update's heading.</summary>
    public static void Tame(MarkdownDocument document)
    {
        Outline(document.Descendants<HeadingBlock>());
        foreach (var inline in document.Descendants<Inline>().ToArray())
        {
            switch (inline)
            {
                case LinkInline link: TameLink(link); break;
                case AutolinkInline auto: TameAutolink(auto); break;
                case TaskList task: TameTask(task); break;
            }
        }
    }

    /// <summary>Renderers of our own, in place of those that write markup that a page does not want.</summary>
    public static void AddRenderers(HtmlRenderer renderer)
    {
        renderer.ObjectRenderers.Replace<AlertBlockRenderer>(new NamedAlert());
        renderer.ObjectRenderers.Replace<HtmlTableRenderer>(new ScrollingTable());
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

    private static void TameLink(LinkInline link)
    {
        // A page asks nobody else for anything, so an image is a link to it.
        link.IsImage = false;
        if (!IsAllowed(link.Url) || link.FindParentOfType<LinkInline>().Any(other => other != link))
        {
            var text = new ContainerInline();
            link.ReplaceBy(text, copyChildren: true);
            return;
        }
        if (link.FirstChild is null) link.AppendChild(new LiteralInline(link.Url!));
        Mark(link);
    }

    private static void TameAutolink(AutolinkInline link)
    {
        if (IsAllowed(link.IsEmail ? "mailto:" + link.Url : link.Url)) Mark(link);
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

    private static bool IsAllowed(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "mailto";

    private sealed class NamedAlert : HtmlObjectRenderer<AlertBlock>
    {
        protected override void Write(HtmlRenderer renderer, AlertBlock alert)
        {
            var kind = alert.Kind.ToString().ToLowerInvariant();
            if (!Kinds.Contains(kind)) kind = "note";
            renderer.EnsureLine();
            renderer.Write($"<div class=\"alert {kind}\"><p><strong>{char.ToUpperInvariant(kind[0])}{kind[1..]}</strong></p>");
            renderer.WriteChildren(alert);
            renderer.Write("</div>");
            renderer.EnsureLine();
        }
    }

    // A wide table scrolls in itself, by keyboard too, instead of widening the page.
    private sealed class ScrollingTable : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.Write("<div class=\"tbl\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">");
            base.Write(renderer, table);
            renderer.Write("</div>");
        }
    }
}
