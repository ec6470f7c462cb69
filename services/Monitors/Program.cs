using Kener.Monitors;
using Kener.Persistence.Delivery;
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
