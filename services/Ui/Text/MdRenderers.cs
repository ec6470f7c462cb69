using System.Net;
using Markdig.Extensions.Alerts;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace Kener.Ui.Text;

/// <summary>Custom renderers, in place of those whose markup does not fit a page.</summary>
internal static class MdRenderers
{
    private static readonly string[] Kinds = ["note", "tip", "important", "warning", "caution"];

    /// <summary>
    /// Adds the renderers. <paramref name="ids"/> is the prefix of the ids of footnotes. Without headings, they are strong paragraphs.
    /// </summary>
    public static void Add(HtmlRenderer renderer, string ids, bool hasHeadings)
    {
        renderer.ObjectRenderers.FindExact<CodeBlockRenderer>()!.OutputAttributesOnPre = true;
        renderer.ObjectRenderers.Replace<AlertBlockRenderer>(new NamedAlert());
        renderer.ObjectRenderers.Replace<HtmlTableRenderer>(new ScrollingTable());
        renderer.ObjectRenderers.Replace<HtmlFootnoteGroupRenderer>(new Notes(ids));
        renderer.ObjectRenderers.Replace<HtmlFootnoteLinkRenderer>(new NoteLink(ids));
        if (!hasHeadings) renderer.ObjectRenderers.Replace<HeadingRenderer>(new StrongParagraph());
    }

    private static string Direction(MarkdownObject block) =>
        block.TryGetAttributes()?.Properties?.FirstOrDefault(property => property.Key == "dir").Value is { } direction ? $" dir=\"{direction}\"" : "";

    private sealed class NamedAlert : HtmlObjectRenderer<AlertBlock>
    {
        protected override void Write(HtmlRenderer renderer, AlertBlock alert)
        {
            var kind = alert.Kind.ToString().ToLowerInvariant();
            if (!Kinds.Contains(kind)) kind = "note";
            renderer.EnsureLine();
            renderer.Write($"<div class=\"alert {kind}\"{Direction(alert)}><p><strong>{char.ToUpperInvariant(kind[0])}{kind[1..]}</strong></p>");
            renderer.WriteChildren(alert);
            renderer.Write("</div>");
            renderer.EnsureLine();
        }
    }

    // A wide table scrolls by itself, by keyboard too, instead of widening the page.
    private sealed class ScrollingTable : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.Write($"<div class=\"tbl\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"{Direction(table)}>");
            table.RemoveData(typeof(HtmlAttributes));
            base.Write(renderer, table);
            renderer.Write("</div>");
        }
    }

    private sealed class StrongParagraph : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            renderer.Write("<p").WriteAttributes(heading).Write("><strong>").WriteLeafInline(heading);
            renderer.Write("</strong></p>").EnsureLine();
        }
    }

    private sealed class Notes(string ids) : HtmlObjectRenderer<FootnoteGroup>
    {
        protected override void Write(HtmlRenderer renderer, FootnoteGroup notes)
        {
            renderer.EnsureLine();
            renderer.Write("<ol class=\"notes\">");
            foreach (var note in notes.OfType<Footnote>())
            {
                renderer.Write($"<li id=\"{WebUtility.HtmlEncode(ids)}-n{note.Order}\"{Direction(note)}>");
                renderer.WriteChildren(note);
                renderer.Write("</li>");
            }
            renderer.Write("</ol>");
            renderer.EnsureLine();
        }
    }

    private sealed class NoteLink(string ids) : HtmlObjectRenderer<FootnoteLink>
    {
        protected override void Write(HtmlRenderer renderer, FootnoteLink link)
        {
            var (prefix, note) = (WebUtility.HtmlEncode(ids), link.Footnote);
            if (link.IsBackLink)
            {
                renderer.Write($"<a href=\"#{prefix}-r{note.Order}\" role=\"doc-backlink\">↩</a>");
                return;
            }
            // The back link leads to the first reference to the footnote.
            var id = link == note.Links.Find(other => !other.IsBackLink) ? $" id=\"{prefix}-r{note.Order}\"" : "";
            renderer.Write($"<sup><a{id} href=\"#{prefix}-n{note.Order}\" role=\"doc-noteref\">{note.Order}</a></sup>");
        }
    }
}
