import uuid
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stations.models import Organisation, Station


class UserManager(BaseUserManager):
    def get_by_natural_key(self, login):
        return self.get(Q(email=login.lower()) | Q(phone=login))

    def create_user(self, email=None, phone=None, password=None, **fields):
        user = self.model(email=email.lower() if email else None, phone=phone or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password=password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """The one account, known by phone or e-mail. What a person does here is a profile of its own."""

    email = models.EmailField(
        _("e-mail"),
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("This e-mail address has an account already.")},
    )
    phone = models.CharField(
        _("mobile number"),
        max_length=16,
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("This number has an account already.")},
    )
    phone_verified = models.BooleanField(_("mobile number verified"), default=False)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=7, choices=[("zh-hans", "简体中文"), ("en", "English")], default="zh-hans"
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["-date_joined"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False),
                name="person_can_be_reached",
                violation_error_message=_("Please give a mobile number or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")) & ~Q(email=""), name="email_is_lower_case_and_not_empty"
            ),
        ]

    def __str__(self):
        return self.name or self.address

    def get_short_name(self):
        return str(self)

    @property
    def address(self):
        """Where messages go: the e-mail address if there is one, else the phone."""
        return self.email or self.phone


class Consent(models.Model):
    """A person's agreement to one version of the personal information rules (PIPL arts. 13–15)."""

    person = models.ForeignKey(User, models.CASCADE, related_name="consents", verbose_name=_("person"))
    version = models.CharField(_("version of the rules"), max_length=20)
    given_at = models.DateTimeField(_("given at"), default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version"],
                condition=Q(withdrawn_at=None),
                name="one_standing_consent_per_version",
            )
        ]

    def __str__(self):
        return f"{self.person} · {self.version}"


def new_due_at():
    return timezone.now() + Decision.UNDO


class Decision(models.Model):
    """An answer given at the desk: held for ten seconds, in which it can be undone, then carried out."""

    UNDO = timedelta(seconds=10)

    class State(models.TextChoices):
        HELD = "held", _("About to take effect")
        DONE = "done", _("In effect")
        UNDONE = "undone", _("Undone")
        REFUSED = "refused", _("Not possible any more")

    queue = models.CharField(_("queue"), max_length=20)
    object_id = models.BigIntegerField()
    name = models.CharField(_("what"), max_length=200)
    choice = models.CharField(_("decision"), max_length=20)
    reason = models.CharField(_("reason for the decision"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="decisions", verbose_name=_("decided by"))
    batch = models.UUIDField(default=uuid.uuid4)
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now)
    due_at = models.DateTimeField(_("takes effect at"), default=new_due_at)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.HELD)
    outcome = models.CharField(_("why not"), max_length=200, blank=True)
    station = models.ForeignKey(
        Station, models.PROTECT, null=True, related_name="+", verbose_name=_("station")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-decided_at", "-pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="held"), name="decision_due"),
            models.Index(fields=["by", "-decided_at"], name="decision_of_person"),
            models.Index(fields=["queue", "object_id", "-decided_at"], name="decision_of_item"),
            models.Index(fields=["batch"], name="decision_batch"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "object_id"], condition=Q(state="held"), name="one_held_decision_per_item"
            )
        ]

    def __str__(self):
        return self.name
