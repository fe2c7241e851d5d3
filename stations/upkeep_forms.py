"""Forms of upkeep: what the public sends in, and the photos of a station."""

from itertools import groupby

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import photos, pictures
from stations.models import Division, FaultReport, SiteSuggestion, StationPhoto

SOMETHING_ELSE = "other"


class ReportForm(forms.Form):
    """A fault at a station, given with its facilities and faults."""

    kind = forms.ChoiceField(label=_("What does not work?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=FaultReport._meta.get_field("text").max_length,
        help_text=_("One sentence is enough, for example: no hot water comes out."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_dangerous = forms.BooleanField(
        label=_("Somebody could be hurt"),
        required=False,
        help_text=_("For example a bare cable, broken glass or a loose sign. It is looked at first."),
    )
    photo = forms.FileField(
        label=_("Photo (not needed)"),
        required=False,
        help_text=_(
            "Only those who run the station see it, without where and when it was taken. Up to 8 MB."
        ),
        widget=forms.FileInput(attrs={"accept": pictures.ACCEPTED}),
    )

    def __init__(self, station, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        reported = {fault.kind for fault in station.open_faults}
        kinds = [(each.kind, each.get_kind_display()) for each in station.facilities.all()]
        self.fields["kind"].choices = [
            *((kind, joined(label) if kind in reported else label) for kind, label in kinds),
            (SOMETHING_ELSE, _("Something else")),
        ]

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        return "" if kind == SOMETHING_ELSE else kind


def joined(label):
    return gettext("%(facility)s (reported already; you can add to it)") % {"facility": label}


class ByPrefecture(forms.models.ModelChoiceIterator):
    """Counties as a select shows them, under their prefecture."""

    def __iter__(self):
        yield "", self.field.empty_label
        for prefecture, counties in groupby(self.queryset, key=lambda division: division.prefecture):
            yield prefecture, [(county.pk, county.name) for county in counties]


class CountyField(forms.ModelChoiceField):
    iterator = ByPrefecture


class SuggestionForm(forms.Form):
    division = CountyField(
        Division.objects.exclude(code__endswith="00"),
        label=_("County"),
        empty_label=_("Choose a county"),
    )
    place = forms.CharField(
        label=_("Where?"),
        max_length=SiteSuggestion._meta.get_field("place").max_length,
        help_text=_("Street, crossing or building, as you would tell a colleague"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    why = forms.CharField(
        label=_("Why there?"),
        max_length=SiteSuggestion._meta.get_field("why").max_length,
        help_text=_("Who would use it, and when. For example: riders wait here at noon, with no shade."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PictureInput(forms.FileInput):
    """A field for a new picture beside the one that is there; stored files have no address of their own."""

    def render(self, name, value, attrs=None, renderer=None):
        field = super().render(name, value, attrs, renderer)
        photo = getattr(value, "instance", None)
        if photo is None or photo.pk is None:
            return field
        address = photo.get_absolute_url()
        return format_html(
            '<a href="{}"><img src="{}" alt="{}" width="160"></a> {}', address, address, photo, field
        )


class PhotoForm(forms.ModelForm):
    LONGEST_SIDE = 1600  # as wide as pages ever show it, on a screen with double pixels
    person, is_published = None, False  # who hands it in, and whether that is the county

    class Meta:
        model = StationPhoto
        fields = ["image", "alt", "place"]
        widgets = {"image": PictureInput(attrs={"accept": pictures.ACCEPTED})}

    def clean_image(self):
        image = self.cleaned_data["image"]
        if not isinstance(image, UploadedFile):
            return image  # the one that is there
        return pictures.redraw(image, longest_side=self.LONGEST_SIDE)

    def _post_clean(self):
        """Another picture, or other words beside it, have not been looked at yet."""
        super()._post_clean()
        if {"image", "alt"} & set(self.changed_data):
            photos.hand_in(self.instance, by=self.person, is_published=self.is_published)
