"""Points by hand: one person proposes under a named decision, another one decides."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import points
from events.models import PointsDecision, PointsEntry
from stations import history
from stations.refusals import Refusal

State = PointsDecision.State


@transaction.atomic
def propose(proposal: PointsDecision, *, by) -> PointsDecision:
    """Save a new proposal, to be decided by somebody else; one for each decision and account."""
    proposal.proposed_by = by
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as error:
        same = PointsDecision.objects.filter(account=proposal.account, decision=proposal.decision)
        if not same.exclude(state=State.DECLINED).exists():
            raise
        raise Refusal("proposed_before", _("This decision is recorded for this card already.")) from error
    return proposal


# May I?


def check_second_person(proposal, by):
    if proposal.proposed_by_id == by.pk:
        raise Refusal("same_person", _("You have proposed this yourself. Please let a second person decide."))


def check_balance(proposal, reason=""):
    check_covered(proposal, proposal.account)


def check_covered(proposal, account):
    if account.balance + proposal.points < 0:
        raise Refusal(
            "not_enough_points",
            _("Only %(n)d points are left. Please propose no more than that.") % {"n": account.balance},
        )


def check_reason(proposal, reason):
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: who proposed it reads it."))


# The verbs


@transaction.atomic
def approve(proposal: PointsDecision, *, by, reason="") -> PointsDecision:
    """Write the points, once; a balance never falls below zero."""
    decide(proposal, State.APPROVED, by=by, reason=reason)
    account = points.lock(proposal.account)
    check_covered(proposal, account)
    PointsEntry.objects.create(
        account=account,
        points=proposal.points,
        kind=proposal.kind,
        counterpart=PointsEntry.Counterpart.ISSUED,
        key=f"decision:{proposal.pk}",
        reason=f"{proposal.decision} · {proposal.reason}"[:120],
        actor=by,
        station=proposal.station,
    )
    return proposal


@transaction.atomic
def decline(proposal: PointsDecision, *, by, reason: str) -> PointsDecision:
    check_reason(proposal, reason)
    return decide(proposal, State.DECLINED, by=by, reason=reason)


def decide(proposal, state, *, by, reason) -> PointsDecision:
    """The first decision counts, and the database lets nobody decide about their own proposal."""
    check_second_person(proposal, by)
    proposed = PointsDecision.objects.filter(pk=proposal.pk, state=State.PROPOSED)
    decided = proposed.update(state=state, decided_by=by, decided_at=timezone.now())
    proposal.refresh_from_db()
    if not decided:
        raise Refusal(
            "decided_before",
            _("This is decided already. It stands at: %(state)s.") % {"state": proposal.get_state_display()},
        )
    history.note(proposal, by=by, before={"state": State.PROPOSED}, reason=reason)
    return proposal
