using Kener.Accounts;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;

var builder = KenerApp.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAccounts();
builder.AddDelivery();

var app = builder.Build();
app.UseServiceDefaults();
app.MapServiceDefaults();
app.MapAccounts();
return app.RunOrExplain();
