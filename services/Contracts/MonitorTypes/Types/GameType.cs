namespace Kener.Contracts;

/// <summary>GAMEDIG: queries a game server by the protocol of its game.</summary>
public static class GameType
{
    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "GAMEDIG", CheckedBy.Agents,
        [
            new TextField("gameId") { IsRequired = true }, HostFields.Host, HostFields.Port(27_015), HostFields.Timeout(10_000), new FlagField("guessPort", false),
            new FlagField("requestRules", false), new TextField("eval"),
        ],
        """{ "gameId": "minecraft", "host": "play.example.com", "port": 25565, "timeout": 10000, "guessPort": false, "requestRules": false }""");
}
