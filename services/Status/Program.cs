using Kener.Status;
using Kener.Persistence;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddStatus();
builder.AddDelivery();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
app.MapStatus();
app.Run();
