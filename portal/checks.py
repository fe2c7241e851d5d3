from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from portal.models import User

DEMO_DOMAIN = "@example.org"  # reserved (RFC 2606): nobody real has such an address


@checks.register(checks.Tags.database)
def no_demo_accounts_in_production(app_configs, databases=(), **kwargs):
    """Everybody can read the demo password in the README."""
    if settings.DEMO or "default" not in (databases or ()):
        return []
    try:
        found = User.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True).exists()
    except DatabaseError:  # before the first migration there are no accounts at all
        return []
    if not found:
        return []
    return [
        checks.Error(
            "Production refuses to start with demo accounts in the database.",
            hint="Start from a fresh database, or deactivate every account at example.org.",
            id="portal.E001",
        )
    ]
