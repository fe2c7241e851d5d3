"""What must not lie about in the clear: encrypted to be read again, digested to be compared."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def encrypt(text: str) -> str:
    return box().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    return box().decrypt(text.encode()).decode()


def digest(text: str) -> str:
    """The same for the same text, under a key of ours: found again, not guessed from outside."""
    return hmac.new(settings.FIELD_KEYS[-1].encode(), text.encode(), hashlib.sha256).hexdigest()


def box() -> MultiFernet:
    """The first key encrypts, all of them decrypt: a new one is put in front of the old."""
    keys = (hashlib.sha256(key.encode()).digest() for key in settings.FIELD_KEYS)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
