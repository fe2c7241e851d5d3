"""What the owner of an account reads of a card that shares its points: only the owner may want one."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from events import messages

ISSUED = (
    _("A points card for your account"),
    _(
        "%(station)s has issued a points card that shares the points of your account.\n\n"
        "If you have not asked for it, please tell the station at once."
    ),
)
REPLACED = (
    _("Your points card was replaced"),
    _(
        "The old points card of your account no longer works; the points are on the new one.\n\n"
        "If you have not asked for it, please tell %(station)s at once."
    ),
)


def tell(worker_pass, letter) -> None:
    """Write one of the letters above, once for each number of the card; nobody where there is no account."""
    person = worker_pass.account.person
    if person is None:
        return
    subject, body = letter
    with translation.override(person.language):
        messages.write(
            person.address,
            person=person,
            key=f"card:{worker_pass.number}",
            subject=str(subject),
            body=str(body) % {"station": worker_pass.station.name},
        )
