"""The page with all that was found."""

from django.contrib import admin
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal import search
from stations.search import words

LONGEST = 100


def page(request):
    """What the reader looks for among all that is in their care."""
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:LONGEST]
    context = admin.site.each_context(request) | {
        "title": _("Search"),
        "sought": text,
        "groups": search.find(admin.site, request, text) if words(text) else [],
    }
    return render(request, "admin/search.html", context)
