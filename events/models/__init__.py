from events.models.days import RedemptionDay, RedemptionDayException, ServiceDay
from events.models.hazards import HazardReport
from events.models.messages import Message
from events.models.passes import WorkerPass
from events.models.points import PointsAccount, PointsEntry, Redemption, Reward, Stock

__all__ = [
    "HazardReport",
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
