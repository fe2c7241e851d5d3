"""The history of one row as its page in the workplace."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from stations import history
from stations.pagination import BoundedPaginator

PER_PAGE = 50


class HistoryPages(admin.ModelAdmin):
    """The page behind “History” tells the lines of the row instead of Django's own log, which is not kept."""

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        lines = history.of(row, parts=[inline.model for inline in self.inlines])
        page = BoundedPaginator(lines.select_related("person"), PER_PAGE).get_page(request.GET.get("p"))
        if getattr(row, "is_hidden", False):
            page.object_list = [line.without_people() for line in page]
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(name)s") % {"name": row},
            "page": page,
            "object": row,
            "opts": self.opts,
            "is_kept": history.is_kept(self.model),
            "module_name": self.opts.verbose_name_plural,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def log_addition(self, request, obj, message):
        """Kept by the history of the row."""

    def log_change(self, request, obj, message):
        """Kept by the history of the row."""

    def log_deletions(self, request, queryset):
        """Kept by the history of the row."""
