"""What is there begins its books: prices, rules, and the movements behind each stock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import Count, Q

BEGINNING = date(2020, 1, 1)
OPENED = datetime(2020, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))  # before whatever was redeemed


def open_the_books(apps, schema_editor):
    model = apps.get_model
    # An hour and a verified photo are worth the same, as in Wuhan (domain facts, 3.1).
    model("events", "EarningRule").objects.bulk_create(
        [
            model("events", "EarningRule")(kind="earn_shift", starts_on=BEGINNING, points=10),
            model("events", "EarningRule")(kind="earn_report", starts_on=BEGINNING, points=10, most_a_day=3),
        ]
    )
    Price, Movement = model("events", "Price"), model("events", "StockMovement")
    Price.objects.bulk_create(
        Price(reward=reward, starts_on=BEGINNING, points=reward.points)
        for reward in model("events", "Reward").objects.all()
    )
    for stock in model("events", "Stock").objects.iterator():
        redeemed = model("events", "Redemption").objects.filter(
            station=stock.station_id, reward=stock.reward_id
        )
        gone = redeemed.aggregate(n=Count("pk", filter=~Q(status="reversed")))["n"]
        came = stock.left + gone
        delivered = {"stock": stock, "kind": "delivery", "pieces": came, "reason": "建账"}
        movements = [Movement(**delivered, created_at=OPENED)] if came else []
        for redemption in redeemed:
            moved = {"stock": stock, "redemption": redemption}
            movements.append(Movement(**moved, kind="redeem", pieces=-1, created_at=redemption.created_at))
            if redemption.status == "reversed":
                movements.append(
                    Movement(**moved, kind="reverse", pieces=1, created_at=redemption.settled_at)
                )
        Movement.objects.bulk_create(movements)


class Migration(migrations.Migration):
    dependencies = [("events", "0004_prices_movements_and_rules")]
    operations = [migrations.RunPython(open_the_books, migrations.RunPython.noop)]
