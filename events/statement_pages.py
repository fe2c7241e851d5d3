"""A person's own points: a month to read or print, and the quarters that everybody may read."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import quarters, statements
from stations.pagination import BoundedPaginator
from stations.refusals import Refusal

PAGE_SIZE = 50


@never_cache
@require_safe
def my_points(request):
    month = month_asked(request)
    account = statements.find(request.user)
    context = {
        "month": month,
        "today": timezone.localdate(),
        "has_account": account is not None,
        "statement": statements.NOTHING_YET,
        "outlook": statements.nothing(),
    }
    if account:
        found = list(statements.entries(account, month)[: statements.MOST_A_MONTH + 1])
        context |= {
            "statement": statements.of_month(account, month),
            "outlook": statements.outlook(account),
            "entries": found[: statements.MOST_A_MONTH],
            "is_cut": len(found) > statements.MOST_A_MONTH,
            **beside(account, month),
        }
    return render(request, "events/my_points.html", context)


def month_asked(request):
    """This month where the address says none that has begun."""
    try:
        return min(statements.month_of(request.GET.get("month", "")), statements.this_month())
    except Refusal:
        return statements.this_month()


def beside(account, month) -> dict:
    """The months before and after, as far as there is something to read."""
    first, following = statements.first_month(account), statements.following(month)
    return {
        "previous": statements.before(month) if month > first else None,
        "next": following if following <= statements.this_month() else None,
    }


@login_not_required
@require_safe
def table(request):
    """What was earned and spent in a quarter, by station, under nicknames."""
    published = quarters.published()
    chosen = quarters.asked(request.GET.get("quarter", ""), published)
    words = request.GET.get("station", "").strip()[:80]
    rows = quarters.lines(chosen, words) if chosen else []
    context = {
        "published": published,
        "chosen": chosen,
        "words": words,
        "page": BoundedPaginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "events/points_table.html", context)
