return await Kener.Servers.CommandAmongServers.RunAsync(args);
