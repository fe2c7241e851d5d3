"""What waits for a decision at stations: dangers, faults, photos, suggested sites."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from stations import fault_desk, photos, queues, reach, suggestions
from stations.models import SiteSuggestion, StationPhoto
from stations.queues import About, Choice, Queue, moment

SHOWN = 5  # similar items


def awaiting_review() -> list[Queue]:
    return [*fault_desk.both(), photo_queue(), suggestion_queue()]


# Photos


def photo_queue() -> Queue:
    return Queue(
        key="photo",
        name=_("Photos"),
        model=StationPhoto,
        waiting=waiting_photos,
        since="submitted_at",
        within=timedelta(days=3),
        choices=PHOTO_CHOICES,
        about=about_photo,
        rule=_(
            "It shows the station, the words say what is to be seen, and nobody can be recognised who has "
            "not agreed. Source: Personal Information Protection Law art. 25."
        ),
        roles=reach.COUNTY,
    )


def waiting_photos():
    waiting = StationPhoto.objects.filter(state=StationPhoto.State.PENDING)
    return waiting.select_related("station", "submitted_by").order_by("submitted_at", "pk")


PHOTO_CHOICES = (
    Choice(
        key="publish",
        label=_("Publish"),
        verb=photos.publish,
        shortcut="p",
        then=_("Everybody sees the photo on the station's page, and partners get it with their next fetch."),
    ),
    Choice(
        key="decline",
        label=_("Do not publish"),
        verb=photos.decline,
        shortcut="d",
        then=_("The photo stays off all pages. The station's manager reads your reason beside it."),
        checks=(photos.check_decline,),
        is_good=False,
        reasons=(
            _("People can be recognised. Please take it again without faces, or ask them first."),
            _("The photo is dark or blurred. Please take it again by daylight."),
            _("The photo shows something else. Please take one of the entrance or the room."),
            _("The words do not say what is to be seen. Please describe it in one sentence."),
        ),
    ),
)


def about_photo(photo) -> About:
    person = photo.submitted_by
    published = photo.station.photos.published()
    return About(
        title=str(photo),
        facts=[
            (gettext("station"), f"{photo.station} · {photo.station.address}"),
            (gettext("what it shows"), photo.alt),
            (gettext("submitted by"), str(person) if person else "–"),
            (gettext("submitted at"), moment(photo.submitted_at)),
        ],
        picture=photo.get_absolute_url(),
        person=photos_of(person) if person else [],
        similar=[(other.alt, other.get_absolute_url()) for other in published[:SHOWN]],
    )


def photos_of(person) -> list[str]:
    handed_in = StationPhoto.objects.filter(submitted_by=person)
    published = handed_in.published().count()
    declined = handed_in.filter(state=StationPhoto.State.DECLINED).count()
    return [
        ngettext("%(n)d photo published before", "%(n)d photos published before", published)
        % {"n": published},
        ngettext("%(n)d photo not published", "%(n)d photos not published", declined) % {"n": declined},
    ]


# Suggested sites


def suggestion_queue() -> Queue:
    return Queue(
        key="suggestion",
        name=_("Suggested sites"),
        model=SiteSuggestion,
        waiting=waiting_suggestions,
        since="created_at",
        within=timedelta(days=10),
        choices=SUGGESTION_CHOICES,
        about=about_suggestion,
        rule=_(
            "Would many outdoor workers use it, and is there no station near? "
            "Source: the provincial plan, public participation in building stations."
        ),
        station=None,
        organisation="division__union",
        roles=reach.COUNTY,
    )


def waiting_suggestions():
    return SiteSuggestion.objects.undecided().select_related("division__union").order_by("created_at", "pk")


SUGGESTION_CHOICES = (
    Choice(
        key="look_into",
        label=_("Look at it on site"),
        verb=suggestions.look_into,
        shortcut="l",
        then=_("Whoever suggested the place reads that somebody looks at it. It goes on waiting here."),
        checks=(suggestions.check_look_into,),
        reasons=(_("Thank you. Somebody goes there this month and looks."),),
    ),
    Choice(
        key="adopt",
        label=_("Adopt"),
        verb=suggestions.adopt,
        shortcut="a",
        then=_("Whoever suggested the place reads that it is adopted, with what you write."),
        reasons=(_("Thank you. The place is in the plan for the coming year."),),
    ),
    Choice(
        key="decline",
        label=_("Do not adopt"),
        verb=suggestions.decline,
        shortcut="d",
        then=_("Whoever suggested the place reads your reason. It can be suggested again."),
        checks=(suggestions.check_decline,),
        is_good=False,
        reasons=(
            _("Thank you. There is a station within a few minutes' walk; the directory shows the way."),
            _("Thank you. We have found no room there that could be used. Do you know of one?"),
            _("Thank you. We could not find the place. Could you describe it once more?"),
            _("Thank you. The place has been suggested before, and is being looked at already."),
        ),
    ),
)


def about_suggestion(suggestion) -> About:
    division = suggestion.division
    near = SiteSuggestion.objects.filter(division=division).exclude(pk=suggestion.pk)
    facts = [
        (gettext("county"), f"{division.prefecture}{division.name}"),
        (gettext("where"), suggestion.place),
        (gettext("why there"), suggestion.why),
        (gettext("state"), suggestion.get_state_display()),
        (gettext("suggested at"), moment(suggestion.created_at)),
    ]
    if suggestion.looked_at:
        facts.append((gettext("looked into since"), moment(suggestion.looked_at)))
    if suggestion.answer:
        facts.append((gettext("reason for the decision"), suggestion.answer))
    return About(
        title=str(suggestion),
        facts=facts,
        similar=[
            (
                f"{other.place} · {other.get_state_display()}",
                queues.address("suggestion", other.pk)
                if other.is_undecided
                else reverse("admin:stations_sitesuggestion_change", args=[other.pk]),
            )
            for other in near.order_by("-created_at")[:SHOWN]
        ],
    )
