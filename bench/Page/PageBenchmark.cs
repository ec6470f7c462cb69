using System.Globalization;

namespace Kener.Bench.Page;

/// <summary>
/// How many home pages a second the gateway gives from memory, against what Kestrel itself can do with as many bytes, and with thirteen, in
/// the same process in the same minute.
/// </summary>
internal static class PageBenchmark
{
    private const int Connections = 64, Rounds = 5;
    private const double Seconds = 3, GoalRatio = 0.9, GoalP99 = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        using var server = Child.Start(PageServer.Name);
        try
        {
            var url = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start");
            string[] paths = [PageServer.Plaintext, PageServer.SameBytes, "/"];
            var measured = paths.ToDictionary(path => path, _ => new List<Throughput>());
            foreach (var path in paths) await Load.OfAsync(url + path, Connections, 1);
            // In turns, so that what else happens on the machine meets all of them.
            for (var round = 0; round < Rounds; round++)
                foreach (var path in paths) measured[path].Add(await Load.OfAsync(url + path, Connections, Seconds));
            foreach (var path in paths)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{path,-12} {Median(measured[path], one => one.PerSecond),10:N0}/s  p50 {Median(measured[path], one => one.P50):0.00} ms  p99 {Median(measured[path], one => one.P99):0.00} ms"));
            var ratio = Ratio(PageServer.SameBytes);
            var p99 = Median(measured["/"], one => one.P99);
            var isMet = ratio >= GoalRatio && p99 <= GoalP99;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"page: {ratio:0.00} of the same bytes from Kestrel, {Ratio(PageServer.Plaintext):0.00} of its thirteen; p99 {p99:0.0} ms (goals: {GoalRatio}, {GoalP99} ms): {(isMet ? "met" : "NOT met")}"));
            return isMet ? 0 : 1;

            double Ratio(string bound) => Median([.. measured["/"].Zip(measured[bound])], round => round.First.PerSecond / round.Second.PerSecond);
        }
        finally
        {
            server.Kill();
        }
    }

    private static double Median<T>(List<T> measured, Func<T, double> of) => measured.Select(of).Order().ElementAt(measured.Count / 2);
}
