from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")

    def ready(self):
        import_module("portal.checks")


class PortalAdminConfig(SimpleAdminConfig):
    """The admin without autodiscovery: django-leaflet's own admin module needs GDAL (its issue 299)."""

    default_site = "portal.admin_site.PortalAdminSite"

    def ready(self):
        super().ready()
        for package in ("stations", "events", "volunteers", "portal"):
            import_module(f"{package}.admin")
