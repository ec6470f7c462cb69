using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Kener.Architecture.Tests;

/// <summary>What only the compiled code tells for sure: who calls what.</summary>
internal static class CodeRules
{
    private const int NonBacktracking = 1024;

    private static readonly string[] Connections =
    [
        "System.Net.Http.HttpClient::.ctor", "System.Net.Http.SocketsHttpHandler::.ctor", "System.Net.Http.HttpClientHandler::.ctor",
        "System.Net.Sockets.Socket::.ctor", "System.Net.Sockets.TcpClient::.ctor", "System.Net.Sockets.UdpClient::.ctor",
        "System.Net.NetworkInformation.Ping::.ctor", "System.Net.WebSockets.ClientWebSocket::.ctor",
    ];

    private static readonly string[] PatternUses = ["IsMatch", "Match", "Matches", "Replace", "Split", "Count", "EnumerateMatches", "EnumerateSplits"];

    /// <summary>Who may open connections: to addresses of the installation itself. To a user's address goes Outbound alone.</summary>
    private static readonly string[] MayConnect = ["Kener.Outbound", "Kener.Hosting"];

    public static IEnumerable<string> Saves(IEnumerable<AssemblyDefinition> assemblies) => Calls(assemblies, except: ["Kener.Persistence"],
        call => call.Name is "SaveChanges" or "SaveChangesAsync" && call.Parameters.Count <= 2,
        "calls {0}; all writes go through Changes<TDb>");

    public static IEnumerable<string> Clocks(IEnumerable<AssemblyDefinition> assemblies) => Calls(assemblies, except: [],
        call => call.DeclaringType.FullName is "System.DateTime" or "System.DateTimeOffset" && call.Name is "get_UtcNow" or "get_Now" or "get_Today",
        "asks {0}; ask the TimeProvider");

    public static IEnumerable<string> Sockets(IEnumerable<AssemblyDefinition> assemblies) => Calls(assemblies, MayConnect,
        call => Connections.Contains($"{call.DeclaringType.FullName}::{call.Name}"),
        "makes {0}; only Outbound does, and IHttpClientFactory for the installation's own addresses");

    public static IEnumerable<string> Processes(IEnumerable<AssemblyDefinition> assemblies) => Calls(assemblies, except: ["Kener.Hosting"],
        call => call.DeclaringType.FullName == "System.Diagnostics.Process" && call.Name == "Start",
        "calls {0}; no product starts a process");

    public static IEnumerable<string> Waits(IEnumerable<AssemblyDefinition> assemblies) => Calls(assemblies, except: [],
        call => call.DeclaringType.GetElementType().FullName is "System.Threading.Tasks.Task" or "System.Threading.Tasks.Task`1" or "System.Threading.Tasks.ValueTask`1"
            && call.Name is "Wait" or "get_Result" or "WaitAll" or "WaitAny"
            || call.DeclaringType.FullName == "System.Threading.Thread" && call.Name == "Sleep",
        "blocks a thread by {0}; await instead");

    public static IEnumerable<string> BacktrackingPatterns(IEnumerable<AssemblyDefinition> assemblies) =>
        from method in Methods(assemblies)
        from instruction in method.Body.Instructions
        where instruction.Operand is MethodReference { DeclaringType.FullName: "System.Text.RegularExpressions.Regex" } call
            && (call.HasThis ? call.Name == ".ctor" && call.Parameters.Count > 0 : PatternUses.Contains(call.Name))
            && !SaysNonBacktracking(instruction)
        select $"{Where(method, instruction)} uses a Regex without RegexOptions.NonBacktracking";

    private static bool SaysNonBacktracking(Instruction call)
    {
        var instruction = call.Previous;
        for (var i = 0; i < 12 && instruction is not null; i++, instruction = instruction.Previous)
        {
            if (instruction.OpCode == OpCodes.Ldc_I4 && instruction.Operand is int options && (options & NonBacktracking) != 0) return true;
        }
        return false;
    }

    private static IEnumerable<string> Calls(
        IEnumerable<AssemblyDefinition> assemblies, string[] except, Func<MethodReference, bool> isForbidden, string because) =>
        from method in Methods(assemblies.Where(assembly => !except.Contains(assembly.Name.Name)))
        from instruction in method.Body.Instructions
        where instruction.Operand is MethodReference call && isForbidden(call)
        let target = (MethodReference)instruction.Operand
        select $"{Where(method, instruction)} {string.Format(null, because, $"{target.DeclaringType.Name}.{target.Name}")}";

    private static IEnumerable<MethodDefinition> Methods(IEnumerable<AssemblyDefinition> assemblies) =>
        from assembly in assemblies
        from type in assembly.MainModule.GetTypes()
            // What a source generator made is not ours to change.
        where !type.CustomAttributes.Any(attribute => attribute.AttributeType.Name == nameof(System.CodeDom.Compiler.GeneratedCodeAttribute))
        from method in type.Methods
        where method.HasBody
        select method;

    private static string Where(MethodDefinition method, Instruction instruction)
    {
        var at = method.DebugInformation.SequencePoints.LastOrDefault(point => point.Offset <= instruction.Offset && !point.IsHidden);
        var file = at is null ? method.Module.Assembly.Name.Name : Path.GetRelativePath(Repository.Root, at.Document.Url);
        return $"{file}:{at?.StartLine} {method.DeclaringType.Name}.{method.Name}";
    }

    /// <summary>The product as it was built beside these tests.</summary>
    public static IReadOnlyList<AssemblyDefinition> Product { get; } =
        [.. Repository.Projects.Where(project => !project.IsTest && !project.Path.StartsWith("bench/", StringComparison.Ordinal))
            .Select(project => Path.Combine(AppContext.BaseDirectory, project.Name + ".dll")).Where(File.Exists).Select(Read)];

    /// <summary>This assembly, with what was planted in it.</summary>
    public static IReadOnlyList<AssemblyDefinition> Planted { get; } = [Read(Assembly.GetExecutingAssembly().Location)];

    private static AssemblyDefinition Read(string path) =>
        AssemblyDefinition.ReadAssembly(path, new ReaderParameters { ReadSymbols = File.Exists(Path.ChangeExtension(path, ".pdb")) });
}
