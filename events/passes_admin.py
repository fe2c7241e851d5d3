"""Cards at the counter: issuing, printing, a new PIN, replacing a lost one."""

from django import forms
from django.contrib import admin, messages
from django.core.validators import RegexValidator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import passes
from events.models import WorkerPass
from stations import postings, qr, reach
from stations.lists import InReach, places
from stations.refusals import Refusal, first_refusal
from stations.scope import ReadOnly, ScopedAdmin

SHEETS = 20
PRINTED = SHEETS * 10  # cards at once


class PinField(forms.CharField):
    def __init__(self, **kwargs):
        super().__init__(
            label=_("PIN (4 digits, chosen by the worker)"),
            required=False,
            max_length=4,
            validators=[RegexValidator(r"^[0-9]{4}\Z", _("A PIN has four digits."))],
            widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )


class WorkerPassForm(forms.ModelForm):
    login = forms.CharField(
        label=_("Mobile number or e-mail of the worker’s account"),
        required=False,
        max_length=254,
        help_text=_(
            "Only if the worker signs in to this portal and wants card and account to share the points. "
            "The worker gets a message about it."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
    )
    new_pin = PinField(
        help_text=_("Leave empty to keep the present PIN. A new PIN also opens a locked card.")
    )

    class Meta:
        model = WorkerPass
        fields = ["station", "nickname", "occupation", "login", "new_pin", "is_in_table", "is_active"]

    def clean_login(self):
        """The person, or None where no account was named."""
        login = self.cleaned_data["login"]
        if not login.strip():
            return None
        person = postings.find_person(login)
        if person is None:
            raise forms.ValidationError(
                _("Nobody has an account with it. Please compare it, or leave it empty.")
            )
        refusal = first_refusal([passes.check_no_card], person)
        if refusal:
            raise forms.ValidationError(refusal.sentence)
        return person

    def clean(self):
        if not self.instance.pk and not self.cleaned_data.get("new_pin"):
            self.add_error("new_pin", _("A new card needs a PIN. Please let the worker choose one."))
        return super().clean()


class ReplaceForm(forms.Form):
    number = forms.CharField(widget=forms.HiddenInput)  # which card was lost: pressed twice replaces once
    reason = forms.CharField(
        label=_("What happened to the old card"),
        max_length=200,
        error_messages={"required": _("Please say what happened to the old card.")},
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    pin = PinField(help_text=_("Leave empty to keep the present PIN."))


@admin.action(description=_("Print cards"), permissions=["change"])
def print_cards(model_admin, request, cards):
    count = cards.count()
    if count > PRINTED:
        sentence = gettext("Please choose at most %(limit)d at a time.")
        messages.error(request, sentence % {"limit": PRINTED})
    return model_admin.sheet(request, cards) if 0 < count <= PRINTED else None


class WorkerPassAdmin(ScopedAdmin):
    form = WorkerPassForm
    exactly = "number"
    beside = ["station"]
    list_display = ["number", "nickname", "occupation", "station", "balance", "is_active"]
    list_filter = ["is_active", "occupation", ("station", InReach), places("station__division")]
    list_select_related = ["station", "account"]
    search_fields = ["number__endswith", "nickname"]
    actions = [print_cards]
    may = {"view": reach.EVERYBODY, **dict.fromkeys(["add", "change"], reach.AT_THE_COUNTER)}

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/card/", wrap(self.card), name="events_workerpass_card"),
            path("<int:pk>/replace/", wrap(self.replace), name="events_workerpass_replace"),
            *super().get_urls(),
        ]

    def get_fields(self, request, obj=None):
        facts = ["station", "nickname", "occupation"]
        if obj is None:
            return [*facts, "login", "new_pin", "is_in_table"]
        if not self.is_allowed(request, "change", obj):
            return ["number", *facts, "is_in_table", "is_active"]
        pages = ["card_page", "replace_page"] if obj.is_active else []
        return ["number", *facts, "new_pin", "is_in_table", "is_active", *pages]

    def get_readonly_fields(self, request, obj=None):
        return [
            name for name in ("number", "card_page", "replace_page") if name in self.get_fields(request, obj)
        ]

    @admin.display(description=_("points balance"))
    def balance(self, worker_pass):
        return worker_pass.account.balance

    @admin.display(description=_("Printed card"))
    def card_page(self, worker_pass):
        address = reverse("admin:events_workerpass_card", args=[worker_pass.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Print the card"))

    @admin.display(description=_("Lost card"))
    def replace_page(self, worker_pass):
        address = reverse("admin:events_workerpass_replace", args=[worker_pass.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Replace a lost card"))

    def save_model(self, request, obj, form, change):
        pin = form.cleaned_data["new_pin"]
        if not change:
            issued = passes.issue(
                obj.nickname,
                pin,
                station=obj.station,
                person=form.cleaned_data["login"],
                occupation=obj.occupation,
                is_in_table=obj.is_in_table,
            )
            obj.pk, obj.number = issued.pk, issued.number
            self.say_number(request, obj)
            return
        super().save_model(request, obj, form, change)
        if pin:
            passes.set_pin(obj, pin, by=request.user)

    def say_number(self, request, worker_pass):
        text = gettext("The card number is %(number)s. Please print the card, or write the number on it.")
        said = text % {"number": worker_pass.number}
        messages.success(request, format_html("{} {}", said, self.card_page(worker_pass)))

    def card(self, request, pk):
        cards = self.in_reach(request, WorkerPass.objects.filter(pk=pk), "change")
        get_object_or_404(cards)
        return self.sheet(request, cards)

    def sheet(self, request, cards):
        drawn = [(card, qr.inline(card.number)) for card in cards.select_related("station")]
        return render(request, "admin/events/workerpass/cards.html", {"cards": drawn})

    def replace(self, request, pk):
        active = WorkerPass.objects.filter(is_active=True).select_related("account__person", "station")
        worker_pass = get_object_or_404(self.in_reach(request, active, "change"), pk=pk)
        data = request.POST if request.method == "POST" else None
        form = ReplaceForm(data, initial={"number": worker_pass.number}, label_suffix="")
        if form.is_valid() and self.replaced(request, worker_pass, form):
            return redirect("admin:events_workerpass_change", pk)
        context = self.admin_site.each_context(request) | {
            "title": gettext("Replace a lost card"),
            "opts": self.opts,
            "card": worker_pass,
            "form": form,
        }
        status = 422 if form.errors else 200
        return render(request, "admin/events/workerpass/replace.html", context, status=status)

    def replaced(self, request, worker_pass, form) -> bool:
        values = form.cleaned_data
        worker_pass.number = values["number"]
        try:
            passes.replace(worker_pass, by=request.user, reason=values["reason"], pin=values["pin"])
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return False
        self.say_number(request, worker_pass)
        return True


class CardNumberAdmin(ReadOnly, ScopedAdmin):
    station_path = None
    may = {}
    guide = _("Every number that was ever on a card, also on lost ones: none is given out a second time.")
    list_display = ["number"]
    search_fields = ["number__startswith"]
