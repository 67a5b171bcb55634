"""CSV as people have it: encodings, separators, line ends, and files that are no CSV."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pytest
from tests.sources.reading import column, model, read

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.sources import Options
from tamis.sources.csv_files import ready
from tamis.sources.options import Manner
from tamis.sources.packed import BLOCK, blocks

NAMED = model(lead={"nom": "text", "n": "number"})
TEXT = 'lead_id;nom;n\r\n001;Zoé "Z" d\'Été;1,5\r\n2;"a;b\r\nc";\r\n'
ROWS = [("001", 'Zoé "Z" d\'Été', 1.5), ("2", "a;b\r\nc", None)]


def table(path: Path, data: bytes, **manner: str) -> list[tuple[object, ...]]:
    path.write_bytes(data)
    options = Options(manners={"leads": Manner(**manner)})  # type: ignore[arg-type]
    return [
        tuple(row[n] for n in ("lead_id", "nom", "n"))
        for row in read(NAMED, path, options=options).leads
    ]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        b"sep=;\r\n" + TEXT.encode(),
        b"\r\n\r\n" + TEXT.encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-be", "sep line", "blank lines first"],
)
def test_encodings_and_first_lines(tmp_path: Path, data: bytes) -> None:
    found = table(tmp_path / "l.csv", data)
    assert [row[0] for row in found] == ["001", "2"]
    assert found[0][1:] == ROWS[0][1:]
    assert str(found[1][1]).replace("\r\n", "\n") == "a;b\nc"


def test_windows_1252_is_rewritten(tmp_path: Path) -> None:
    data = "lead_id;nom;n\n1;Œuvre à 5 €;2\n".encode("cp1252")
    assert table(tmp_path / "l.csv", data) == [("1", "Œuvre à 5 €", 2)]


def test_another_encoding_when_told(tmp_path: Path) -> None:
    data = "lead_id,nom,n\n1,Łódź,2\n".encode("cp1250")
    assert table(tmp_path / "l.csv", data, encoding="cp1250") == [("1", "Łódź", 2)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_separators_are_found(tmp_path: Path, sign: str) -> None:
    rows = [["lead_id", "nom", "n"], ["1", '"a,b;c\td|e"', "2"], ["3", "", "4"]]
    data = "\n".join(sign.join(row) for row in rows).encode()
    assert table(tmp_path / "l.csv", data) == [("1", "a,b;c\td|e", 2), ("3", None, 4)]


def test_decimal_commas_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    data = b"lead_id;nom;n\n1;a,b,c;2,5\n2;d,e,f;3,5\n"
    assert table(tmp_path / "l.csv", data) == [("1", "a,b,c", 2.5), ("2", "d,e,f", 3.5)]


def test_gzip_and_zstd(tmp_path: Path) -> None:
    data = b"lead_id,nom,n\n1,a,2\n"
    assert table(tmp_path / "l.csv.gz", gzip.compress(data)) == [("1", "a", 2)]
    packed = tmp_path / "l.csv.zst"
    with DuckDB() as session:
        session.execute(
            f"COPY (SELECT 1 AS lead_id, 'é \"q\"' AS nom, 2 AS n) TO '{packed}'"
            " (FORMAT csv, HEADER, COMPRESSION zstd)"
        )
    assert [row["nom"] for row in read(NAMED, packed).leads] == ['é "q"']


def test_rows_that_end_in_different_ways(tmp_path: Path) -> None:
    data = b'lead_id,nom,n\r\n1,"x",2\n3,y,4\r\n'
    assert table(tmp_path / "l.csv", data) == [("1", "x", 2), ("3", "y", 4)]


def test_a_long_file_in_windows_1252_keeps_every_row(tmp_path: Path) -> None:
    line = "é" * 37
    lines = [f"{i};{line};{i}" for i in range(60_000)]
    data = "\r\n".join(["lead_id;nom;n", *lines]).encode("cp1252")
    found = table(tmp_path / "l.csv", data)
    assert len(found) == 60_000
    assert {row[1] for row in found} == {line}


def test_rows_without_any_cell_are_no_rows(tmp_path: Path) -> None:
    assert table(tmp_path / "l.csv", b"lead_id,nom,n\n1,a,2\n,,\n\n,,\n") == [("1", "a", 2)]


def test_empty_cells_are_null_and_text_keeps_its_spaces(tmp_path: Path) -> None:
    found = table(tmp_path / "l.csv", b'lead_id,nom,n\n 1 , a ,\n2,"", \n3,NULL,0\n')
    assert found == [(" 1 ", " a ", None), ("2", None, None), ("3", "NULL", 0)]


def test_several_files_with_columns_in_another_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"lead_id,nom,n\n1,a,1.5\n")
    (tmp_path / "b.csv").write_text("n;extra;lead_id;nom\n2.5;x;2;é\n", encoding="cp1252")
    found = read(NAMED, str(tmp_path / "*.csv")).leads
    assert column(found, "lead_id") == ["1", "2"]
    assert column(found, "n") == [1.5, 2.5]


def test_names_that_differ_in_case_only(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("lead_id,Nom,nom,n\n1,big,small,1\n")
    assert column(read(NAMED, tmp_path / "l.csv").leads, "nom") == ["small"]


def test_a_file_that_is_there_is_no_pattern(tmp_path: Path) -> None:
    for name, other in (("a[1].csv", "a1.csv"), ("b*.csv", "bc.csv"), ("c?.csv", "cd.csv")):
        (tmp_path / other).write_text("lead_id,nom,n\n9,other,9\n")
        assert table(tmp_path / name, b"lead_id,nom,n\n1,a,2\n") == [("1", "a", 2)]


def test_a_separator_at_the_end_of_every_row(tmp_path: Path) -> None:
    data = b"lead_id;nom;n\n1;a;2;\n3;;4;\n"
    assert table(tmp_path / "l.csv", data) == [("1", "a", 2), ("3", None, 4)]
    with pytest.raises(SourceError, match=r"m\.csv:2: the row has 4 cells, the first row 3"):
        table(tmp_path / "m.csv", b"lead_id;nom;n\n1;a;2;\n3;b;4\n")
    many = b"lead_id;nom;n\n" + b"1;a;2;\n" * 50_000
    with pytest.raises(SourceError, match=r"l\.csv:50002: the row has 3 cells, the first row 4"):
        table(tmp_path / "l.csv", many + b"3;b;4\n")


@pytest.mark.parametrize("name", ["it's.csv", 'a "b".csv', "é ü;x.csv", "a[1].csv", "k=v.csv"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "year=2026"
    folder.mkdir()
    assert table(folder / name, b"lead_id,nom,n\n1,a,2\n") == [("1", "a", 2)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n \n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b",,,\n,,,\n", "no names of columns"),
        (b"lead_id,nom,nom,n\n1,2,3,4\n", "more than one column is named `nom`"),
        (b"lead_id,nom,n\n1,a,2\n3,b,4,5\n", "l.csv:3: the row has 4 cells, the first row 3"),
        (b"lead_id,nom,n\n1,a,2\n3,b\n", "l.csv:3: the row has 2 cells"),
        (b"lead_id,nom,n\n1,a,2\n3,b, c,\n", "l.csv:3: the row has 4 cells, the first row 3"),
        (b"lead_id,nom,n\n1,a,x\n3,b,4,\n", "l.csv:3: the row has 4 cells, the first row 3"),
        (b"lead_id,nom,n\r\n1,a,2\r3,b,4\r\n", "the rows end in more than one way"),
        (b'lead_id,nom,n\n1,"a,2\n3,b,4\n', "a quoted cell does not end"),
        (b"lead_id,nom,n\n1,a\x00b,2\n", "l.csv:2: the file holds a zero byte"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00", "zero byte"),
        (b"\x89PNG\r\n\x1a\n\x01\x02,\x81\x8d\n", "neither UTF-8 nor cp1252"),
        (b"\x01\x02\x03,\x04\n1,2\n", "no text"),
        (b"lead_id,nom,n\n1," + b"x" * 10_000_000 + b",2\n", "longer than 2 MB"),
        (b"lead_id\n\xff\xfe\x81", "neither UTF-8"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_place(
    tmp_path: Path, data: bytes, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        table(tmp_path / "l.csv", data)
    assert message in str(caught.value)
    assert str(tmp_path / "l.csv") in str(caught.value)
    assert "Possible fixes" not in str(caught.value)


def test_a_broken_row_of_a_rewritten_file_names_the_users_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        table(tmp_path / "l.csv", "lead_id,nom,n\n1,é,2\n3,b,4,5\n".encode("cp1252"))
    assert str(caught.value).startswith(f"{tmp_path / 'l.csv'}:3: ")


def test_broken_packed_files(tmp_path: Path) -> None:
    for name in ("l.csv.gz", "l.csv.zst"):
        with pytest.raises(SourceError, match="cannot be read"):
            table(tmp_path / name, b"lead_id,nom,n\n1,a,2\n")


def damaged(data: bytes) -> bytes:
    """The packed data with its middle overwritten."""
    whole = gzip.compress(data, mtime=0)
    return whole[:40] + b"\xff" * 40 + whole[80:]


ROWS_TO_PACK = "lead_id,nom,n\n" + "".join(f"{i},{i * 7919 % 1009},{i}\n" for i in range(500))


@pytest.mark.parametrize("encoding", ["", "utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("cut", [True, False])
def test_a_packed_file_that_is_cut_or_damaged(tmp_path: Path, encoding: str, cut: bool) -> None:
    data = ROWS_TO_PACK.encode(encoding or "utf-8")
    broken = gzip.compress(data)[:-100] if cut else damaged(data)
    manner = {"encoding": encoding} if encoding else {}
    with pytest.raises(SourceError, match=r"l\.csv\.gz: the file cannot be read"):
        table(tmp_path / "l.csv.gz", broken, **manner)


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        ("lead_id,nom,n\n1,é,2\n".encode("cp1252"), "utf-8", "the file is not in utf-8"),
        ("lead_id,nom,n\n1,é,2\n".encode("cp1252"), "UTF8", "the file is not in UTF8"),
        ("lead_id,nom,n\n1,é,2\n".encode("utf-16"), "utf-8", "the file is not in utf-8"),
        ("lead_id,nom,n\n1,é,2\n".encode("cp1252"), "ascii", "the file is not in ascii"),
        (b"lead_id,nom,n\n1,e,2\n", "utf-16", "the file is not in utf-16"),
        (b"lead_id,nom,n\n1,e,2\n", "klingon", "no encoding is known as `klingon`"),
        (b"lead_id,nom,n\n1,e,2\n", "zip", "no encoding is known as `zip`"),
    ],
)
def test_an_encoding_that_is_told_but_wrong(
    tmp_path: Path, data: bytes, encoding: str, message: str
) -> None:
    with pytest.raises(SourceError, match=rf"l\.csv: {message}"):
        table(tmp_path / "l.csv", data, encoding=encoding)


def test_utf_8_that_is_told(tmp_path: Path) -> None:
    for encoding in ("utf-8", "UTF8", "utf-8-sig"):
        data = codecs.BOM_UTF8 + TEXT.encode()
        found = table(tmp_path / "l.csv", data, encoding=encoding)
        assert found[0] == ROWS[0]


@pytest.mark.parametrize("ends", [b"\r\n", b"\r\r\n"])
def test_a_line_end_at_the_end_of_a_block_is_whole(tmp_path: Path, ends: bytes) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(b"x" * (BLOCK - 1) + ends + b"y" + ends)
    found = list(blocks(path, "l.csv"))
    assert found == [b"x" * (BLOCK - 1) + ends.removesuffix(b"\n") + b"\n", b"y" + ends]


def test_a_clean_file_is_read_where_it_is(tmp_path: Path) -> None:
    """Its first block ends between the two signs of a line end: no copy is made for that."""
    path = tmp_path / "l.csv"
    names = b"lead_id,nom,n\r\n1,"
    path.write_bytes(names + b"x" * (BLOCK - len(names) - 3) + b",2\r\n3,y,4\r\n")
    assert path.read_bytes()[BLOCK - 1 : BLOCK + 1] == b"\r\n"
    with DuckDB() as session:
        assert ready(session, str(path), Manner()).path == path
        assert list(session.scratch().iterdir()) == []


def test_only_names_is_a_table_without_rows(tmp_path: Path) -> None:
    assert table(tmp_path / "l.csv", b"lead_id,nom,n\n") == []
    assert table(tmp_path / "m.csv", b"lead_id,nom,n") == []
