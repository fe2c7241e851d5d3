"""A person's volunteer profile: joining, and finding it again."""

from django.utils.translation import gettext as _

from stations.refusals import Refusal
from volunteers.models import Volunteer


def of(person, among=Volunteer.objects) -> Volunteer:
    """The person's volunteer profile, or a refusal that says where to make one."""
    volunteer = among.filter(person=person).first()
    if volunteer is None:
        raise Refusal("no_profile", _("Please tell us first what you can do, on “What I can do”."))
    return volunteer


def save(person, *, name: str, home_station, services: list[str]) -> Volunteer:
    """Join, or change what one offers."""
    volunteer, _new = Volunteer.objects.update_or_create(
        person=person, defaults={"name": name, "home_station": home_station, "services": services}
    )
    return volunteer
