"""The week that an opening hours text means, shown under its field as somebody types."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Script
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from stations import hour_texts, hours


class HoursPreview:
    class Media:
        # A module waits for the page to be there.
        js = [Script("stations/hours-preview.js", type="module")]

    def get_urls(self):
        view = self.admin_site.admin_view(self.hours_preview)
        return [path("hours-preview/", view, name="stations_station_hours_preview"), *super().get_urls()]

    def hours_preview(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponse(week_read(request.GET.get("text", "")))

    @admin.display(description=_("how they are read"))
    def week_as_read(self, station):
        url = reverse("admin:stations_station_hours_preview")
        return format_html(
            '<div data-hours-preview="{}" aria-live="polite">{}</div>', url, week_read(station.opening_hours)
        )


def week_read(text):
    """The coming week as HTML, or what is wrong with the text and what may be meant by it."""
    text, error = text.strip()[:255], None
    try:
        if text:
            hours.validate(text)
    except ValidationError as refused:
        error = refused.messages[0]
    context = {"error": error, "text": text, "week": hours.week(text, timezone.localdate())}
    context["meant"] = hour_texts.read(text) if error else None
    return mark_safe(render_to_string("stations/_hours_read.html", context))
