from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from stations.fields import SearchField
from stations.models.divisions import Division


class OrganisationQuerySet(models.QuerySet):
    def within(self, roots):
        """Organisations (ids) with all that lies below them: the tree is four steps deep at most."""
        up = "parent"
        reached = Q(pk__in=roots)
        for _step in range(len(Organisation.Kind) - 1):
            reached |= Q(**{f"{up}__in": roots})
            up += "__parent"
        return self.filter(reached)


class Organisation(models.Model):
    """A union of the federation: province → prefecture → county → town, industrial unions beside them."""

    class Kind(models.TextChoices):
        """In their order from the top: whoever stands below has a later kind."""

        PROVINCE = "province", _("Provincial federation")
        PREFECTURE = "prefecture", _("Prefecture federation")
        INDUSTRY = "industry", _("Industrial union")
        COUNTY = "county", _("County federation")
        ENTERPRISE = "enterprise", _("Enterprise union")
        TOWN = "town", _("Town or street union")

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    # The union of a prefecture or county: whatever has only a place is in its care.
    division = models.OneToOneField(
        Division, models.PROTECT, null=True, blank=True, related_name="union", verbose_name=_("division")
    )
    search = SearchField(sources=["name"])

    objects = OrganisationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["search"])

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["division", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="province"), name="one_provincial_federation"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, kind="province") | Q(parent__isnull=False) & ~Q(kind="province"),
                name="only_the_province_stands_alone",
                violation_error_message=_("Please say which organisation this one belongs to."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Kinds run downwards, so the tree has no circle and is never deeper than its kinds."""
        kinds = self.Kind.values
        if self.parent and self.kind and kinds.index(self.parent.kind) >= kinds.index(self.kind):
            words = {"kind": self.get_kind_display(), "parent": self.parent}
            raise ValidationError(
                {
                    "parent": _("A %(kind)s cannot stand below %(parent)s. Please choose one further up.")
                    % words
                }
            )

    @property
    def organisation(self):
        """In whose care the row is, as every row that has a history says it."""
        return self
