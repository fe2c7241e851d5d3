"""Tokens: with one, a program acts for a person, beside the session of her browser.

The table keeps a digest, so that whoever reads it can act for nobody.
"""

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, permissions
from rest_framework.authtoken.models import Token

from portal import consent
from portal.models import User
from stations.refusals import Refusal


@transaction.atomic
def make(person) -> str:
    """A new token in place of the old one; nobody can read it a second time."""
    User.objects.select_for_update().get(pk=person.pk)  # one after the other, should two ask at once
    delete(person)
    key = Token.generate_key()
    Token.objects.create(user=person, key=digest(key))
    return key


def of(person) -> Token | None:
    return Token.objects.filter(user=person).first()


def delete(person) -> bool:
    return bool(Token.objects.filter(user=person).delete()[0])


def digest(key):
    """As long as the column; a random key of 160 bits needs no salt."""
    return sha256(key.encode()).hexdigest()[:40]


class TokenAuthentication(authentication.TokenAuthentication):
    def authenticate_credentials(self, key):
        return super().authenticate_credentials(digest(key))


class HasConsented(permissions.BasePermission):
    """What the middleware asks of pages: no act without consent to the personal information rules."""

    def has_permission(self, request, view):
        if not consent.stands(request.user):
            raise Refusal(
                "consent_required",
                _("Please sign in once and agree to the personal information rules."),
            )
        return True
