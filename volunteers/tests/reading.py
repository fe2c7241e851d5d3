"""Reading pages as people do: in English here, so that a test names what it sees."""

import html
import re

from django.test import Client


def reader():
    """A browser whose language is English."""
    return Client(headers={"accept-language": "en"})


def words(response):
    """What the page says, without its markup."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.partition(">")[2])).split())


def links(response):
    return re.findall(r'href="([^"]+)"', html.unescape(response.content.decode()))


def shifts_on(response):
    """The numbers of the shifts that a page links to, in their order."""
    return [int(pk) for pk in re.findall(r'href="/volunteer/shifts/(\d+)/"', response.content.decode())]
