using CsCheck;
using Kener.Contracts;
using Kener.Monitors.Transitions;
using Kener.TestKit;

namespace Kener.Monitors.Tests;

/// <summary>Tests when stored results cause a transition (Behavior: TRN-1 to TRN-3), without a database.</summary>
public sealed class TransitionRuleTests
{
    private static readonly Gen<MonitorStatus> Status = Gen.OneOf(
        Gen.Const(MonitorStatus.NoData), Gen.Const(MonitorStatus.Up), Gen.Const(MonitorStatus.Degraded), Gen.Const(MonitorStatus.Down));

    /// <summary>Results that are stored together: their minutes may be older than, equal to or newer than stored ones.</summary>
    private static readonly Gen<(int Minute, MonitorStatus Status)[]> Batch = Gen.Select(Gen.Int[0, 20], Status).Array[1, 6]
        .Select(batch => batch.DistinctBy(one => one.Item1).OrderBy(one => one.Item1).ToArray());

    /// <summary>One monitor's stored minutes and transitions.</summary>
    private sealed class Model
    {
        public SortedDictionary<long, MonitorStatus> Stored { get; } = [];
        public List<StatusTransition> Transitions { get; } = [];
        public MonitorStatus Current => Transitions.Count == 0 ? MonitorStatus.NoData : Transitions[^1].To;

        public void Store(IEnumerable<(int Minute, MonitorStatus Status)> batch, long until = long.MaxValue)
        {
            foreach (var (minute, status) in batch) Stored[minute] = status;
            foreach (var own in NewestStored.Of(batch.Select(one => new NewestStored(1, one.Minute, one.Status)), until))
                if (StatusTransition.Of(Current, own, Stored.Keys.Last(minute => minute <= until), 0) is { } transition) Transitions.Add(transition);
        }
    }

    [Fact]
    public void The_transitions_of_a_monitor_form_a_chain_that_ends_at_the_status_of_its_newest_minute() => Batch.Array[1, 20].Sample(batches =>
    {
        var model = new Model();
        foreach (var batch in batches)
        {
            var before = model.Transitions.Count;
            model.Store(batch);
            Assert.InRange(model.Transitions.Count, before, before + 1);
            Assert.Equal(model.Stored.Values.Last(), model.Current);
        }
        Assert.Equal(model.Transitions.Select(transition => transition.From), model.Transitions.Select(transition => transition.To).Prepend(MonitorStatus.NoData).SkipLast(1));
        Assert.All(model.Transitions, transition => Assert.NotEqual(transition.From, transition.To));
        Assert.Equal(model.Transitions.Select(transition => transition.Minute).Order(), model.Transitions.Select(transition => transition.Minute));
    }, iter: Scale.Of(5_000));

    [Fact]
    public void Older_minutes_cause_no_transition_in_any_order_of_arrival() => Gen.Select(Batch, Batch.Array[1, 10]).Sample((present, late) =>
    {
        var model = new Model();
        model.Store(present.Select(one => (one.Minute + 100, one.Status)));
        var before = model.Transitions.Count;
        foreach (var batch in late) model.Store(batch);
        Assert.Equal(before, model.Transitions.Count);
    }, iter: Scale.Of(1_000));

    [Fact]
    public void Storing_the_same_results_again_causes_no_transition() => Batch.Array[1, 10].Sample(batches =>
    {
        var model = new Model();
        foreach (var batch in batches)
        {
            model.Store(batch);
            var before = model.Transitions.Count;
            model.Store(batch);
            Assert.Equal(before, model.Transitions.Count);
        }
    }, iter: Scale.Of(1_000));

    [Fact]
    public void Minutes_too_far_ahead_are_ignored() => Gen.Select(Batch, Gen.Int[0, 20]).Sample((batch, until) =>
    {
        var (whole, cut) = (new Model(), new Model());
        whole.Store(batch, until);
        cut.Store(batch.Where(one => one.Minute <= until), until);
        Assert.Equal(cut.Transitions.Select(transition => (transition.To, transition.Minute)), whole.Transitions.Select(transition => (transition.To, transition.Minute)));
    }, iter: Scale.Of(1_000));

    [Fact]
    public void The_newest_minute_of_each_monitor_counts()
    {
        NewestStored[] stored = [new(1, 60, MonitorStatus.Up), new(1, 120, MonitorStatus.Down), new(2, 60, MonitorStatus.Up), new(3, 180, MonitorStatus.Up), new(3, 240, MonitorStatus.Up)];
        Assert.Equal([new(1, 120, MonitorStatus.Down), new(2, 60, MonitorStatus.Up), new(3, 180, MonitorStatus.Up)], NewestStored.Of(stored, until: 180));
    }
}
