using Aspire.Hosting.ApplicationModel;

namespace Kener.LocalHosting;

/// <summary>What is run and waited for: a service, one of its replicas, a server or a part of one.</summary>
internal sealed class Unit
{
    /// <summary>What its lines begin with.</summary>
    public required string Name { get; init; }

    /// <summary>What it is in the model.</summary>
    public required IResource Resource { get; init; }

    /// <summary>Where it can be reached, for people.</summary>
    public required string Where { get; init; }

    /// <summary>What must be ready before it starts.</summary>
    public IReadOnlyList<Unit> After { get; set; } = [];

    /// <summary>What must still run when it ends.</summary>
    public IReadOnlyList<Unit> Uses { get; set; } = [];

    /// <summary>Once, before its first start.</summary>
    public Func<CancellationToken, Task> PrepareAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>How it is started; null where others run it.</summary>
    public Func<CancellationToken, Task<Command>>? CommandAsync { get; init; }

    /// <summary>Returns when it can be used; throws where it can not yet.</summary>
    public required Func<CancellationToken, Task> TryAsync { get; init; }

    /// <summary>Whether its lines are for the operator: a server's are kept, and shown when it dies.</summary>
    public bool IsService => Resource is ProjectResource;

    /// <summary>Whether it has a line of its own in the table.</summary>
    public bool IsListed { get; init; } = true;
}
