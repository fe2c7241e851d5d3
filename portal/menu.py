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


def add_pages(groups):
    """The pages that are no list, each in front of the list it belongs to, for whoever sees that."""
    pages = {
        "Shift": {"name": _("Week roster"), "object_name": "Roster", "admin_url": reverse("admin:roster")},
        "Redemption": {
            "name": _("Settlement"),
            "object_name": "Settlement",
            "admin_url": reverse("admin:settlement"),
        },
    }
    for group in groups:
        for entry in list(group["models"]):
            if page := pages.get(entry["object_name"]):
                place = group["models"].index(entry)
                more = {"add_url": None, "view_only": True, "waiting": 0, "waiting_shown": "0"}
                group["models"].insert(place, {**entry, **page, **more})
