using Kener.Incidents;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;

var builder = KenerApp.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddIncidents();
builder.AddDelivery();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
app.MapIncidents();
return app.RunOrExplain();
