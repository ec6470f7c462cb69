using Kener.Agent;
using Kener.ServiceDefaults;

var builder = KenerApp.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAgent();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
return app.RunOrExplain();
