"""Forms that are refused where the row has changed since they were opened, and that ask why."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from stations import history

MARK, WHY = "history_mark", "change_reason"  # fields beside those of the model
SHOWN = 20  # changes in between


class Stale:
    """Goes in front of a form that must not be saved this time."""

    def clean(self):
        values = super().clean()
        self.add_error(None, _("Nothing is saved yet. Please read above what has happened meanwhile."))
        return values


class FreshForms(admin.ModelAdmin):
    """Keeps of each form the newest line of history that its reader has seen, and saves it only if
    there is none newer. Reading and saving happen behind the lock of the row.
    """

    saved_by_verbs = False  # which ask for a reason of their own, and let only the first one through

    def asks_why(self):
        return history.is_kept(self.model) and not self.saved_by_verbs

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if not self.asks_why():
            return super().changeform_view(request, object_id, form_url, extra_context)
        request.is_stale = False
        if request.method != "POST":
            # Asked before the row is read: whoever changes it in between is noticed later.
            request.history_mark = self.newest(object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)
        request.change_reason = request.POST.get(WHY, "").strip()[:200]
        with transaction.atomic():
            self.lock(object_id)
            request.history_mark = self.newest(object_id)
            request.is_stale = object_id is not None and request.POST.get(MARK) != str(request.history_mark)
            response = super().changeform_view(request, object_id, form_url, extra_context)
        if request.is_stale and response.status_code == 200:
            response.status_code = 409
        return response

    def lock(self, object_id):
        rows = self.model._base_manager.select_for_update().filter(pk=self.key(object_id))
        list(rows.order_by().values_list("pk"))

    def key(self, object_id):
        try:
            return self.opts.pk.to_python(unquote(object_id)) if object_id else None
        except ValidationError:
            return None  # the admin itself answers that there is no such row

    def newest(self, object_id) -> int:
        """The number of the newest line of the row and its parts, 0 where there is none."""
        key = self.key(object_id)
        return (key and self.lines(self.model(pk=key)).aggregate(newest=Max("pk"))["newest"]) or 0

    def lines(self, row):
        return history.of(row, parts=[inline.model for inline in self.inlines])

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (Stale, form), {}) if getattr(request, "is_stale", False) else form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if self.asks_why():
            context |= {"asks_why": True, "history_mark": request.history_mark}
            context["change_reason"] = getattr(request, "change_reason", "")
            if request.is_stale:
                context |= {"is_stale": True, "meanwhile": self.meanwhile(request, obj)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def meanwhile(self, request, row):
        """What has changed since the form was opened, the newest first; nothing if nobody knows when."""
        seen = request.POST.get(MARK, "")
        if not (seen.isdecimal() and seen.isascii() and len(seen) < 19):
            return []
        lines = self.lines(row).filter(pk__gt=int(seen), pk__lte=request.history_mark)
        return list(lines.select_related("person")[:SHOWN])

    def save_model(self, request, obj, form, change):
        if form.changed_data or not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Whoever changes only what hangs on a row changes the row: maps and exports look at it."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets) and hasattr(form.instance, "touch"):
            form.instance.touch()
