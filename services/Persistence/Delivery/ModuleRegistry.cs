using MassTransit;

namespace Kener.Persistence.Delivery;

/// <summary>A consumer of this process, and its queue at RabbitMQ.</summary>
internal sealed record EventConsumer(Type Type, string Queue, bool IsFirst)
{
    /// <summary>The names of the events that it consumes.</summary>
    public IEnumerable<string> Events => Type.GetInterfaces()
        .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConsumer<>)).Select(type => type.GenericTypeArguments[0].Name);
}

/// <summary>A module of this process: its name, such as "status", and its database.</summary>
internal sealed record Module(string Name, Type Database)
{
    /// <summary>The queue of messages that RabbitMQ stopped delivering.</summary>
    public string DeadLetterQueue => $"kener-{Name}-dead-letters";
}

/// <summary>The modules of this process and their consumers. A module is an assembly with a database.</summary>
internal sealed class ModuleRegistry
{
    private readonly List<EventConsumer> _consumers = [];
    private readonly List<Module> _modules = [];

    public IReadOnlyList<EventConsumer> Consumers => _consumers;

    public void Add(EventConsumer consumer)
    {
        if (_consumers.Exists(other => other.Queue == consumer.Queue)) throw new InvalidOperationException($"Two consumers have the queue {consumer.Queue}");
        _consumers.Add(consumer);
    }

    public void Add(Module module) => _modules.Add(module);

    public IEnumerable<EventConsumer> ConsumersOf(Type database) => _consumers.Where(consumer => consumer.Type.Assembly == database.Assembly);

    public Module Of(EventConsumer consumer) => _modules.Find(module => module.Database.Assembly == consumer.Type.Assembly)
        ?? throw new InvalidOperationException($"{consumer.Type} belongs to no module: call AddModuleDb in its assembly");
}
