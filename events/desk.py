"""What waits for a decision at the counter: redemptions to hand over, and hazard reports."""

from datetime import timedelta

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import hazard_desk, redemptions
from events.models import Redemption
from stations import queues
from stations.queues import About, Choice, Queue, moment
from stations.refusals import Refusal

SHOWN = 5  # earlier redemptions


def awaiting_review() -> list[Queue]:
    return [
        Queue(
            key="redemption",
            name=_("Redemptions to hand over"),
            model=Redemption,
            waiting=waiting_redemptions,
            since="created_at",
            within=timedelta(hours=12),
            choices=CHOICES,
            about=about_redemption,
            rule=_(
                "Hand over only to who shows this pick-up code. What is not collected by the end of the day "
                "is given back by itself. Source: the points rules at the counter."
            ),
        ),
        hazard_desk.hazard_queue(),
    ]


def waiting_redemptions():
    waiting = Redemption.objects.filter(status=Redemption.Status.WAITING)
    related = ["station", "reward", "account__worker_pass", "account__person"]
    return waiting.select_related(*related).order_by("created_at", "pk")


def hand_over(redemption, *, by, reason=""):
    return settled(redemption, redemptions.hand_over(redemption, by=by, reason=reason))


def reverse_it(redemption, *, by, reason):
    return settled(redemption, redemptions.reverse(redemption, by=by, reason=reason))


def settled(redemption, done) -> Redemption:
    """The verbs say False where somebody was first: at the desk that is a sentence."""
    if done:
        return redemption
    redemption.refresh_from_db()
    raise Refusal(
        "settled_before",
        gettext("%(who)s has settled this already, on %(when)s.")
        % {
            "who": redemption.settled_by or gettext("The portal, at the end of the day,"),
            "when": moment(redemption.settled_at),
        },
    )


def check_reason(redemption, reason):
    if not reason.strip():
        raise Refusal("reason_needed", gettext("Please say why: it stands beside the points given back."))


CHOICES = (
    Choice(
        key="hand_over",
        label=_("Hand over"),
        verb=hand_over,
        shortcut="h",
        then=_("The reward counts as collected, and the pick-up code is used up."),
    ),
    Choice(
        key="reverse",
        label=_("Give the points back"),
        verb=reverse_it,
        shortcut="r",
        then=_(
            "All points go back to the card and the reward to the stock. "
            "The ledger of points keeps your reason."
        ),
        checks=(check_reason,),
        is_good=False,
        reasons=(
            _("Not collected"),
            _("Changed their mind"),
            _("The reward is damaged or missing"),
            _("Ordered twice by mistake"),
        ),
    ),
)


def about_redemption(redemption) -> About:
    account = redemption.account
    earlier = list(account.redemptions.exclude(pk=redemption.pk).select_related("reward")[:SHOWN])
    count = account.redemptions.exclude(pk=redemption.pk).count()
    return About(
        title=f"{redemption.pickup_code} · {redemption.reward}",
        facts=[
            (gettext("pick-up code"), redemption.pickup_code),
            (gettext("reward"), str(redemption.reward)),
            (gettext("worker"), str(account)),
            (gettext("price in points"), str(redemption.points)),
            (gettext("station"), str(redemption.station)),
            (gettext("redeemed at"), moment(redemption.created_at)),
        ],
        person=[
            gettext("%(n)d points left") % {"n": account.balance},
            ngettext("%(n)d earlier redemption", "%(n)d earlier redemptions", count) % {"n": count},
            *(f"{other.date} · {other.reward} · {other.get_status_display()}" for other in earlier),
        ],
        similar=same_reward(redemption),
    )


def same_reward(redemption) -> list[tuple[str, str]]:
    """What waits at the same counter for the same reward: codes are easily mixed up."""
    waiting = Redemption.objects.filter(
        station=redemption.station_id, reward=redemption.reward_id, status=Redemption.Status.WAITING
    )
    others = waiting.exclude(pk=redemption.pk).select_related("reward").order_by("created_at")[:SHOWN]
    return [(str(other), queues.address("redemption", other.pk)) for other in others]
