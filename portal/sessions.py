"""Who is signed in: what every request of theirs asks, in two questions that are written once."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from portal.models import Consent, User
from stations.prepared import Prepared

session = Prepared(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now))


def with_consent(pk, version):
    standing = Consent.objects.filter(person=OuterRef("pk"), version=version, withdrawn_at=None)
    rows = User.objects.filter(pk=pk).select_related("volunteer")
    return rows.annotate(has_consented=Exists(standing))


user = Prepared(with_consent)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        found = session(self.session_key, timezone.now())
        if not found:
            self._session_key = None
        return found[0] if found else None


class Backend(AuthenticationBackend):
    def get_user(self, user_id):
        """With the volunteer's profile, and with `has_consented`, which `consent.stands` reads."""
        found = user(user_id, settings.PRIVACY_RULES_VERSION)
        return found[0] if found and self.user_can_authenticate(found[0]) else None
