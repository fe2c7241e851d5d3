"""Properties of the counter: whatever happens in whatever order, the tables agree."""

from collections import Counter
from datetime import datetime, timedelta

import time_machine
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from events import redemptions
from events.models import PointsAccount, PointsEntry, Redemption, Stock
from events.tests.factories import make_redemption_day, make_reward, make_worker_pass, redeem
from stations import hours
from stations.refusals import Refusal
from stations.tests.factories import make_kiosk

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=hours.SHANGHAI)
REVERSED = Redemption.Status.REVERSED
REDEEM, HAND_OVER, REVERSE, NIGHT = "redeem", "hand over", "reverse", "night"
small = st.integers(0, 1)
steps = st.lists(
    st.tuples(st.sampled_from([REDEEM, REDEEM, HAND_OVER, REVERSE, NIGHT]), small, small, st.integers(0, 4)),
    max_size=14,
)


class AnyDayAtTheCounter(TestCase):
    @given(steps)
    @settings(max_examples=20, deadline=None, database=None)
    def test_points_goods_and_entries_agree_whatever_happens(self, steps):
        self.open_the_counter()

        with time_machine.travel(FRIDAY_NOON, tick=False) as clock:
            for step, who, what, order in steps:
                self.take(clock, step, self.accounts[who], self.rewards[what], f"order-{order}")
                self.compare()

    def open_the_counter(self):
        cache.clear()  # tries to pair outlive the rollback of an example
        self.kiosk = make_kiosk()
        for weekday in range(7):
            make_redemption_day(station=self.kiosk.station, weekday=weekday)
        self.rewards = [make_reward(station=self.kiosk.station, points=p, left=2) for p in (30, 50)]
        self.accounts = [make_worker_pass(points=100).account for _n in range(2)]
        self.answers = {}

    def take(self, clock, step, account, reward, key):
        if step == REDEEM:
            account.refresh_from_db()
            try:
                answer = redeem(account, reward, kiosk=self.kiosk, key=key)
            except Refusal:
                return
            assert self.answers.setdefault(key, (account, reward, answer)) == (account, reward, answer)
        elif step == NIGHT:
            clock.shift(timedelta(days=1))
            redemptions.reverse_uncollected(timezone.localdate())
        elif key in self.answers:
            verb = {HAND_OVER: lambda r: redemptions.hand_over(r, by=None), REVERSE: redemptions.reverse}[
                step
            ]
            verb(self.answers[key][2])

    def compare(self):
        redeemed = list(Redemption.objects.all())
        live = [r for r in redeemed if r.status != REVERSED]
        balances = dict(PointsAccount.objects.values_list("pk", "balance"))
        entries = Counter()
        for pk, points in PointsEntry.objects.values_list("account", "points"):
            entries[pk] += points

        paid = Counter({pk: 0 for pk in balances})
        for redemption in live:
            paid[redemption.account_id] += redemption.points
        assert balances == entries == {pk: 100 - paid[pk] for pk in balances}
        assert min(balances.values()) >= 0
        gone = Counter(r.reward_id for r in live)
        assert dict(Stock.objects.values_list("reward", "left")) == {
            r.pk: 2 - gone[r.pk] for r in self.rewards
        }
        assert max(gone.values(), default=0) <= 2
        assert len({(r.account_id, r.date) for r in live}) == len(live)
        assert {r.key for r in redeemed} == self.answers.keys()
