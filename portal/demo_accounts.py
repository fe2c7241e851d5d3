"""Who one can be in the demo: read by `manage.py demo` and by the sign-in page, nowhere in production."""

from django.utils.translation import gettext_lazy as _

PASSWORD = "demo-portal-2026"
ACCOUNTS = [
    {"email": "admin@example.org", "name": "陈主任", "role": _("administrator")},
    {"email": "auditor@example.org", "name": "审计员", "role": _("provincial auditor")},
    {"email": "moderator@example.org", "name": "吴干事", "role": _("county moderator")},
    {"email": "manager@example.org", "name": "叶站长", "role": _("station manager")},
    {"email": "volunteer@example.org", "name": "林律师", "role": _("volunteer lawyer")},
    {"email": "newcomer@example.org", "name": "小王", "role": _("new volunteer")},
]
WORKER_CARD = {"number": "33110001", "pin": "1357"}
