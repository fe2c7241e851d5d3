"""The menu's numbers: what waits in the queues of each model, asked once a request."""

from collections import Counter

from django.urls import reverse
from django.utils.translation import gettext as _

from portal import desk


def waiting(request) -> dict[str, int]:
    """How much waits for the reader, by the label of the model it stands in."""
    if not hasattr(request, "waiting"):
        request.waiting = Counter()
        for key, number in desk.counts_of(request).items():
            request.waiting[desk.QUEUES[key].model._meta.label] += number
    return request.waiting


def add_numbers(request, groups):
    """Put what waits beside the entries of the menu it belongs to; pop-ups show no menu."""
    if "_popup" in request.GET:
        return
    for group in groups:
        for entry in group["models"]:
            number = waiting(request)[entry["model"]._meta.label]
            entry["waiting"] = number
            entry["waiting_shown"] = f"{desk.MANY - 1}+" if number >= desk.MANY else str(number)


def add_roster(groups):
    """The week of the shifts, in front of their list, for whoever sees that."""
    for group in groups:
        for place, entry in enumerate(group["models"]):
            if entry["object_name"] == "Shift":
                roster = {
                    "name": _("Week roster"),
                    "object_name": "Roster",
                    "admin_url": reverse("admin:roster"),
                }
                group["models"].insert(place, {**entry, **roster, "add_url": None, "view_only": True})
                return
