"""What waits for a decision at the counter: redemptions, points that are given by hand, hazard reports."""

from datetime import timedelta

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import grants, hazard_desk, redemptions, stocks
from events.models import PointsDecision, Redemption
from stations import queues, reach
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
        Queue(
            key="points",
            name=_("Points to decide"),
            model=PointsDecision,
            waiting=waiting_proposals,
            since="proposed_at",
            within=timedelta(days=3),
            choices=POINTS_CHOICES,
            about=about_proposal,
            rule=_(
                "Is there a named decision, does it name this person, and are the points right? Whoever has "
                "proposed it does not decide it. Source: the points rules, support by named decision."
            ),
            roles=reach.COUNTY,
        ),
        hazard_desk.hazard_queue(),
    ]


def waiting_redemptions():
    related = ["station", "reward", "account__worker_pass", "account__person"]
    return Redemption.objects.waiting().select_related(*related).order_by("created_at", "pk")


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
    waiting = stocks.waiting(redemption)
    others = waiting.exclude(pk=redemption.pk).select_related("reward").order_by("created_at")[:SHOWN]
    return [(str(other), queues.address("redemption", other.pk)) for other in others]


# Points by hand


POINTS_CHOICES = (
    Choice(
        key="approve",
        label=_("Approve"),
        verb=grants.approve,
        shortcut="a",
        then=_("The points are written at once. Only another proposal can put them right again."),
        persons=(grants.check_second_person,),
        checks=(grants.check_balance,),
    ),
    Choice(
        key="decline",
        label=_("Do not approve"),
        verb=grants.decline,
        shortcut="d",
        then=_("No points move. Your reason stands in its history, and it can be proposed again."),
        persons=(grants.check_second_person,),
        checks=(grants.check_reason,),
        is_good=False,
        reasons=(
            _("The decision cannot be found under this number."),
            _("The decision does not name this person."),
            _("The points are not those of the decision."),
        ),
    ),
)


def waiting_proposals():
    proposed = PointsDecision.objects.filter(state=PointsDecision.State.PROPOSED)
    related = ["station", "account__worker_pass", "account__person", "proposed_by"]
    return proposed.select_related(*related).order_by("proposed_at", "pk")


def about_proposal(proposal) -> About:
    account = proposal.account
    return About(
        title=str(proposal),
        facts=[
            (gettext("kind"), proposal.get_kind_display()),
            (gettext("points"), f"{proposal.points:+d}"),
            (gettext("decision"), proposal.decision),
            (gettext("reason"), proposal.reason),
            (gettext("points account"), str(account)),
            (gettext("station"), str(proposal.station)),
            (gettext("proposed by"), str(proposal.proposed_by)),
            (gettext("proposed at"), moment(proposal.proposed_at)),
        ],
        person=[
            gettext("%(n)d points left") % {"n": account.balance},
            *(
                f"{other.proposed_at:%Y-%m-%d} · {other} · {other.get_state_display()}"
                for other in account.decisions.exclude(state=PointsDecision.State.PROPOSED)[:SHOWN]
            ),
            *(f"{entry.created_at:%Y-%m-%d} · {entry}" for entry in account.entries.all()[:SHOWN]),
        ],
        similar=other_proposals(proposal),
    )


def other_proposals(proposal) -> list[tuple[str, str]]:
    """What is proposed for the same card besides."""
    others = waiting_proposals().filter(account=proposal.account).exclude(pk=proposal.pk)[:SHOWN]
    return [(str(other), queues.address("points", other.pk)) for other in others]
