using Kener.Accounts;
using Kener.Agent;
using Kener.Gateway;
using Kener.Incidents;
using Kener.Monitors;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.Standalone;
using Kener.Standalone.Demo;
using Kener.Status;

var builder = KenerApp.CreateBuilder(args);
builder.AddDemo(args);
builder.AddEmbedding();
builder.AddServiceDefaults();
builder.AddAccounts().AddIncidents().AddStatus().AddMonitors().AddGateway().AddAgent();
builder.AddDelivery();

var app = builder.Build();
app.UseGateway();
app.UseServiceDefaults();
app.MapGateway();
app.MapAccounts().MapIncidents().MapMonitors().MapStatus();
return app.RunOrExplain();
