using System.Net;
using System.Text;
using System.Xml;
using Kener.Contracts;
using Kener.Ui.Status;
using Kener.Ui.Text;

namespace Kener.Ui.Feeds;

/// <summary>A feed of incidents.</summary>
/// <param name="SiteName">The name of the site.</param>
/// <param name="SiteUrl">The site's URL, without a trailing slash.</param>
/// <param name="Path">The path of the feed.</param>
/// <param name="Audience">The language and time zone of the texts.</param>
/// <param name="Dates">The owner's date formats; null for those of the language.</param>
/// <param name="Incidents">The incidents, newest first. Their texts are untrusted.</param>
public sealed record FeedView(string SiteName, string SiteUrl, string Path, Audience Audience, DateForms? Dates, IReadOnlyList<IncidentView> Incidents);

/// <summary>Writes feeds as RSS 2.0. The same view always gives the same bytes.</summary>
public static class RssFeed
{
    private const string Atom = "http://www.w3.org/2005/Atom";

    /// <summary>Renders the feed.</summary>
    public static RenderedPage Of(FeedView view)
    {
        var reader = new Localizer(view.Audience, view.Dates);
        using var written = new MemoryStream();
        using (var xml = XmlWriter.Create(written, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("rss");
            xml.WriteAttributeString("version", "2.0");
            xml.WriteAttributeString("xmlns", "atom", null, Atom);
            xml.WriteStartElement("channel");
            Write(xml, "title", $"{view.SiteName} — Incidents & Maintenance");
            Write(xml, "link", view.SiteUrl + "/");
            Write(xml, "description", $"Incidents of {view.SiteName}");
            Write(xml, "language", reader.Language);
            xml.WriteStartElement("link", Atom);
            xml.WriteAttributeString("href", Clean(view.SiteUrl + view.Path));
            xml.WriteAttributeString("rel", "self");
            xml.WriteAttributeString("type", "application/rss+xml");
            xml.WriteEndElement();
            foreach (var shown in view.Incidents) Write(xml, view, shown, reader);
        }
        return new RenderedPage(written.ToArray(), "default-src 'none'");
    }

    /// <summary>Returns the time of the latest update, else the start of the incident; feeds are ordered by it.</summary>
    public static long PublishedAt(IncidentChanged incident) => incident.Updates.Count > 0 ? incident.Updates.Max(update => update.At) : incident.Start;

    private static void Write(XmlWriter xml, FeedView view, IncidentView shown, Localizer reader)
    {
        var incident = shown.Incident;
        xml.WriteStartElement("item");
        Write(xml, "title", $"[Incident] {incident.Title}");
        Write(xml, "link", $"{view.SiteUrl}/incidents/{incident.Id}");
        xml.WriteStartElement("guid");
        xml.WriteAttributeString("isPermaLink", "false");
        xml.WriteString($"incident-{incident.Id}");
        xml.WriteEndElement();
        Write(xml, "pubDate", When.Rfc822(PublishedAt(incident)));
        Write(xml, "description", Html(shown, reader));
        xml.WriteEndElement();
    }

    private static string Html(IncidentView shown, Localizer reader)
    {
        var incident = shown.Incident;
        var affected = shown.Affected.Count > 0 ? string.Join(", ", shown.Affected.Select(monitor => monitor.Name)) : incident.IsGlobal ? "All monitors" : "None";
        var html = new StringBuilder($"<p>Status: {reader[incident.State.Label()]}<br>Affected: {WebUtility.HtmlEncode(affected)}</p>");
        foreach (var update in incident.Updates)
        {
            html.Append($"\n<p><strong>{WebUtility.HtmlEncode($"{reader[update.State.Label()]}, {reader.Moment(update.At)}")}</strong></p>\n")
                .Append(Md.Html(update.Markdown, $"inc-{incident.Id}-{update.Id}"));
        }
        return html.ToString();
    }

    private static void Write(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Clean(text));

    /// <summary>Replaces what users can send but XML cannot contain: control characters and unpaired surrogates.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value is < 0x20 and not ('\t' or '\n' or '\r') or 0xFFFE or 0xFFFF ? Rune.ReplacementChar : rune);
        return clean.ToString();
    }
}
