using Kener.Gateway;
using Kener.ServiceDefaults;

var builder = KenerApp.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddGateway();

var app = builder.Build();
app.UseGateway();
app.UseServiceDefaults();
app.MapGateway();
return app.RunOrExplain();
