from events.models.bookings import Booking, Booth
from events.models.days import RedemptionDay, RedemptionDayException, ServiceDay
from events.models.hazards import HazardReport
from events.models.messages import Message
from events.models.passes import CardNumber, WorkerPass
from events.models.points import EarningRule, PointsAccount, PointsDecision, PointsEntry
from events.models.quarters import QuarterLine
from events.models.redemptions import Redemption
from events.models.rewards import Price, Reward, Stock, StockMovement

__all__ = [
    "Booking",
    "Booth",
    "CardNumber",
    "EarningRule",
    "HazardReport",
    "Message",
    "PointsAccount",
    "PointsDecision",
    "PointsEntry",
    "Price",
    "QuarterLine",
    "Redemption",
    "RedemptionDay",
    "RedemptionDayException",
    "Reward",
    "ServiceDay",
    "Stock",
    "StockMovement",
    "WorkerPass",
]
