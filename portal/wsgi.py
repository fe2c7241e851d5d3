import os

from django.core import checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

# What only the database can tell (demo accounts in production) stops the server here.
problems = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
if problems:
    raise SystemExit("\n".join(map(str, problems)))
