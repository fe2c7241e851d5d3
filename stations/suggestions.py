"""Sites that people suggest: looked into by the federation, adopted or declined with a reason."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stations import history, limits
from stations.models import Division, SiteSuggestion
from stations.refusals import Refusal

TIMES, SECONDS = 5, 3600
State = SiteSuggestion.State


def suggest(division: Division, *, place: str, why: str, address: str) -> SiteSuggestion:
    if not limits.allow("suggest", address, times=TIMES, seconds=SECONDS):
        raise Refusal(
            "too_many", _("Many suggestions have come from this connection. Please try again in an hour.")
        )
    return SiteSuggestion.objects.create(division=division, place=place, why=why)


def check_decline(suggestion, reason):
    if not reason.strip():
        raise Refusal("reason_needed", _("Please say why: whoever suggested the place reads it."))


def check_look_into(suggestion, reason):
    if suggestion.state != State.PENDING:
        raise Refusal("looking", _("Somebody looks at it already. Please adopt or decline it."))


def look_into(suggestion: SiteSuggestion, *, by, reason="") -> SiteSuggestion:
    """Somebody goes there and looks."""
    values = {"state": State.LOOKING, "answer": reason.strip(), "decided_by": by, "looked_at": timezone.now()}
    return move(suggestion, [State.PENDING], **values)


def adopt(suggestion: SiteSuggestion, *, by, reason="") -> SiteSuggestion:
    return decide(suggestion, State.ADOPTED, by=by, reason=reason)


def decline(suggestion: SiteSuggestion, *, by, reason: str) -> SiteSuggestion:
    check_decline(suggestion, reason)
    return decide(suggestion, State.DECLINED, by=by, reason=reason)


def decide(suggestion, state, *, by, reason):
    values = {"state": state, "answer": reason.strip(), "decided_by": by, "decided_at": timezone.now()}
    return move(suggestion, [State.PENDING, State.LOOKING], **values)


@transaction.atomic
def move(suggestion, before, **values) -> SiteSuggestion:
    """The first decision counts; a second one is told how it stands."""
    old = {"state": suggestion.state}
    moved = SiteSuggestion.objects.filter(pk=suggestion.pk, state__in=before).update(**values)
    suggestion.refresh_from_db()
    if not moved:
        raise Refusal(
            "decided_before",
            _("%(who)s has changed this already. It stands at: %(state)s.")
            % {"who": suggestion.decided_by or _("Somebody"), "state": suggestion.get_state_display()},
        )
    history.note(suggestion, by=values["decided_by"], before=old, reason=values["answer"])
    return suggestion
