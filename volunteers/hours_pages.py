"""A volunteer's own hours, and the form that says where they are wrong."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from stations.refusals import Refusal
from volunteers import appeals, profiles
from volunteers.models import Appeal, Signup

PAGE_SIZE = 30
NOT_THERE, THERE = Appeal.About.ABSENCE, Appeal.About.HOURS


class AppealForm(forms.Form):
    about = forms.ChoiceField(
        label=gettext_lazy("What is right?"),
        choices=[
            (NOT_THERE, gettext_lazy("I could not come, for a good reason")),
            (THERE, gettext_lazy("I was there")),
        ],
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("How many minutes were you there?"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("Only if you were there."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    words = forms.CharField(
        label=gettext_lazy("What happened?"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args, signup, **kw):
        super().__init__(*args, label_suffix="", **kw)
        if signup.attendance != Signup.Attendance.ABSENT:  # then it can only be about the hours
            del self.fields["about"]
            self.fields["minutes"].required, self.fields["minutes"].help_text = True, ""

    def clean(self):
        return {"about": THERE, **self.cleaned_data}


@never_cache
def hours(request):
    try:
        volunteer = profiles.of(request.user)
    except Refusal:
        return redirect(reverse("volunteers:profile", query={"next": request.path}))
    mine = volunteer.signups.live().filter(Q(ends_at__lte=timezone.now()) | ~Q(attendance="unknown"))
    pending = Appeal.objects.pending().filter(signup=OuterRef("pk"))
    rows = mine.annotate(minutes=Sum("hours__minutes"), has_pending=Exists(pending))
    rows = rows.select_related("shift__station").prefetch_related("hours", "appeals").order_by("-starts_at")
    total = volunteer.hours.aggregate(minutes=Sum("minutes", default=0))["minutes"]
    paused_until = volunteer.paused_until
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "total_hours": total / 60,
        "paused_until": paused_until if paused_until and paused_until > timezone.now() else None,
    }
    return render(request, "volunteers/hours.html", context)


def appeal(request, pk):
    mine = Signup.objects.live().filter(volunteer__person=request.user)
    signup = get_object_or_404(mine.select_related("shift__station", "volunteer"), pk=pk)
    form = AppealForm(request.POST if request.method == "POST" else None, signup=signup)
    if form.is_valid():
        try:
            appeals.submit(signup.volunteer, signup, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("minutes" if refusal.code == "minutes" else None, refusal.sentence)
        else:
            messages.success(request, _("Thank you. The station looks at it and writes to you."))
            return redirect("volunteers:hours")
    context = {"form": form, "signup": signup, "refusal": appeals.why_not(signup)}
    return render(request, "volunteers/appeal.html", context, status=422 if form.errors else 200)
