import unicodedata
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations.models import Division, Station
from volunteers import credentials, documents
from volunteers.models import REQUIRED_CREDENTIAL, CredentialKind, ServiceKind

# What documents.clean reads. Named one by one, because a phone then turns its own
# picture format into one of these.
READABLE = "image/jpeg,image/png,image/webp,application/pdf"


def service_choices():
    for service in ServiceKind:
        needed = REQUIRED_CREDENTIAL.get(service)
        label = service.label
        if needed:
            label = gettext("%(service)s (needs: %(document)s)") % {
                "service": label,
                "document": needed.label,
            }
        yield service.value, label


class ByCounty(forms.models.ModelChoiceIterator):
    """Stations as a select shows them, under their county."""

    def __iter__(self):
        yield "", self.field.empty_label
        for county, stations in groupby(self.queryset, key=lambda station: station.division):
            yield str(county), [self.choice(station) for station in stations]


class StationField(forms.ModelChoiceField):
    iterator = ByCounty


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=40,
        help_text=_("As on your documents. The manager of your home station sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    services = forms.MultipleChoiceField(
        label=_("Services I can give"), choices=service_choices, widget=forms.CheckboxSelectMultiple
    )
    home_station = StationField(
        Station.objects.listed().select_related("division").order_by("division__code", "name"),
        label=_("Home station"),
        empty_label=_("Choose a station"),
        help_text=_("Its manager looks at your documents. You can help at every station."),
    )


class CredentialForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of document"), choices=[("", _("Choose a document")), *CredentialKind.choices]
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    issuer = forms.CharField(
        label=_("Issued by"), max_length=80, help_text=_("The office named on the document.")
    )
    valid_to = forms.DateField(
        label=_("Valid until"),
        required=False,
        help_text=_("Leave it empty if the document names no last day."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    document = forms.FileField(
        label=_("Photo or PDF of the document"),
        help_text=_("Up to 8 MB."),
        widget=forms.FileInput(attrs={"accept": READABLE}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self["kind"].value() == CredentialKind.LAWYER:
            self.fields["number"].help_text = _("17 digits, beginning with 1.")

    def clean_number(self):
        # People copy numbers with spaces, and with the wide digits of a Chinese keyboard.
        number = "".join(unicodedata.normalize("NFKC", self.cleaned_data["number"]).split())
        credentials.check_number(self.cleaned_data.get("kind"), number)
        return number

    def clean_valid_to(self):
        last_day = self.cleaned_data["valid_to"]
        if last_day and last_day < timezone.localdate():
            raise ValidationError(_("This day has passed. Please send a document that is still valid."))
        return last_day

    def clean_document(self):
        return documents.clean(self.cleaned_data["document"])


class TeamSignupForm(forms.Form):
    members = forms.ModelMultipleChoiceField(
        None,
        label=_("Who comes along?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose who comes along.")},
    )

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = team.members.order_by("name", "pk")


class ShiftFilter(forms.Form):
    """What the address bar asks for; what makes no sense there is left out."""

    service = forms.ChoiceField(choices=ServiceKind, required=False)
    county = forms.ModelChoiceField(Division.objects.all(), required=False)
    station = forms.ModelChoiceField(
        Station.objects.listed().select_related("division"), to_field_name="code", required=False
    )

    LOOKUPS = {"service": "kind", "county": "station__division", "station": "station"}

    def wanted(self):
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, shifts):
        return shifts.filter(**{self.LOOKUPS[name]: value for name, value in self.wanted().items()})
