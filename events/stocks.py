"""Stock: what is delivered, and what is counted on the shelf. Redemptions move it by themselves."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from events.models import Redemption, Stock, StockMovement
from stations.refusals import Refusal

Kind = StockMovement.Kind


# May I?


def check_delivery(stock, pieces: int, reason: str):
    if not pieces:
        raise Refusal("nothing", _("Please say how many pieces have come."))
    if pieces < 0 and not reason.strip():
        raise Refusal("reason_needed", _("Please say where the pieces have gone."))
    if stock.left + pieces < 0:
        raise too_few()


def check_count(stock, counted: int, reason: str):
    reserved, books = waiting(stock).count(), on_the_shelf(stock)
    if counted != books and not reason.strip():
        raise Refusal(
            "reason_needed",
            _("The books say %(books)d pieces. Please count again, or say why there are %(counted)d.")
            % {"books": books, "counted": counted},
        )
    if counted < reserved:
        raise Refusal(
            "reserved",
            _("%(n)d pieces are reserved for people. Please give their points back first.") % {"n": reserved},
        )


def too_few() -> Refusal:
    return Refusal("too_few", _("There are not so many pieces left. Please count the shelf first."))


# The verbs


@transaction.atomic
def deliver(stock: Stock, pieces: int, *, by, reason="") -> StockMovement:
    """Pieces that have come; a minus where some were taken away, with its reason."""
    stock.refresh_from_db(fields=["left"])
    check_delivery(stock, pieces, reason)
    try:
        with transaction.atomic():
            return move(stock, Kind.DELIVERY, pieces, by, reason)
    except IntegrityError as error:
        raise too_few() from error


@transaction.atomic
def count(stock: Stock, counted: int, *, by, reason="") -> StockMovement:
    """A stock-take: the pieces on the shelf, and why they are not as many as the books say."""
    stock = Stock.objects.select_for_update(no_key=True).get(pk=stock.pk)
    check_count(stock, counted, reason)
    return move(stock, Kind.COUNT, counted - on_the_shelf(stock), by, reason, counted=counted)


def on_the_shelf(stock) -> int:
    """What must be there: what can still be given away, and what waits to be collected."""
    return stock.left + waiting(stock).count()


def waiting(stock):
    """What is reserved of it; any row that names the station and the reward will do."""
    return Redemption.objects.waiting().filter(station=stock.station_id, reward=stock.reward_id)


def move(stock, kind, pieces, by, reason, **more) -> StockMovement:
    said = {"actor": by, "reason": reason.strip()[:120], **more}
    return StockMovement.objects.create(stock=stock, kind=kind, pieces=pieces, **said)
