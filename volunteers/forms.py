import unicodedata
from datetime import date
from itertools import groupby

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations.models import Division, Station
from volunteers import credentials, documents
from volunteers.models import REQUIRED_CREDENTIAL, CredentialKind, Daypart, ServiceKind

ADULT = 18
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

    skills = forms.CharField(
        label=_("Skills"),
        max_length=200,
        required=False,
        help_text=_("Languages, first aid, an instrument: whatever may be of use."),
    )
    availability = forms.MultipleChoiceField(
        label=_("When I usually have time"),
        choices=Daypart,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    birthday = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
    )
    guardian_name = forms.CharField(label=_("Name of a guardian"), max_length=40, required=False)
    guardian_phone = forms.CharField(
        label=_("Their phone number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )

    def days(self):
        """Each day of the week with its boxes of morning, afternoon and evening."""
        boxes = list(self["availability"])
        return [(name, boxes[3 * day : 3 * day + 3]) for day, name in WEEKDAYS.items()]

    @property
    def is_about_minor(self):
        """Whether the part for those under 18 is to be read at once."""
        about = [self[name] for name in ("birthday", "guardian_name", "guardian_phone")]
        return any(field.errors or field.value() for field in about)

    def clean_birthday(self):
        birthday = self.cleaned_data["birthday"]
        if birthday and birthday > timezone.localdate():
            raise ValidationError(_("This day is still to come. Please compare the year."))
        return birthday

    def clean_guardian_phone(self):
        return one_spelling(self.cleaned_data["guardian_phone"])

    def clean(self):
        """Of those under 18 the eighteenth birthday and a guardian are kept; of others nothing."""
        data, birthday = super().clean(), self.cleaned_data.pop("birthday", None)
        guardian = {name: data.get(name, "") for name in ("guardian_name", "guardian_phone")}
        if birthday is None and any(guardian.values()) and "birthday" not in self.errors:
            self.add_error("birthday", _("Please write this too, or leave all three empty."))
        until = years_after(birthday, ADULT) if birthday else None
        if until is None or until <= timezone.localdate():
            return data | {"minor_until": None} | dict.fromkeys(guardian, "")
        for name, value in guardian.items():
            if not value and name not in self.errors:
                self.add_error(name, _("Who is under 18 names a guardian and their phone number."))
        return data | {"minor_until": until}


def one_spelling(phone: str) -> str:
    """Any number that can be called, as E.164; nothing stays nothing."""
    if not phone:
        return ""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", phone), "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(_("This is not a phone number. Please compare it digit by digit."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def years_after(day: date, years: int) -> date:
    """Who is born on 29 February comes of age on 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def birthday_of(volunteer) -> date | None:
    """As it was typed: what is kept is the day eighteen years later."""
    if volunteer is None or not volunteer.is_minor(timezone.localdate()):
        return None
    return years_after(volunteer.minor_until, -ADULT)


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
    valid_from = forms.DateField(
        label=_("Valid from"),
        required=False,
        help_text=_("Leave it empty if the document names no first day."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
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
        number = credentials.plain(self.cleaned_data["number"])
        credentials.check_number(self.cleaned_data.get("kind"), number)
        return number

    def clean_valid_to(self):
        first_day, last_day = self.cleaned_data.get("valid_from"), self.cleaned_data["valid_to"]
        if first_day and last_day and last_day < first_day:
            raise ValidationError(_("The last day lies before the first."))
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
