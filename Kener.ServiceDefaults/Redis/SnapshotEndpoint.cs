using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.ServiceDefaults;

/// <summary>The keys of which this process owns the snapshots begin like this.</summary>
internal sealed record SnapshotOwner(string Prefix);

/// <summary>
/// For the gateway alone, and only for when Redis is away: <c>GET /internal/snapshots</c> tells the version of each snapshot, and with
/// <c>?key=</c>, once or more, gives these.
/// </summary>
internal static class SnapshotEndpoint
{
    public const string Path = "/internal/snapshots";

    public static void MapSnapshots(this IEndpointRouteBuilder app)
    {
        if (app.ServiceProvider.GetService<SnapshotOwner>() is not { } owner) return;
        app.MapGet(Path, (HttpContext context) => AnswerAsync(context, owner)).RequiresGateway();
    }

    private static Task AnswerAsync(HttpContext context, SnapshotOwner owner)
    {
        var board = context.RequestServices.GetRequiredService<SnapshotBoard>();
        var keys = context.Request.Query["key"];
        var own = board.All.Where(snapshot => snapshot.Key.StartsWith(owner.Prefix, StringComparison.Ordinal));
        var bytes = keys.Count == 0
            ? new SnapshotInventory(board.Id, owner.Prefix == SnapshotKeys.Pages ? board.ConfirmedMs : 0, own.ToDictionary(one => one.Key, one => one.Version)).Write()
            : SnapshotInventory.WriteBodies(own.Where(snapshot => keys.Contains(snapshot.Key)));
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, 0, bytes.Length, context.RequestAborted);
    }
}

/// <summary>What an owner has: the versions of its snapshots, and when it last said that the pages are true (0: it has none).</summary>
internal sealed record SnapshotInventory(string BoardId, long ConfirmedMs, IReadOnlyDictionary<string, long> Versions)
{
    // Raised when the fields change: a gateway of another release then waits for Redis instead of reading nonsense.
    private const byte Format = 1;
    private const int LongestBoardId = 64;

    public byte[] Write()
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8))
        {
            writer.Write(Format);
            writer.Write(BoardId);
            writer.Write(ConfirmedMs);
            writer.Write(Versions.Count);
            foreach (var (key, version) in Versions)
            {
                writer.Write(key);
                writer.Write(version);
            }
        }
        return buffer.ToArray();
    }

    public static SnapshotInventory? Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        if (reader.ReadByte() != Format) return null;
        var (board, confirmed, count) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt32());
        if (board.Length > LongestBoardId || count is < 0 or > SnapshotIntake.MostSnapshots) throw new IOException("The inventory of snapshots cannot be true");
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++) versions[reader.ReadString()] = reader.ReadInt64();
        return new SnapshotInventory(board, confirmed, versions);
    }

    public static byte[] WriteBodies(IEnumerable<Snapshot> snapshots)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8))
        {
            foreach (var snapshot in snapshots)
            {
                var bytes = SnapshotBytes.Write(snapshot);
                writer.Write(bytes.Length);
                writer.Write(bytes);
            }
        }
        return buffer.ToArray();
    }

    /// <summary>The snapshots that can be read; fails where it cannot be told where one ends.</summary>
    public static IEnumerable<Snapshot> ReadBodies(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        while (stream.Position < stream.Length)
            if (SnapshotBytes.Read(SnapshotBytes.ReadBytes(reader, reader.ReadInt32())) is { Snapshot: { } snapshot }) yield return snapshot;
    }
}
