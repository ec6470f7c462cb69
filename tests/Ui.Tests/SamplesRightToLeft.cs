using Kener.Contracts;

namespace Kener.Ui.Tests;

internal static partial class Samples
{
    private const string ArabicUpdate = """
        نعمل على **إصلاح** المشكلة في `eu-central-1.example.com/v4`، وقد نُقل 60 % من الحركة (انظر [الخطة](#الخطة))[^1].

        # الخطة
        1. نقل الحركة إلى مزوّد آخر.
        2. إعادة المحاولة!

        > أعلن المزوّد عن عطل في خدمته (API).

        | المنطقة | الأخطاء |
        | --- | ---: |
        | eu-central | 1,204 |
        | הודו (IN) | 12 |

        ```sh
        curl https://api.example.com/v4/payments
        ```

        - תיקון ראשון (v2).
        - Second fix, in English (v3).

        > [!WARNING]
        > לא לנסות שוב קריאות שאינן בטוחות.

        [^1]: حسب تقرير المزوّد.
        """;

    /// <summary>A site of a Hebrew-speaking owner, with Arabic updates and a few English words.</summary>
    public static StatusPageView RightToLeft()
    {
        string[] names = ["REST API", "תשלומים", "חיפוש (Elasticsearch)", "البريد الإلكتروني", "אתר האינטרנט", "קבצים ומסמכים"];
        string?[] about = ["Public endpoints, v3 and v4", "כרטיסי אשראי וארנקים", "אינדקס v2.1, eu-west", "رسائل المعاملات (SMTP)", null, "העלאה והורדה"];
        var view = Outage(6);
        List<MonitorView> monitors = [.. view.Monitors.Select((m, i) => m with { Name = names[i], Description = about[i], Tag = i == 0 ? "api" : $"m{i}", Latency = i == 3 ? 90_000 : 40 * i })];
        return view with
        {
            Site = HebrewSite(),
            Title = "סטטוס - מרידיאן",
            Header = "מצב השירותים!",
            Subheader = "מצב השירותים בזמן אמת. חסר משהו? [ספרו לנו](/help).",
            GlobalIncident = "תקלה בתשלומים (EU)!",
            Affected = names[1..3],
            Monitors = [new("group", "שירותי ליבה", "כל מה שלקוחות צריכים", null, MonitorStatus.Degraded, "99.98", monitors[0].Days, 40, monitors[..2]), .. monitors[2..]],
            Ongoing =
            [
                (Payments() with { Affected = [new("m1", names[1], MonitorStatus.Down), new("api", names[0], MonitorStatus.Degraded), new("m2", names[2], MonitorStatus.Degraded)] }).With(incident => incident with
                {
                    Title = "תשלומים נכשלים אצל חלק מהלקוחות (API v4).",
                    Updates =
                    [
                        new(2, Ago(18), IncidentState.Identified, ArabicUpdate),
                        new(1, Ago(71), IncidentState.Investigating, "אנחנו בודקים שגיאות בתשלומים.\n\nThis update is in English too (all of it)."),
                    ],
                }),
            ],
            Upcoming = [Upcoming()[1] with { Title = "שדרוג Postgres ל-18", Markdown = "כתיבה תיעצר ל-**30 שניות** לכל היותר.", Affected = [new("m4", names[4], MonitorStatus.Maintenance), new("m3", names[3], MonitorStatus.Maintenance)] }],
            Resolved = [(Past()[0] with { Affected = [new("m2", names[2], MonitorStatus.Degraded)] }).With(incident => incident with { Title = "חיפוש איטי (Elasticsearch).", Updates = [new(9, Ago(2833), IncidentState.Resolved, "איזון מחדש של אינדקס (v2.1) העמיס על שני דיסקים; דבר לא אבד.")] })],
        };
    }

    private static SiteView HebrewSite() => new()
    {
        Name = "מרידיאן בע\"מ",
        Nav = [new("תיעוד", "/docs"), new("Contact", "tel:+97231234567")],
        Pages = [new("כל השירותים", "/", true), new("אירופה", "/europe", false)],
        Footer = "© מרידיאן בע\"מ, 2026. [מדיניות פרטיות](/privacy).",
        Announcement = new("כתובות חדשות (IPv6)", "החל מ-1 בדצמבר, תשובות יגיעו גם מ-203.0.113.0/24.", "WARNING", true, null, new("מה לשנות?", "/move")),
        Languages = [("en", "English"), ("de", "עברית")],
    };
}
