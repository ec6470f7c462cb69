using Kener.Monitors;
using Kener.Persistence;
using Kener.ServiceDefaults;

var builder = KenerApp.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMonitors();
builder.AddDelivery();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
app.MapMonitors();
return app.RunOrExplain();
