from events.models.bookings import Booking, Booth
from events.models.days import RedemptionDay, RedemptionDayException, ServiceDay
from events.models.messages import Message
from events.models.passes import WorkerPass
from events.models.points import PointsAccount, PointsEntry, Redemption, Reward, Stock

__all__ = [
    "Booking",
    "Booth",
    "Message",
    "PointsAccount",
    "PointsEntry",
    "Redemption",
    "RedemptionDay",
    "RedemptionDayException",
    "Reward",
    "ServiceDay",
    "Stock",
    "WorkerPass",
]
