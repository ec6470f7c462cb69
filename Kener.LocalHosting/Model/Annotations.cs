namespace Aspire.Hosting.ApplicationModel;

/// <summary>Adds to the environment of a process when it is started.</summary>
internal sealed record EnvironmentAnnotation(Func<IDictionary<string, string?>, CancellationToken, ValueTask> ApplyAsync) : IResourceAnnotation;

/// <summary>Starts only when that one is ready.</summary>
internal sealed record WaitAnnotation(IResource For) : IResourceAnnotation;

/// <summary>Uses that one, so it ends first.</summary>
internal sealed record UseAnnotation(IResource Of) : IResourceAnnotation;

/// <summary>Is ready when a GET of that path on its endpoint answers 200.</summary>
internal sealed record HttpHealthAnnotation(string Path) : IResourceAnnotation;

/// <summary>Runs that many times, on as many ports.</summary>
internal sealed record ReplicaAnnotation(int Count) : IResourceAnnotation;
