"""Rows of the workplace that are read in their list, and decided at the desk only."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stations import queues
from stations.refusals import Refusal
from stations.scope import NotWrittenByHand

AT_ONCE = 400  # ids; servers refuse an address of more than 4094 characters


class DecidedAtTheDesk(NotWrittenByHand):
    """Nothing is typed in; while a row waits, whoever may decide it finds the way to the desk."""

    saved_by_verbs = True

    def queue_of(self, obj) -> str:
        """The queue in which the row waits, or nothing."""
        raise NotImplementedError

    def has_change_permission(self, request, obj=None):
        """Of the list, for its actions; never of a row."""
        return obj is None and super().has_change_permission(request)

    def get_fields(self, request, obj=None):
        may_decide = obj is not None and super().has_change_permission(request, obj)
        return [*(["desk"] if may_decide and self.queue_of(obj) else []), *self.fields]

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj)

    @admin.display(description=_("It waits for a decision"))
    def desk(self, obj):
        address = queues.address(self.queue_of(obj), obj.pk)
        return format_html('<a class="button" href="{}">{}</a>', address, gettext("Decide at the desk"))


def to_preview(queue, choice: str, label) -> Callable:
    """An action of a list that leads to the preview of a decision; `queue` is a key, or finds it for rows."""

    @admin.action(description=label, permissions=["change"])
    def action(model_admin, request, rows):
        try:
            key, ids = queue(rows) if callable(queue) else queue, chosen(rows)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return None
        return redirect(f"{reverse('admin:desk_preview', args=[key])}?choice={choice}&ids={ids}")

    action.__name__ = choice
    return action


def chosen(rows) -> str:
    ids = [str(pk) for pk in rows.order_by().values_list("pk", flat=True)[: AT_ONCE + 1]]
    if len(ids) > AT_ONCE:
        sentence = gettext("Please choose at most %(limit)d at a time.")
        raise Refusal("too_many", sentence % {"limit": AT_ONCE})
    return ",".join(ids)
