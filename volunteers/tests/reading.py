"""Reading pages and filling in forms as people do: in English here, so that a test names what it sees."""

import html
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from volunteers.tests.factories import LAWYER_NUMBER, PDF


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


def licence(**kw):
    """The form of a lawyer's licence, filled in well unless said."""
    photo = SimpleUploadedFile("licence.pdf", PDF, "application/pdf")
    return {"kind": "lawyer", "number": LAWYER_NUMBER, "issuer": "浙江省司法厅", "document": photo, **kw}
