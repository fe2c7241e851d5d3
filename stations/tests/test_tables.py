import zipfile
from datetime import date

import pytest
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from stations.imports import tables


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def saved(book, path):
    book.save(path)
    return path


def rewritten(path, old, new):
    """The workbook with other bytes in its parts."""
    parts = zipfile.ZipFile(path)
    content = {name: parts.read(name).replace(old, new) for name in parts.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in content.items():
            target.writestr(name, part)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_csv_is_read_in_every_usual_encoding(file, encoding):
    table = tables.read(file("a.csv", "名称,地址\r\n石门驿站,瓯南街道\r\n".encode(encoding)))

    assert table.headings == ["名称", "地址"]
    assert table.rows == [(2, ["石门驿站", "瓯南街道"])]


def test_rows_have_the_numbers_that_the_spreadsheet_shows(file):
    text = 'name,about\n"two\nlines","a, b"\n\n , \nlast,\n'

    table = tables.read(file("a.csv", text.encode()))

    assert table.rows == [(2, ["two\nlines", "a, b"]), (5, ["last", ""])]


def test_spaces_of_every_kind_around_a_value_are_dropped(file):
    table = tables.read(file("A.CSV", "name\n\u00a0\u3000石门\u200b驿站\ufeff \n".encode()))

    assert table.rows == [(2, ["石门驿站"])]


def test_a_workbook_gives_the_same_text_as_a_csv_file(tmp_path):
    book = workbook(
        ["code", "lat", "is_demo", "about", "on"], [331002, 28.6759, True, None, date(2026, 11, 1)]
    )

    table = tables.read(saved(book, tmp_path / "a.xlsx"))

    assert table.headings == ["code", "lat", "is_demo", "about", "on"]
    assert table.rows == [(2, ["331002", "28.6759", "True", "", "2026-11-01 00:00:00"])]


def test_a_formula_is_read_as_its_text_and_never_calculated(tmp_path):
    book = workbook(["a", "b", "c"], ['=HYPERLINK("http://example.org","x")', "=1+1"])
    book.active["C2"] = ArrayFormula("C2:C3", "=SUM(A1:B1)")

    table = tables.read(saved(book, tmp_path / "a.xlsx"))

    assert table.rows == [(2, ['=HYPERLINK("http://example.org","x")', "=1+1", "="])]


def test_a_cell_merged_downwards_counts_for_each_row_that_it_spans(tmp_path):
    book = workbook(
        ["county", "name", "about"],
        ["椒江区", "one", "a"],
        [None, "two"],
        [None, None, "b"],
        [],
        [None, "next"],
    )
    sheet = book.active
    sheet.merge_cells("A2:A5")
    sheet.merge_cells("C2:C3")
    sheet.merge_cells("B6:C6")

    table = tables.read(saved(book, tmp_path / "a.xlsx"))

    assert table.rows == [
        (2, ["椒江区", "one", "a"]),
        (3, ["椒江区", "two", "a"]),
        (4, ["椒江区", "", "b"]),
        (6, ["", "next"]),
    ]


def test_headings_merged_with_a_row_below_are_not_read_as_a_station(tmp_path):
    book = workbook(["county", "name"], [None, "the name"], ["椒江区", "one"])
    book.active.merge_cells("A1:A2")

    assert tables.read(saved(book, tmp_path / "a.xlsx")).rows == [
        (2, ["", "the name"]),
        (3, ["椒江区", "one"]),
    ]


def test_hidden_and_missing_cells_do_not_disturb(tmp_path):
    book = workbook(["county", "name"], ["椒江区", "one"], [None, "two"])
    sheet = book.active
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = True
    sheet["B9"] = "nine"

    table = tables.read(saved(book, tmp_path / "a.xlsx"))

    assert table.rows == [(2, ["椒江区", "one"]), (3, ["", "two"]), (9, ["", "nine"])]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_table_with_too_many_rows_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    for rows, wanted in ([1, 2], [(2, ["1"]), (3, ["2"])]), ([1, 2, 3], None):
        path = tmp_path / name
        if name == "a.csv":
            path.write_text("\n".join(map(str, ["name", *rows])))
        else:
            saved(workbook(["name"], *([row] for row in rows)), path)
        if wanted:
            assert tables.read(path).rows == wanted
        else:
            with pytest.raises(tables.Unreadable, match="more than 2 rows. Please divide it"):
                tables.read(path)


def test_a_row_in_the_millions_is_refused_and_not_counted_up_to(tmp_path):
    path = rewritten(
        saved(workbook(["name"], ["one"]), tmp_path / "a.xlsx"), b'<row r="2"', b'<row r="2000000000"'
    )

    with pytest.raises(tables.Unreadable, match="more than 50000 rows"):
        tables.read(path)


def test_cells_far_to_the_right_are_not_waited_for(tmp_path):
    book = workbook(["name"], ["one"])
    book.active["XFD2"] = "far"

    assert tables.read(saved(book, tmp_path / "a.xlsx")).rows == [(2, ["one"])]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_of_more_than_40_megabytes_is_refused(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    with path.open("wb") as file:
        file.truncate(40_000_001)

    with pytest.raises(tables.Unreadable, match=r"^The file is larger than 40 MB. Please divide it"):
        tables.read(path)


def test_a_workbook_that_unpacks_to_hundreds_of_megabytes_is_refused_before_it_is_unpacked(tmp_path):
    path = saved(workbook(["name"], ["one"]), tmp_path / "a.xlsx")
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/more.xml", "w") as part,
    ):
        for _megabyte in range(301):
            part.write(bytes(1_000_000))

    assert path.stat().st_size < 1_000_000
    with pytest.raises(tables.Unreadable, match="unpacks to a size that no table of stations has"):
        tables.read(path)


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_named(tmp_path):
    book = workbook(["hidden"])
    book.active.title = "old"
    book.active.sheet_state = "hidden"
    book.create_sheet("empty")
    book.create_sheet("stations").append(["name"])
    book.create_sheet("notes").append(["note"])
    book.active = 2

    table = tables.read(saved(book, tmp_path / "a.xlsx"))

    assert table.headings == ["name"]
    assert table.unread_sheets == ["old", "empty", "notes"]


def test_a_sheet_that_states_a_wrong_size_is_read_whole(tmp_path):
    path = saved(workbook(["name"], ["one"], ["two"]), tmp_path / "a.xlsx")
    rewritten(path, b'ref="A1:A3"', b'ref="A1"')

    assert [cells for _number, cells in tables.read(path).rows] == [["one"], ["two"]]


JPEG = bytes.fromhex("FFD8FFE000104A46494600010100000100010000")
OLE = bytes.fromhex("D0CF11E0A1B11AE1")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.xlsx", JPEG, "This is not an Excel workbook, although its name ends in .xlsx."),
        ("photo.csv", JPEG, "The file is not text in UTF-8 or GB18030. Please save it as CSV again."),
        ("binary.csv", b"name\0\n", "The file is not text in UTF-8 or GB18030. Please save it as CSV again."),
        (
            "secret.xlsx",
            OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
            "The workbook is protected by a password. Please save it without one.",
        ),
        ("old.xlsx", OLE + bytes(500), "This is an Excel file of the old kind. Please save it as .xlsx."),
        ("old.xls", OLE, "Only .csv and .xlsx files can be read. Please save the table as one of them."),
        (
            "noending",
            b"name\n",
            "Only .csv and .xlsx files can be read. Please save the table as one of them.",
        ),
        ("empty.csv", b"", "The file is empty."),
        ("empty.xlsx", b"", "The file is empty."),
        ("bom.csv", b"\xef\xbb\xbf\r\n , \r\n", "The file is empty."),
        (
            "quote.csv",
            b'name,about\nx,"open\ny,z\n',
            "Line 3 is not proper CSV. Please check the quotation marks.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(file, name, content, sentence):
    with pytest.raises(tables.Unreadable) as refused:
        tables.read(file(name, content))

    assert str(refused.value) == sentence


def test_a_zip_file_that_is_no_workbook_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")

    with pytest.raises(tables.Unreadable, match="The workbook is damaged"):
        tables.read(tmp_path / "a.xlsx")


def test_a_workbook_that_breaks_off_is_refused(tmp_path):
    path = saved(workbook(["name"], *[[f"station {n}"] for n in range(500)]), tmp_path / "a.xlsx")
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 3 : len(damaged) // 2] = bytes(len(damaged) // 2 - len(damaged) // 3)
    path.write_bytes(damaged)

    with pytest.raises(tables.Unreadable, match="The workbook is damaged"):
        tables.read(path)


def test_a_workbook_without_content_is_refused(tmp_path):
    with pytest.raises(tables.Unreadable, match="no visible sheet with anything in it"):
        tables.read(saved(Workbook(), tmp_path / "a.xlsx"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(tables.Unreadable, match=r"^The file cannot be opened: No such file or directory$"):
        tables.read(tmp_path / "missing.csv")
