from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import HazardReport
from stations import directory, pictures, places
from stations.refusals import Refusal


class HazardForm(forms.Form):
    """The place is a point marked on the map (`LAT,LNG`), or is looked up by its words."""

    photo = forms.FileField(
        label=_("Take a photo"),
        help_text=_("From where it is safe. We keep it without when and where it was taken. Up to 8 MB."),
        error_messages={"required": _("Please take a photo: it shows where to look.")},
        widget=forms.FileInput(attrs={"accept": pictures.ACCEPTED, "capture": "environment"}),
    )
    category = forms.ChoiceField(
        label=_("What is it?"),
        choices=HazardReport.Category,
        error_messages={"required": _("Please choose what it is.")},
        widget=forms.RadioSelect,
    )
    point = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.CharField(
        label=_("The place in words"),
        required=False,
        max_length=HazardReport._meta.get_field("place").max_length,
        help_text=_(
            "As you would tell a colleague. Without a mark on the map: a street, or the name of a station."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What else should we know? (not needed)"),
        required=False,
        max_length=HazardReport._meta.get_field("text").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self):
        if "place" in self.cleaned_data:
            self.locate()
        return self.cleaned_data

    def locate(self):
        """`point` as (latitude, longitude), or an error beside the place."""
        marked, typed = directory.point(self.cleaned_data["point"]), self.cleaned_data["place"]
        try:
            found = None if marked else places.locate(typed)
        except Refusal as refusal:
            self.add_error("place", refusal.sentence)
            return
        if not marked and not found:
            self.add_error("place", gettext("Please say where it is: a street, or the name of a station."))
        self.cleaned_data["point"] = marked or found and found.point
