using Kener.Monitors;
using Kener.Persistence;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMonitors();
builder.AddDelivery();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
app.MapMonitors();
app.Run();
