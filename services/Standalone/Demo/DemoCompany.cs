namespace Kener.Standalone.Demo;

/// <summary>
/// A monitor of the company. If <paramref name="IsChecked"/>, it has an endpoint of that name. <paramref name="Troubles"/> are the failures in its
/// history.
/// </summary>
internal sealed record DemoMonitor(string Tag, string Name, string Description, bool IsChecked, double Latency, params DemoTrouble[] Troubles);

/// <summary>A period in which checks failed, <paramref name="DaysAgo"/> days ago.</summary>
internal sealed record DemoTrouble(int DaysAgo, int Minutes, string Status);

/// <summary>A group of monitors on the page.</summary>
internal sealed record DemoGroup(string Tag, string Name, string Description, params DemoMonitor[] Members)
{
    /// <summary>Returns a monitor with the history that a group of these members would have recorded.</summary>
    public DemoMonitor AsOne() => new(
        Tag, Name, Description, true, Members.Average(member => member.Latency),
        [.. Members.SelectMany(member => member.Troubles).Select(trouble => trouble with { Status = "DEGRADED" })]);
}

/// <summary>An incident. Its times are in minutes before now; its updates are in chronological order.</summary>
internal sealed record DemoIncident(string Title, int MinutesAgo, (string Tag, string Impact)[] Monitors, params DemoUpdate[] Updates);

/// <summary>An update of an incident.</summary>
internal sealed record DemoUpdate(string State, int MinutesAgo, string Markdown);

/// <summary>Skylark, a company that does not exist.</summary>
internal static class DemoCompany
{
    private const int Hour = 60, Day = 24 * Hour;

    public const string Name = "Skylark";

    public static IReadOnlyList<DemoGroup> Groups { get; } =
    [
        new("website", "Website", "Everything you see in a browser",
            new("web", "Public website", "skylark.example", true, 60, new DemoTrouble(61, 14, "DOWN")),
            new("dashboard", "Dashboard", "Where you manage your projects", true, 95, new(12, 35, "DEGRADED"), new(47, 9, "DOWN")),
            new("docs", "Documentation", "Guides and reference", true, 30)),
        new("api", "API", "REST and webhooks, in both regions",
            new("api-eu", "API Europe", "Frankfurt", true, 42, new DemoTrouble(5, 26, "DOWN"), new(33, 80, "DEGRADED")),
            new("api-us", "API North America", "Ashburn", true, 71, new DemoTrouble(20, 12, "DEGRADED")),
            new("webhooks", "Webhooks", "Calls to your own endpoints", false, 180, new(5, 40, "DEGRADED"), new(74, 120, "DEGRADED"))),
        new("data", "Data", "Storage and what runs on it",
            new("database", "Databases", "Primary and replicas", false, 4, new DemoTrouble(33, 22, "DOWN")),
            new("search", "Search", "Full text search in your projects", true, 120, new(1, 16, "DEGRADED"), new(8, 18, "DEGRADED"), new(27, 45, "DOWN")),
            new("exports", "Exports", "Files of your data, on request", false, 900, new DemoTrouble(40, 200, "DEGRADED"))),
    ];

    public static IReadOnlyList<DemoMonitor> Singles { get; } =
    [
        new("sign-in", "Sign-in", "Passwords, passkeys and single sign-on", true, 55, new DemoTrouble(18, 7, "DOWN")),
        new("mail", "E-mail delivery", "Notifications and invitations", false, 310, new DemoTrouble(3, 55, "DEGRADED"), new(52, 30, "DOWN")),
        new("support", "Support desk", "Chat and tickets, on weekdays", false, 140),
    ];

    public static IEnumerable<DemoMonitor> Monitors => Groups.SelectMany(group => group.Members).Concat(Singles);

    // Oldest first, so that ids increase with time.
    public static IReadOnlyList<DemoIncident> Incidents { get; } =
    [
        new("API in Europe did not answer", 5 * Day + 30, [("api-eu", "DOWN"), ("webhooks", "DEGRADED")],
            new("INVESTIGATING", 5 * Day + 27, "Requests to `api.eu.skylark.example` time out. We are looking into it."),
            new("IDENTIFIED", 5 * Day + 18, "A **load balancer** in Frankfurt dropped its routes after an update. We are rolling it back."),
            new("MONITORING", 5 * Day + 9, "The roll-back is done and requests are answered again. Webhooks that were held are being sent now."),
            new("RESOLVED", 5 * Day + 2, """
                Everything works as it should since 26 minutes after the first failure. What happened:

                1. an update of the load balancer reset its routes;
                2. the check before the next step looked at the *old* pool and passed;
                3. traffic was cut for all of Europe at once.

                Updates now go to one of three zones at a time. No data was lost.
                """)),
        new("E-mail is delayed", 3 * Day, [("mail", "DEGRADED")],
            new("IDENTIFIED", 3 * Day - 8, "Our provider has a long queue. Mail arrives 10 to 20 minutes late; none is lost."),
            new("RESOLVED", 3 * Day - 55, "The queue is empty and new mail is sent within seconds.")),
        new("Search is slow", Day + 16, [("search", "DEGRADED")],
            new("INVESTIGATING", Day + 14, "Searches take several seconds."),
            new("RESOLVED", Day, "An index was rebuilt while it was in use. It is complete, and rebuilds now wait for the night.")),
        new("Webhooks arrive late", 95, [("webhooks", "DEGRADED")],
            new("INVESTIGATING", 92, "Some webhooks are delivered minutes late."),
            new("IDENTIFIED", 70, "One customer's endpoint held connections open and filled a worker pool."),
            new("MONITORING", 20, "That endpoint has a pool of its own now. Delays are down to a few seconds, and we keep watching.")),
        new("Invitations are not delivered", 48, [("mail", "DEGRADED")],
            new("INVESTIGATING", 46, "We see bounces for invitations sent to some domains."),
            new("IDENTIFIED", 22, """
                A signature record (`DKIM`) was published with a typing error, so strict receivers refuse our mail.

                - **Affected:** invitations and password mails to some corporate domains
                - **Not affected:** notifications in the dashboard, and all data

                The record is corrected; receivers may need up to an hour to see it. Invitations are sent again by themselves.
                """)),
        new("Exports of large projects fail", 12, [("exports", "DEGRADED")],
            new DemoUpdate("INVESTIGATING", 9, "Exports of more than 2 GB end with an error. Smaller ones work. We are looking for the cause.")),
    ];
}
