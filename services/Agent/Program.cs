using Kener.Agent;
using Kener.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAgent();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
return app.RunOrExplain();
