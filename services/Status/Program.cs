using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.Status;

var builder = KenerApp.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddStatus();
builder.AddDelivery();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
app.MapStatus();
return app.RunOrExplain();
