"""One shift's page: what it is, what one may do next, and each of the buttons."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from stations.refusals import Refusal, first_refusal
from volunteers import checks, profiles, signups, stand_ins, waiting_list
from volunteers.forms import TeamSignupForm
from volunteers.models import Credential, Shift, Signup, Team
from volunteers.views import make_profile_first


@login_not_required
def shift(request, pk):
    shift = get_object_or_404(Shift.objects.exclude(status=Shift.Status.DRAFT).with_place(), pk=pk)
    volunteer = profiles.find(request.user)
    signup = place_of(volunteer, shift) if volunteer else None
    context = {"shift": shift, "signup": signup, "teams": Team.objects.none(), "refusal": None}
    if signup:
        context |= mine(signup)
    else:
        context |= {"refusal": why_not(request.user, volunteer, shift), "teams": teams_led(volunteer)}
        context["is_taking_over"] = not shift.places_left and stand_ins.wanted(shift).exists()
    if volunteer and context["refusal"]:
        context |= in_the_way(volunteer, shift)
    return render(request, "volunteers/shift.html", context)


def place_of(volunteer, shift) -> Signup | None:
    """Her place, offer or number in the queue; or the place that she had when the shift was called off."""
    kept = [*Signup.HOLDING, Signup.Status.WAITLISTED, Signup.Status.CALLED_OFF]
    found = volunteer.signups.filter(shift=shift, status__in=kept).order_by("-pk").first()
    if found:
        found.shift = shift
    return found


def mine(signup):
    """What may be done with a place that one has."""
    return {
        "cannot_withdraw": first_refusal([signups.check_withdraw], signup),
        "is_over": signup.ends_at <= timezone.now(),
    }


def in_the_way(volunteer, shift):
    pending = Credential.Status.PENDING
    waiting = volunteer.credentials.filter(kind=shift.required_credential, status=pending)
    clashes = volunteer.signups.overlapping(shift.starts_at, shift.ends_at).select_related("shift")
    return {"is_waiting": waiting.exists(), "clash": clashes.first()}


def why_not(person, volunteer, shift) -> Refusal | None:
    """The sentence in place of the button; about the shift first, so that nobody joins for nothing."""
    if volunteer:
        return checks.why_not(volunteer, shift)
    closed = first_refusal(checks.ABOUT_SHIFT, None, shift)
    if closed or person.is_authenticated:
        return closed or first_refusal([profiles.of], person)
    return Refusal("sign_in", _("To take a place, please sign in or make an account. It takes two minutes."))


def teams_led(volunteer):
    """Teams that she leads."""
    if volunteer is None:
        return Team.objects.none()
    leads = volunteer.memberships.filter(team=OuterRef("pk"), is_leader=True)
    return Team.objects.filter(Exists(leads))


# The buttons


def sign_up(request, pk):
    def take(volunteer, shift):
        told(request, [signups.sign_up(volunteer, shift)])

    return change_place(request, pk, take)


def told(request, taken):
    if taken[0].is_waiting:
        sentence = _("You are on the waiting list. As soon as a place is free, we write to you.")
    else:
        sentence = _("You have a place. We have written you a confirmation.")
    messages.success(request, sentence)


def cancel(request, pk):
    def give_back(volunteer, shift):
        if not signups.cancel(volunteer, shift):
            raise Refusal("not_signed_up", signups.no_place_here())
        messages.success(request, _("You have given your place back. Thank you for telling us."))

    return change_place(request, pk, give_back)


def accept(request, pk):
    def say_yes(volunteer, shift):
        waiting_list.accept(volunteer, shift)
        messages.success(request, _("The place is yours. We have written you a confirmation."))

    return change_place(request, pk, say_yes)


def decline(request, pk):
    def say_no(volunteer, shift):
        waiting_list.decline(volunteer, shift)
        messages.success(request, _("Thank you for telling us. The next in the queue is asked."))

    return change_place(request, pk, say_no)


def ask_for_stand_in(request, pk):
    def ask(volunteer, shift):
        stand_ins.ask(volunteer, shift)
        messages.success(
            request, _("Others see now that a stand-in is wanted. Until somebody takes over, please come.")
        )

    return change_place(request, pk, ask)


def keep_place(request, pk):
    def keep(volunteer, shift):
        stand_ins.stop_asking(volunteer, shift)
        messages.success(request, _("Good, you keep your place."))

    return change_place(request, pk, keep)


def stand_in(request, pk):
    def take_over(volunteer, shift):
        stand_ins.stand_in(volunteer, shift)
        messages.success(request, _("You have a place. We have written you a confirmation."))

    return change_place(request, pk, take_over)


def change_place(request, pk, change):
    """Do what the button says, or say why not; either way the shift's page shows how things stand."""
    shift = get_object_or_404(Shift.objects.published(), pk=pk)
    if request.method != "POST":  # signing in on the way turns a POST into this
        return redirect(shift)
    try:
        change(profiles.of(request.user), shift)
    except Refusal as refusal:
        if refusal.code == "no_profile":
            return make_profile_first(shift.get_absolute_url())
        messages.error(request, refusal.sentence)
    return redirect(shift)


def sign_up_team(request, pk, team):
    """Choose who of a team comes along; all get places, or none."""
    shift = get_object_or_404(Shift.objects.published().with_place(), pk=pk)
    leader = profiles.find(request.user)
    team = get_object_or_404(teams_led(leader), pk=team)
    posted = request.POST if request.method == "POST" else None
    form = TeamSignupForm(posted, team=team, label_suffix="")
    if form.is_valid():
        try:
            told(request, signups.sign_up_team(leader, team, form.cleaned_data["members"], shift))
            return redirect(shift)
        except Refusal as refusal:
            form.add_error("members", refusal.sentence)
    context = {"shift": shift, "team": team, "form": form}
    return render(request, "volunteers/sign_up_team.html", context, status=422 if form.is_bound else 200)
