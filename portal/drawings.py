"""How figures become bars: plain SVG, sized in units that are about a pixel each on a phone."""

from dataclasses import dataclass, field
from datetime import datetime

WIDTH = 336
TALL, BAR, GAP = 100, 22, 6  # the longest column, its width, the air between two
LINE, THICK = 44, 14  # a queue with its name above its bar


@dataclass(frozen=True)
class Cell:
    """A figure, as it reads, and the list of what it counts."""

    value: int
    text: str
    address: str


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]

    @property
    def value(self) -> int:
        return sum(cell.value for cell in self.cells)


@dataclass(frozen=True)
class Bar:
    """`reach` is what may be clicked: at least as large as what is seen."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str
    address: str
    reach: tuple[float, float, float, float]


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    anchor: str
    words: str


@dataclass(frozen=True)
class Drawing:
    height: int
    bars: list[Bar]
    texts: list[Text]
    width: int = WIDTH


@dataclass(frozen=True)
class Chart:
    """A drawing, what it says in a sentence, and its table: `head` names the columns."""

    key: str
    title: str
    summary: str
    head: list[str]
    rows: list[Row]
    drawing: Drawing
    counted_at: datetime
    legend: list[tuple[str, str]] = field(default_factory=list)  # kind of bar, what it means


def columns(rows: list[Row]) -> Drawing:
    """A column a row: what is below zero stands as nothing, and is read in the table."""
    most = max(1, *(row.value for row in rows))
    top, step = 18, BAR + GAP
    bars = []
    for number, row in enumerate(rows):
        height = TALL * max(row.value, 0) / most
        bars.append(
            Bar(
                x=number * step + GAP / 2,
                y=round(top + TALL - height, 1),
                width=BAR,
                height=round(height, 1),
                kind="week",
                words=f"{row.label}: {row.cells[0].text}",
                address=row.cells[0].address,
                reach=(number * step, 0, step, top + TALL),
            )
        )
    highest = max(range(len(rows)), key=lambda number: rows[number].value)
    middle = min(max(highest * step + step / 2, 30), WIDTH - 30)
    texts = [
        Text(middle, bars[highest].y - 5, "middle", rows[highest].cells[0].text),
        Text(0, top + TALL + 18, "start", rows[0].label),
        Text(WIDTH, top + TALL + 18, "end", rows[-1].label),
    ]
    return Drawing(top + TALL + 26, bars, texts)


def lines(rows: list[Row], kinds: list[str]) -> Drawing:
    """A line a row: its name, its sum, and its cells one after another."""
    most = max(1, *(row.value for row in rows))
    bars, texts = [], []
    for number, row in enumerate(rows):
        y, x = number * LINE, 0.0
        texts += [Text(0, y + 16, "start", row.label), Text(WIDTH, y + 16, "end", f"{row.value:,}")]
        for cell, kind in zip(row.cells, kinds, strict=True):
            width = round(WIDTH * cell.value / most, 1)
            if cell.value:
                words = f"{row.label}: {cell.text}"
                reached = (x, y, width, LINE)
                bars.append(Bar(x, y + 22, width, THICK, kind, words, cell.address, reached))
            x += width
    return Drawing(len(rows) * LINE, bars, texts)
