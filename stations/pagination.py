"""Pages of lists that may have a million rows, and the way from one to the next."""

from functools import cached_property

from django.core.paginator import Paginator


def link_to_next(request, **question) -> str:
    """The header `Link` of an API's answer: the same question, with what leads to the page behind it."""
    query = request.query_params.copy()
    for name, value in question.items():
        query[name] = value
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return f'<{address}>; rel="next"'


class BoundedPaginator(Paginator):
    """Counts no further than `MOST`: nobody leafs further, and a list is narrowed instead.

    An admin that uses it sets `show_full_result_count = False` too.
    """

    MOST = 10_000

    @cached_property
    def counted(self) -> int:
        return len(self.object_list) if isinstance(self.object_list, list) else self.rows().count()

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.MOST)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.counted > self.MOST

    def rows(self):
        """What is counted: keys alone, in no order, up to one more than is shown."""
        return self.object_list.order_by().values("pk")[: self.MOST + 1]
