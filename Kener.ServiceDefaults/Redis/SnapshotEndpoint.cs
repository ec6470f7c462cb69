using System.Text;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.ServiceDefaults.Redis;

/// <summary>The prefix of the keys of the snapshots that this process owns.</summary>
internal sealed record SnapshotOwner(string Prefix);

/// <summary>
/// Serves snapshots to the gateway, and to no other caller, for the time while Redis is unreachable: <c>GET /internal/snapshots</c> returns the
/// version of each snapshot or, with one or more <c>?key=</c>, these snapshots.
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
        var board = context.RequestServices.GetRequiredService<SnapshotStore>();
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

/// <summary>The versions of an owner's snapshots, and when it last confirmed the pages (0: it owns none).</summary>
internal sealed record SnapshotInventory(string BoardId, long ConfirmedMs, IReadOnlyDictionary<string, long> Versions)
{
    // Raise it when the fields change: a gateway of another release then waits for Redis instead of misreading the bytes.
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
        if (board.Length > LongestBoardId || count is < 0 or > SnapshotIntake.MostSnapshots) throw new IOException("The inventory of snapshots has impossible values");
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

    /// <summary>Returns the snapshots that can be read; throws if the end of one cannot be determined.</summary>
    public static IEnumerable<Snapshot> ReadBodies(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        while (stream.Position < stream.Length)
            if (SnapshotBytes.Read(SnapshotBytes.ReadBytes(reader, reader.ReadInt32())) is { Snapshot: { } snapshot }) yield return snapshot;
    }
}
