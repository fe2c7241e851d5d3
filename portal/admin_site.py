from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from events import settlement_pages
from portal import desk_views, menu, search_views
from stations import reach
from volunteers import invitation_pages, roster_pages

# The provincial plan's three links: 建 (build), 管 (manage), 用 (use).
MENU = [
    (
        "build",
        _("Build"),
        [
            "station",
            "importjob",
            "sitesuggestion",
            "swapcabinet",
            "kiosk",
            "posting",
            "organisation",
            "division",
        ],
    ),
    (
        "manage",
        _("Manage"),
        [
            "fault",
            "hazardreport",
            "credential",
            "appeal",
            "volunteer",
            "team",
            "agreement",
            "redemptionday",
            "redemptiondayexception",
            "reward",
            "earningrule",
            "stock",
            "message",
        ]
        + ["user", "consent", "decision", "historyline"],
    ),
    (
        "use",
        _("Use"),
        [
            "shift",
            "series",
            "signup",
            "invitation",
            "hoursentry",
            "certificate",
            "serviceday",
            "booth",
            "booking",
            "redemption",
            "workerpass",
            "pointsaccount",
            "pointsdecision",
            "pointsentry",
            "stockmovement",
            "quarterline",
        ],
    ),
]


class PortalAdminSite(AdminSite):
    site_title = _("Nuanyi · workplace")
    site_header = _("Nuanyi · workplace")
    index_title = _("What is in your care")
    site_url = "/"

    def has_permission(self, request):
        """Whoever has a posting today; the day after it ends the door is shut."""
        return request.user.is_active and reach.of_request(request).may(reach.EVERYBODY)

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """One door for everybody: the portal's own sign-in, with its codes and limits."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        query = urlencode({"next": request.GET.get("next", reverse("admin:index"))})
        return redirect(f"{reverse('account_login')}?{query}")

    def get_urls(self):
        return [
            path("search/", self.admin_view(search_views.page), name="search"),
            *self.desk_urls(),
            *self.roster_urls(),
            path("settlement/", self.admin_view(settlement_pages.page), name="settlement"),
            *super().get_urls(),
        ]

    def desk_urls(self):
        """/admin/desk/"""
        pages = [
            ("undo/<uuid:batch>/", desk_views.undo, "desk_undo"),
            ("<slug:key>/", desk_views.queue, "desk_queue"),
            ("<slug:key>/preview/", desk_views.preview, "desk_preview"),
            ("<slug:key>/decide/", desk_views.decide, "desk_decide"),
            ("<slug:key>/<int:pk>/", desk_views.item, "desk_item"),
        ]
        return [path(f"desk/{route}", self.admin_view(view), name=name) for route, view, name in pages]

    def roster_urls(self):
        """/admin/roster/, and the way from a gap to those who could fill it."""
        pages = [
            ("roster/", roster_pages.page, "roster"),
            ("roster/export.xlsx", roster_pages.export, "roster_export"),
            ("volunteers/shift/<int:pk>/invite/", invitation_pages.invite, "volunteers_shift_invite"),
        ]
        return [path(route, self.admin_view(view), name=name) for route, view, name in pages]

    def index(self, request, extra_context=None):
        """The desk comes first."""
        return super().index(request, {**desk_views.first_page(request), **(extra_context or {})})

    def get_app_list(self, request, app_label=None):
        """The models in the three groups of the menu instead of by package."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        found = {model["model"]._meta.model_name: model for app in apps for model in app["models"]}
        groups = []
        for key, name, models in MENU:
            here = [found[model] for model in models if model in found]
            if here:
                groups.append(
                    {"name": name, "app_label": key, "app_url": "", "has_module_perms": True, "models": here}
                )
        menu.add_numbers(request, groups)
        menu.add_pages(groups)
        return groups
