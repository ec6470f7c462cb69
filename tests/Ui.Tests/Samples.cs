using Kener.Contracts;

namespace Kener.Ui.Tests;

/// <summary>Sample views: ordinary, empty and extreme ones.</summary>
internal static partial class Samples
{
    public static readonly DateOnly Today = new(2026, 11, 23);
    public static readonly long Now = new DateTimeOffset(2026, 11, 23, 21, 42, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    private static readonly string[] Services =
    [
        "REST API|Public endpoints, v3 and v4", "GraphQL|Query and mutation gateway", "Payments|Card, wallet and bank rails",
        "Webhooks|Outgoing event delivery", "OAuth|Tokens and consent screens", "Rate limiter|Quota accounting", "File uploads|Multipart and resumable",
        "Realtime|WebSocket and SSE fan-out", "Dashboard|app.meridian.dev", "Checkout|Hosted payment page", "Documentation|docs.meridian.dev",
        "Marketing site|meridian.dev", "Support portal|help.meridian.dev", "Admin console|Internal tooling", "Postgres primary|eu-west",
        "Postgres replicas|eu-west, us-east", "Search index|Full-text and vector", "Object storage|Documents and exports", "Event stream|Ordered log",
        "Cache|In-memory key-value", "Batch jobs|Nightly and on demand", "Analytics|Usage and billing counters", "Frankfurt|eu-central",
        "Dublin|eu-west", "Stockholm|eu-north", "Virginia|us-east", "Oregon|us-west", "São Paulo|sa-east", "Mumbai|ap-south", "Singapore|ap-southeast",
        "Tokyo|ap-northeast", "Sydney|ap-southeast-2", "Transactional mail|SMTP and API", "SMS|40 countries", "Push notifications|iOS and Android",
        "Inbound mail|Parse and route", "Templates|Rendering", "Voice|Call verification", "Card network A|Authorisation", "Card network B|Authorisation",
        "Identity checks|KYC", "Tax engine|VAT and sales tax", "FX rates|Hourly feed", "Address lookup|Autocomplete", "CI runners|Build farm",
        "Container registry|Images", "Certificates|ACME issuance", "DNS|Authoritative", "Log pipeline|Ingest", "Status page|This page",
    ];

    public static long Ago(int minutes) => Now - minutes * 60L;

    public static StatusPageView Calm(int monitors = 50) => new()
    {
        Site = new SiteView { Name = "Meridian" },
        Title = "Meridian Status",
        Message = monitors == 0 ? "No Status Available" : "All Systems Operational",
        Overall = monitors == 0 ? MonitorStatus.NoData : MonitorStatus.Up,
        Today = Today,
        LastReadingAt = monitors == 0 ? null : Ago(0),
        Monitors = [.. Monitors(monitors, _ => MonitorStatus.Up)],
        Resolved = monitors == 0 ? [] : Past(),
    };

    public static StatusPageView Outage(int monitors = 50) => Calm(monitors) with
    {
        Message = "Partial System Outage",
        Overall = MonitorStatus.Down,
        Affected = ["Payments", "Webhooks", "Checkout", "Search index"],
        Ongoing = [Payments()],
        Monitors = [.. Monitors(monitors, name => name switch
        {
            "Payments" => MonitorStatus.Down,
            "Checkout" or "Webhooks" => MonitorStatus.Degraded,
            "Search index" => MonitorStatus.Maintenance,
            "Voice" => MonitorStatus.NoData,
            _ => MonitorStatus.Up,
        })],
    };

    public static IncidentView Incident(
        long id, string title, IncidentState state, MonitorStatus impact, bool isGlobal, long start, long? end,
        IReadOnlyList<AffectedView> affected, IReadOnlyList<IncidentUpdate> updates) => new(
            new IncidentChanged { Id = id, Version = 1, Title = title, State = state, IsGlobal = isGlobal, Start = start, End = end, Updates = updates }, impact, affected);

    /// <summary>The view with other fields of its incident.</summary>
    public static IncidentView With(this IncidentView shown, Func<IncidentChanged, IncidentChanged> change) => shown with { Incident = change(shown.Incident) };

    public static IncidentView Payments() => Incident(
        214, "Card payments failing for some European customers", IncidentState.Identified, MonitorStatus.Down, false, Ago(96), null,
        [new("payments", "Payments", MonitorStatus.Down), new("checkout", "Checkout", MonitorStatus.Degraded), new("webhooks", "Webhooks", MonitorStatus.Degraded)],
        [
            new(3, Ago(18), IncidentState.Identified, "An upstream card network is rejecting a share of authorisations routed through **eu-central**. We are moving that traffic to a second acquirer; about 60 % has moved so far and approval rates are recovering."),
            new(2, Ago(71), IncidentState.Investigating, "Approval rates for cards issued in the EEA are down by roughly 35 %. Wallets and bank transfers work normally. Failed payments can be retried safely – no customer is charged twice."),
            new(1, Ago(92), IncidentState.Investigating, "We are looking into elevated payment errors."),
        ]);

    public static IncidentView[] Past() =>
    [
        Incident(201, "Slow search results", IncidentState.Resolved, MonitorStatus.Degraded, false, Ago(2880), Ago(2833),
            [new("search-index", "Search index", MonitorStatus.Degraded)],
            [new(9, Ago(2833), IncidentState.Resolved, "A shard re-balance saturated disk on two nodes. Queries were *slow*, none were lost.")]),
        Incident(198, "Delayed webhook deliveries", IncidentState.Resolved, MonitorStatus.Degraded, true, Ago(9000), Ago(8928), [],
            [new(8, Ago(8928), IncidentState.Resolved, "A retry storm from a single endpoint filled the queue. Limits per endpoint are now in place.")]),
    ];

    public static IncidentView Rich() => Payments().With(incident => incident with
    {
        State = IncidentState.Resolved,
        End = Ago(2),
        Updates =
        [
            new(5, Ago(2), IncidentState.Resolved, """
                # What happened
                A **certificate** expired at `edge-3`; ~~two~~ three hosts served it. See [the plan](https://example.com/plan) or <mail@example.com>.
                Second line of the same paragraph.

                ### What we do
                - [x] renew
                - [ ] watch expiry
                1. first
                2. second

                > Quoted from the provider.

                | Region | Errors | Share | A column | Another column | And one that is wide enough to scroll |
                | --- | ---: | --- | --- | --- | --- |
                | eu-central | 1,204 | 35 % | x | y | zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz |

                ```sh
                openssl s_client -connect edge-3.example.com:443 -servername a.very.long.name.that.does.not.fit.on.a.phone.example.com
                ```

                > [!WARNING]
                > Retry only *idempotent* calls.

                > [!NOTE]
                > All is well.

                ![a graph](https://example.com/graph.png)

                ---
                Done.
                """),
            .. incident.Updates,
        ],
    });

    public static IncidentView Bare() => Incident(7, "Everything is slow", IncidentState.Investigating, MonitorStatus.NoData, true, Ago(3), null, [], []);

    /// <summary>Each state and impact, several incidents, logos and initials.</summary>
    public static StatusPageView States()
    {
        MonitorStatus[] statuses = [MonitorStatus.Up, MonitorStatus.Degraded, MonitorStatus.Down, MonitorStatus.Maintenance, MonitorStatus.NoData];
        var monitors = Calm(5).Monitors;
        const string square = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Crect width='8' height='8' fill='%232f50d3'/%3E%3C/svg%3E";
        return Outage(5) with
        {
            Message = "Major System Outage",
            Affected = [],
            Monitors = [.. monitors.Select((m, i) => m with { Now = statuses[i], Image = i < 2 ? square : "ftp://x.example/a.png", Days = i == 4 ? new DayCounts[90] : m.Days, Uptime = i == 4 ? "-" : "99.9999" })],
            Ongoing =
            [
                Bare().With(incident => incident with { Updates = [new(1, Ago(1), IncidentState.Investigating, "We are looking into it.")] }),
                (Payments() with { Impact = MonitorStatus.Degraded }).With(incident => incident with { Id = 215, Title = "Slow answers", State = IncidentState.Monitoring, Updates = [.. Enumerable.Range(0, 9).Select(i => new IncidentUpdate(9 - i, Ago(i * 400), IncidentState.Monitoring, "A fix is out.\nWe watch it."))] }),
                (Payments() with { Impact = MonitorStatus.Maintenance }).With(incident => incident with { Id = 216, Title = "Planned move of a database", State = IncidentState.Identified }),
            ],
        };
    }

    /// <summary>Extremely long texts, with and without places to break.</summary>
    public static StatusPageView Long()
    {
        var endless = new string('W', 120);
        var wordy = string.Join(' ', Enumerable.Repeat("unreasonably long", 14));
        var view = Outage(5);
        return view with
        {
            Site = new SiteView { Name = "The International Organisation for Names That Are Far Too Long For Any Header " + endless },
            Affected = [wordy, endless],
            Monitors = [.. view.Monitors.Select((m, i) => m with { Name = i % 2 == 0 ? wordy : endless, Description = i % 2 == 0 ? endless : wordy, Uptime = "99.9999" })],
            Ongoing =
            [
                (Payments() with { Affected = [new("payments", wordy, MonitorStatus.Down), new("webhooks", endless, MonitorStatus.Maintenance)] }).With(incident => incident with
                {
                    Title = wordy + endless,
                    Updates = [Rich().Incident.Updates[0], new(4, Ago(19), IncidentState.Investigating, endless + " https://example.com/" + endless + "\n\n`" + endless + "`")],
                }),
            ],
            Resolved = [.. Past().Select(p => (p with { Affected = Payments().Affected }).With(incident => incident with { Title = wordy + endless, Updates = [new(1, 0, IncidentState.Resolved, wordy + wordy + endless)] }))],
        };
    }

    /// <summary>A site with everything that an owner can set.</summary>
    public static SiteView Site() => new()
    {
        Name = "Meridian",
        Nav = [new("Product", "https://meridian.example/"), new("Documentation", "https://docs.meridian.example/"), new("Contact", "mailto:help@meridian.example")],
        Pages = [new("All services", "/", true), new("Europe", "/europe", false), new("Americas", "/americas", false)],
        Footer = "<p>© Meridian Ltd · <a href='https://meridian.example/imprint'>Imprint</a> · <a href='/privacy'>Privacy</a></p>",
        Announcement = new("We are moving to new addresses", "From 1 December, answers come from 203.0.113.0/24 too. Please allow it in your firewall.", "WARNING", true, null, new("What to change", "https://docs.meridian.example/move")),
        Languages = [("en", "English"), ("de", "Deutsch")],
    };

    /// <summary>A page with everything that a page can show.</summary>
    public static StatusPageView Full() => Outage() with
    {
        Site = Site(),
        Header = "Service Status",
        Subheader = "Real-time status of our services. Something missing? [Tell us](https://meridian.example/help).",
        Monitors = Grouped(Outage().Monitors),
        Upcoming = Upcoming(),
    };

    public static MaintenanceView[] Upcoming() =>
    [
        new(31, "Search index re-shard", "Searches stay available and may take up to a second longer while shards move.", Ago(42), Now + 78 * 60, true,
            [new("search-index", "Search index", MonitorStatus.Maintenance)]),
        new(32, "Postgres fail-over rehearsal", "Writes pause for **at most 30 seconds**. Clients with retries enabled will not notice.", Now + 367_080, Now + 370_680, false,
            [new("postgres-primary", "Postgres primary", MonitorStatus.Maintenance), new("postgres-replicas", "Postgres replicas", MonitorStatus.Maintenance)]),
    ];

    /// <summary>
    /// Groups the monitors: eight as "API", six as "Web apps", eight as "Data plane", five as "Messaging"; the others stay alone. All but one have a
    /// latency.
    /// </summary>
    public static IReadOnlyList<MonitorView> Grouped(IReadOnlyList<MonitorView> monitors)
    {
        var random = new Random(3);
        List<MonitorView> all = [.. monitors.Select(monitor => monitor with { Latency = monitor.Name == "Voice" ? null : random.Next(8, 900) })];
        return
        [
            Group("api", "API", "Everything your integration talks to", all[..8]), Group("web", "Web apps", "What people see in the browser", all[8..14]),
            .. all[22..26], Group("data", "Data plane", null, all[14..22]), Group("mail", "Messaging", "Mail, SMS and push", all[32..37]), .. all[26..32], .. all[37..],
        ];

        static MonitorView Group(string tag, string name, string? description, IReadOnlyList<MonitorView> members) => new(
            tag, name, description, null, members.Max(member => member.Now), "99.97",
            [.. Enumerable.Range(0, 90).Select(day => members.Select(member => member.Days[day]).MaxBy(counts => counts.Worst))], 41, members);
    }

    public static IEnumerable<MonitorView> Monitors(int count, Func<string, MonitorStatus> now)
    {
        var random = new Random(7);
        for (var n = 0; n < count; n++)
        {
            var parts = Services[n % Services.Length].Split('|');
            var status = now(parts[0]);
            var days = Days(random, parts[0] is "Realtime" ? 31 : 0, status);
            var counted = days.Aggregate((a, b) => a + b);
            yield return new(
                parts[0].ToLowerInvariant().Replace(' ', '-') + (n < Services.Length ? "" : $"-{n}"), parts[0], parts[1], null, status,
                Uptime.Text(Uptime.Percent(counted)), days);
        }
    }

    private static DayCounts[] Days(Random random, int silent, MonitorStatus now)
    {
        var days = new DayCounts[90];
        for (var i = silent; i < 90; i++)
        {
            var x = random.NextDouble();
            days[i] = x < .0035 ? Bad(random.Next(3, 220), 0, 0) : x < .0105 ? Bad(0, random.Next(4, 300), 0) : x < .0135 ? Bad(0, 0, random.Next(15, 120)) : Bad(0, 0, 0);
        }
        days[89] = now switch
        {
            MonitorStatus.Down => Bad(96, 14, 0),
            MonitorStatus.Degraded => Bad(0, 88, 0),
            MonitorStatus.Maintenance => Bad(0, 0, 42),
            MonitorStatus.NoData => default,
            _ => days[89],
        };
        return days;

        static DayCounts Bad(int down, int degraded, int maintenance) => new(1440 - down - degraded - maintenance, degraded, down, maintenance);
    }
}
