"""What a reader of the desk has filled in: the choice, an offered sentence, words of one's own."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.models import Decision
from stations.queues import Choice, Queue
from stations.refusals import Refusal, first_refusal

LENGTH = Decision._meta.get_field("reason").max_length
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)  # what fits a database's id


@dataclass(frozen=True)
class Answer:
    choice: Choice | None
    offered: str  # what the form calls the sentence
    meant_for: Choice | None  # the choice that the offered sentence belongs to
    own: str
    pks: tuple[str, ...] = ()  # as they were sent

    @property
    def reason(self) -> str:
        """The sentence in the site's first language, whoever picks it; own words as they were written."""
        with override(settings.LANGUAGE_CODE):
            sentence = str(self.meant_for.offers[self.offered]) if self.meant_for else ""
        return " ".join(filter(None, [sentence, self.own]))

    @property
    def refusal(self) -> Refusal | None:
        """Why no decision can be made of it, whatever the item is."""
        return first_refusal([check_choice, check_offered, check_length], self)

    @property
    def numbers(self) -> list[int]:
        return [int(pk) for pk in self.pks]


def given(data, queue: Queue) -> Answer:
    """The answer that a form or an address carries; an unknown sentence counts as none."""
    offered = data.get("offered", "")
    meant_for = next((c for c in queue.choices if offered in c.offers), None)
    pks = [pk.strip() for pk in ",".join(data.getlist("ids")).split(",")]
    return Answer(
        choice=queue.choice(data.get("choice")),
        offered=offered if meant_for else "",
        meant_for=meant_for,
        own=data.get("own", "").strip(),
        pks=tuple(filter(None, pks)),
    )


def check_choice(answer):
    if answer.choice is None:
        raise Refusal("no_choice", _("Please choose one of the decisions."))


def check_offered(answer):
    if answer.meant_for and answer.meant_for.key != answer.choice.key:
        raise Refusal(
            "other_sentence",
            _("The sentence you picked is meant for “%(other)s”. Please pick another one, or none.")
            % {"other": answer.meant_for.label},
        )


def check_length(answer):
    if len(answer.reason) > LENGTH:
        raise Refusal("too_long", _("Please say it in at most %(n)d characters.") % {"n": LENGTH})


def check_ticked(answer):
    if not answer.pks:
        raise Refusal("nothing", _("Please tick first what you want to decide."))


def check_numbers(answer):
    if not all(NUMBER.fullmatch(pk) for pk in answer.pks):
        raise Refusal("no_number", _("This link is not complete. Please choose from the list once more."))
