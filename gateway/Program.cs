using Kener.Gateway;
using Kener.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddGateway();

var app = builder.Build();
app.UseGateway();
app.UseServiceDefaults();
app.MapGateway();
return app.RunOrExplain();
