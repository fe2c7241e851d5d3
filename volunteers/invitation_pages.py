"""From a gap in the roster to those who could fill it: for who stands at the counter of that station."""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stations import reach
from stations.refusals import Refusal
from volunteers import invitations, roster
from volunteers.models import Shift


def invite(request, pk):
    reached = reach.of_request(request)
    rows = reached.limit(Shift.objects.with_place(), reach.AT_THE_COUNTER, station="station")
    shift = get_object_or_404(rows, pk=pk)
    refusal = invitations.why_not(shift)
    candidates = [] if refusal else invitations.suitable(shift)
    problem = None
    if request.method == "POST":
        chosen = set(request.POST.getlist("volunteer"))
        people = [each.volunteer for each in candidates if str(each.volunteer.pk) in chosen]
        try:
            written = invitations.invite(shift, people, by=request.user)
        except Refusal as why:
            problem = why
        else:
            tell(request, len(written), len(chosen) - len(written))
            return redirect("admin:volunteers_shift_invite", pk)
    return show(request, shift, candidates, refusal, problem)


def tell(request, written, left_out):
    sentence = ngettext("%(n)d volunteer has been invited.", "%(n)d volunteers have been invited.", written)
    messages.success(request, sentence % {"n": written})
    if left_out > 0:
        sentence = ngettext(
            "%(n)d cannot come any more and was not written to.",
            "%(n)d cannot come any more and were not written to.",
            left_out,
        )
        messages.warning(request, sentence % {"n": left_out})


def show(request, shift, candidates, refusal, problem):
    context = admin.site.each_context(request) | {
        "title": _("Invite volunteers"),
        "shift": shift,
        "week": roster.Week.of(timezone.localdate(shift.starts_at)),
        "candidates": named(reach.of_request(request), candidates),
        "refusal": refusal,
        "problem": problem,
        "invited": shift.invitations.count(),
    }
    status = 422 if problem else 200
    return render(request, "admin/volunteers/invite.html", context, status=status)


def named(reached, candidates):
    """With the name, whole for volunteers in the reader's care and masked for those of other stations."""
    homes = {each.volunteer.home_station_id for each in candidates}
    mine = reached.stations(reach.EVERYBODY).filter(pk__in=homes)
    known = set(mine.values_list("pk", flat=True))
    return [(each, name_of(each.volunteer, known)) for each in candidates]


def name_of(volunteer, known) -> str:
    return volunteer.name if volunteer.home_station_id in known else f"{volunteer.name[:1]}**"
