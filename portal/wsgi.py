import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
# What only the database can tell (demo accounts in production) stops the server here.
call_command("check", tags=["database"], databases=["default"])
